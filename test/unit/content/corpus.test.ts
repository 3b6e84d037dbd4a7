import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { compileScanner } from '../../../src/content/index.js';
import type { Scanner } from '../../../src/content/index.js';
import { EVASIONS_BY_HAND } from '../../cases/content/evasions-by-hand.js';
import { HELD_OUT, pairs, singles, TECHNIQUES } from '../../cases/content/evasions.js';
import type { EvasionCase } from '../../cases/content/evasions.js';
import { HARMLESS_BY_HAND, harmlessMade } from '../../cases/content/harmless-made.js';

const readCase = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`../../cases/content/${name}`, import.meta.url), 'utf8'));
const lists = readCase('terms.json') as { readonly evaded: readonly string[]; readonly watched: readonly string[] };
const collected = (readCase('harmless.json') as readonly (readonly [string, string])[]).map(([, text]) => text);

function makeScanner(more: readonly string[]): Scanner {
  const terms = new Set([...lists.evaded, ...lists.watched, ...more]);
  const made = compileScanner({ terms: Array.from(terms, (text) => ({ id: text, text })), patterns: [] });
  if (!made.ok) throw new Error(JSON.stringify(made.problems));
  return made.scanner;
}

const forEvasions = makeScanner(EVASIONS_BY_HAND.map(([term]) => term));
const forHarmless = makeScanner([]);
const found = (text: string, scanner: Scanner): readonly string[] => {
  const result = scanner.scan(text);
  return result.ok ? result.hits.map(({ id }) => id) : [];
};

const share = (count: number, all: number): string => `${((100 * count) / all).toFixed(2)} %`;

describe('the corpora', () => {
  it('finds at least 99 % of the evasions', () => {
    const sets: Readonly<Record<string, readonly EvasionCase[]>> = {
      'one technique': singles(TECHNIQUES, lists.evaded, 20),
      'two techniques': pairs(lists.evaded, 6),
      'techniques held out at first': singles(HELD_OUT, lists.evaded, 20),
      'written by hand': EVASIONS_BY_HAND.map(([term, text]) => ({ technique: 'by hand', term, text })),
    };
    const cases = Object.values(sets).flat();
    const missed = cases.filter(({ term, text }) => !found(text, forEvasions).includes(term));
    const lines = Object.entries(sets).map(([name, set]) => {
      const count = set.filter((one) => missed.includes(one)).length;
      return `  ${name}: ${set.length - count} of ${set.length}`;
    });
    const first = missed.slice(0, 10).map(({ technique, text }) => `  missed, ${technique}: ${JSON.stringify(text)}`);
    console.log(
      [
        `evasions found: ${cases.length - missed.length} of ${cases.length} (${share(cases.length - missed.length, cases.length)})`,
        ...lines,
        ...first,
      ].join('\n'),
    );
    expect(cases.length).toBeGreaterThanOrEqual(2_000);
    expect(missed.length / cases.length).toBeLessThanOrEqual(0.01);
  });

  it('raises a false alarm on at most 0.5 % of the harmless texts', () => {
    const sets = { collected, 'by hand': HARMLESS_BY_HAND, made: harmlessMade(2_400) };
    const texts = Object.values(sets).flat();
    const alarms = texts.filter((text) => found(text, forHarmless).length > 0);
    const lines = Object.entries(sets).map(([name, set]) => `  ${name}: ${set.length}`);
    const first = alarms.slice(0, 10).map((text) => `  ${found(text, forHarmless).join()} in ${JSON.stringify(text)}`);
    console.log(
      [
        `false alarms: ${alarms.length} of ${texts.length} (${share(alarms.length, texts.length)})`,
        ...lines,
        ...first,
      ].join('\n'),
    );
    expect(alarms.filter((text) => HARMLESS_BY_HAND.includes(text))).toEqual([]);
    expect(texts.length).toBeGreaterThanOrEqual(5_000);
    expect(alarms.length / texts.length).toBeLessThanOrEqual(0.005);
  });
});
