import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { lookOf, skeletonOf } from '../../../src/content/skeleton.js';

interface Fixture {
  readonly unicode: string;
  readonly samples: readonly (readonly [string, string])[];
}
const fixture = JSON.parse(
  readFileSync(new URL('../../cases/content/skeletons.json', import.meta.url), 'utf8'),
) as Fixture;

describe('skeletonOf', () => {
  it('answers what ICU’s spoof checker answered for 3,000 samples', () => {
    expect(fixture.samples).toHaveLength(3_000);
    const different = fixture.samples.filter(([text, skeleton]) => skeletonOf(text) !== skeleton);
    expect(different).toEqual([]);
  });
});

describe('lookOf', () => {
  it('knows letters of other alphabets and forms that UTS #39 leaves out', () => {
    const looks = Array.from('сᴄꓚᏟ🅒🇨ꮪкм', (char) => lookOf(char));
    expect(looks).toEqual(['c', 'c', 'c', 'c', 'c', 'c', 's', 'k', 'm']);
    expect(Array.from('cяжо́'.slice(0, 1), (char) => lookOf(char))).toEqual([undefined]);
  });
});
