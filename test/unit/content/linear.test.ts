import { describe, expect, it } from '@jest/globals';
import { compileScanner } from '../../../src/content/index.js';

/** Texts made to be slow: each would be quadratic for a reader that goes back and starts again. */
const HOSTILE: Readonly<Record<string, string>> = {
  'references within references': 'amp;',
  'open references': '&#1',
  ampersands: '&a',
  backslashes: '\\',
  'percent signs': '%2525',
  'open comments': '<!--',
  'open blocks': '<!-- wp:x {"a":"} ',
  'open tags': '<a b=\'><a" ',
  'open quotes': '<a b="><i c=\'',
  'hidden elements': '<style hidden>',
  'open shortcodes': '[a "',
  directions: '\u202ea\u202c',
  marks: 'a\u0301\u0336',
  repeats: 'aaab',
  'spaced letters': 's c a ',
  'nearly a term': 's&#99;a ',
  'Chinese candidates': '诈骗诈',
  'Cyrillic lookalikes': 'сор ',
  'long spaces': '}        ',
};

const ROUNDS = 8;

function milliseconds(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}

describe('the time of a scan', () => {
  const made = compileScanner({
    terms: ['scam', 'сор', 'cop', '诈骗', 'aab', 'a', 'aa', 'aaa', 'free money', 'c++'].map((text) => ({
      id: text,
      text,
    })),
    patterns: ['\\bfree\\s+money\\b', '(a+)+$', '(?:a|b)*c', 'x.*y.*z'].map((source) => ({ id: source, source })),
  });
  if (!made.ok) throw new Error('these are terms and patterns');
  const { scanner } = made;

  it.each(Object.entries(HOSTILE))('grows with the length: %s', (_name, unit) => {
    const text = (length: number): string => `&${unit.repeat(Math.ceil(length / unit.length))}`.slice(0, length);
    const short = text(20_000);
    const long = text(160_000);
    scanner.scan(short);
    // The least of several rounds: the collector's own threads count into the process's time, and what they do in one
    // round says nothing of the scan. Work that grows with the square stays above the bound in every round.
    const least = { short: Infinity, long: Infinity };
    const bound = (): number => Math.max(150, least.short * 24);
    for (let round = 0; round < ROUNDS && (round < 2 || least.long >= bound()); round += 1) {
      least.short = Math.min(
        least.short,
        milliseconds(() => scanner.scan(short)),
      );
      least.long = Math.min(
        least.long,
        milliseconds(() => scanner.scan(long)),
      );
    }
    expect(least.long).toBeLessThan(bound());
  });
});
