import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { globTest } from '../../../../src/policy/match/glob.js';
import { cpuMilliseconds } from '../../../support/cpu-time.js';

describe('globs', () => {
  it('agree with the regular expression that they stand for', () => {
    const glob = fc.stringMatching(/^[ab.*]{1,8}$/);
    const name = fc.stringMatching(/^[ab.]{0,12}$/);
    fc.assert(
      fc.property(glob, name, (pattern, text) => {
        const expected = new RegExp(`^${pattern.replaceAll('.', '\\.').replaceAll('*', '.*')}$`).test(text);
        return globTest(pattern)(text) === expected;
      }),
      { numRuns: 20_000 },
    );
  });

  it('never backtrack', () => {
    const began = cpuMilliseconds();
    expect(globTest(`${'a*'.repeat(200)}b`)('a'.repeat(100_000))).toBe(false);
    expect(cpuMilliseconds() - began).toBeLessThan(500);
  });
});
