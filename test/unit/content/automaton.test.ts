import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { automatonBuilder } from '../../../src/content/automaton.js';

const symbols = (text: string): readonly number[] => Array.from(text, (char) => char.codePointAt(0) ?? 0);

function find(words: readonly string[], text: string, table: 'table' | 'compact'): readonly string[] {
  const builder = automatonBuilder(table);
  words.forEach((word, number) => builder.add(symbols(word), number));
  const automaton = builder.build();
  const row = Int32Array.from(symbols(text));
  const hits: string[] = [];
  automaton.walk(row, row.length, (end, state) => {
    for (const number of automaton.wordsAt(state)) hits.push(`${end} ${number}`);
  });
  return hits.sort();
}

function naive(words: readonly string[], text: string): readonly string[] {
  const hits: string[] = [];
  words.forEach((word, number) => {
    for (let end = 0; end < text.length; end += 1) {
      if (word !== '' && text.slice(0, end + 1).endsWith(word)) hits.push(`${end} ${number}`);
    }
  });
  return hits.sort();
}

describe('the automaton', () => {
  it.each(['table', 'compact'] as const)('finds what a search for one word after the other finds (%s)', (table) => {
    const word = fc.stringMatching(/^[abп\u3042]{1,5}$/);
    fc.assert(
      fc.property(fc.array(word, { maxLength: 12 }), fc.stringMatching(/^[abcп\u3042]{0,40}$/), (words, text) => {
        expect(find(words, text, table)).toEqual(naive(words, text));
      }),
      { numRuns: 500 },
    );
  });
});
