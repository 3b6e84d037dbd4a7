import { describe, expect, it } from '@jest/globals';
import { Secret } from '../../../src/kernel/secret.js';
import { makeSeal } from '../../../src/secrets/seal.js';

const kek = (fill: number): Secret<Uint8Array> => new Secret(new Uint8Array(32).fill(fill));

describe('seals', () => {
  const seal = makeSeal([kek(1)], 'approvals');

  it('fit the text that they were made for, and no other', () => {
    expect(seal.fits('a vote', seal.make('a vote'))).toBe(true);
    expect(seal.fits('a vote!', seal.make('a vote'))).toBe(false);
    expect(seal.fits('', seal.make(''))).toBe(true);
  });

  it.each(['', 'x', '00000000.', `00000000.${'A'.repeat(43)}`, `${'0'.repeat(8)}.${'A'.repeat(44)}`])(
    'are not any text: %j',
    (text) => {
      expect(seal.fits('a vote', text)).toBe(false);
    },
  );

  it('made with another key or for another purpose do not fit', () => {
    expect(seal.fits('a vote', makeSeal([kek(2)], 'approvals').make('a vote'))).toBe(false);
    expect(seal.fits('a vote', makeSeal([kek(1)], 'other').make('a vote'))).toBe(false);
  });

  it('made before the key was replaced fit as long as the old key is given', () => {
    const old = seal.make('a vote');
    expect(makeSeal([kek(2), kek(1)], 'approvals').fits('a vote', old)).toBe(true);
    expect(makeSeal([kek(2), kek(1)], 'approvals').make('a vote')).not.toBe(old);
  });
});
