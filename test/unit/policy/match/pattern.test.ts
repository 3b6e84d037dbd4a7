import { describe, expect, it } from '@jest/globals';
import { compilePattern, patternSize } from '../../../../src/policy/match/pattern.js';
import { cpuMilliseconds } from '../../../support/cpu-time.js';

describe('patterns', () => {
  it('are searched anywhere in a text, in time that grows with its length', () => {
    expect(compilePattern('b+c')('aabbcc')).toBe(true);
    expect(compilePattern('^b')('ab')).toBe(false);
    const began = cpuMilliseconds();
    expect(compilePattern('(a+)+$')(`${'a'.repeat(20_000)}!`)).toBe(false);
    expect(cpuMilliseconds() - began).toBeLessThan(3_000);
  });

  it.each([
    ['abc', 3],
    ['(abc){100}', 500],
    ['((ab){10}){10}', 420],
    ['[a-z]{20}', 20],
    ['\\p{Greek}{3,}', 3],
    ['[\\]){]{7}', 7],
    ['\\Q(\\E(abc){100}', 505],
    ['\\Q[\\E(abc){100}\\Q]\\E', 510],
    ['a{2,300}', 300],
  ])('%s is taken for %i instructions', (source, size) => {
    expect(patternSize(source)).toBe(size);
  });
});
