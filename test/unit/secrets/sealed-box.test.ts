import { readFileSync } from 'node:fs';
import { inspect } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { Secret } from '../../../src/kernel/secret.js';
import { kekId, makeSealedBox, SealedBoxError, type SealedBox } from '../../../src/secrets/sealed-box.js';

interface Vector {
  readonly name: string;
  readonly kek: readonly string[];
  readonly place: string;
  readonly version: number;
  readonly sealed: string;
  readonly plain?: string;
  readonly error?: true;
}

const file = new URL('../../cases/secrets/sealed.json', import.meta.url);
const { vectors } = JSON.parse(readFileSync(file, 'utf8')) as { vectors: readonly Vector[] };
const opening = vectors.filter(({ error }) => error !== true);
const refused = vectors.filter(({ error }) => error === true);

const keyOf = (byte: number): Uint8Array => new Uint8Array(32).fill(byte);
const iv = (count: number): Uint8Array => Uint8Array.from({ length: count }, (_, index) => index + 1);
const boxOf = (...keks: Uint8Array[]): SealedBox =>
  makeSealedBox(
    keks.map((kek) => new Secret(kek)),
    iv,
  );
const boxFor = ({ kek }: Vector): SealedBox => boxOf(...kek.map((each) => Buffer.from(each, 'base64')));
const AT = { place: 'options:ai_agent_x', version: 1 };

describe('the sealed box on the vectors that the bridge reads too', () => {
  it('has vectors of both kinds', () => {
    expect(opening.length).toBeGreaterThan(5);
    expect(refused.length).toBeGreaterThan(10);
  });

  it.each(opening)('opens: $name', (vector) => {
    expect(boxFor(vector).open(vector.sealed, vector)).toBe(vector.plain);
  });

  it.each(refused)('refuses: $name', (vector) => {
    expect(() => boxFor(vector).open(vector.sealed, vector)).toThrow(SealedBoxError);
  });

  it('seals to the very bytes of those sealed with the first key', () => {
    const made = opening.filter(({ kek, sealed }) =>
      sealed.startsWith(`v1.${kekId(Buffer.from(kek[0] ?? '', 'base64'))}.`),
    );
    expect(made.length).toBeGreaterThan(4);
    for (const vector of made) expect(boxFor(vector).seal(vector.plain ?? '', vector)).toBe(vector.sealed);
  });
});

describe('the sealed box', () => {
  const sealed = boxOf(keyOf(1)).seal('a secret', AT);
  const bytes = Buffer.from(sealed.split('.')[3] ?? '', 'base64url');
  const withBody = (body: Uint8Array): string =>
    [...sealed.split('.').slice(0, 3), Buffer.from(body).toString('base64url')].join('.');

  it('opens what it sealed, at its own place alone', () => {
    expect(boxOf(keyOf(1)).open(sealed, AT)).toBe('a secret');
    expect(() => boxOf(keyOf(1)).open(sealed, { ...AT, place: 'options:ai_agent_y' })).toThrow(SealedBoxError);
    expect(() => boxOf(keyOf(1)).open(sealed, { ...AT, version: 2 })).toThrow(SealedBoxError);
  });

  it('opens with any of several keys, and seals with the first', () => {
    expect(boxOf(keyOf(2), keyOf(1)).open(sealed, AT)).toBe('a secret');
    expect(boxOf(keyOf(2), keyOf(1)).seal('a secret', AT)).toBe(boxOf(keyOf(2)).seal('a secret', AT));
    expect(() => boxOf(keyOf(2)).open(sealed, AT)).toThrow(SealedBoxError);
    expect(() => boxOf(keyOf(2)).open(sealed, AT)).toThrow(
      expect.objectContaining({ code: 'secret_unreadable', message: "A secret that this needs can't be opened." }),
    );
  });

  it('refuses a changed bit anywhere', () => {
    const box = boxOf(keyOf(1));
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const changed = Buffer.from(bytes);
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(() => box.open(withBody(changed), AT)).toThrow(SealedBoxError);
    }
  });

  it('refuses a shortened tag, whatever node:crypto would take by default', () => {
    const box = boxOf(keyOf(1));
    for (let length = 0; length < bytes.length; length += 1)
      expect(() => box.open(withBody(bytes.subarray(0, length)), AT)).toThrow(SealedBoxError);
  });

  it('refuses a key that is named as another', () => {
    const renamed = sealed.replace(kekId(keyOf(1)), kekId(keyOf(2)));
    expect(() => boxOf(keyOf(2)).open(renamed, AT)).toThrow(SealedBoxError);
    expect(() => boxOf(keyOf(1), keyOf(2)).open(renamed, AT)).toThrow(SealedBoxError);
  });

  it('needs a key', () => {
    expect(() => makeSealedBox([], iv)).toThrow(SealedBoxError);
  });

  it('gives nothing of the key or the text away when it refuses or is printed', () => {
    const kek = Buffer.from('an unforgettable key of 32 bytes');
    const box = makeSealedBox([new Secret<Uint8Array>(kek)], iv);
    const own = box.seal('the plain text', AT);
    let printed = inspect(box, { depth: 9, showHidden: true }) + JSON.stringify(box);
    try {
      box.open(own, { ...AT, version: 2 });
    } catch (error) {
      printed += inspect(error, { depth: 9, showHidden: true });
    }
    expect(printed).toContain('changed or moved');
    for (const secret of ['the plain text', kek.toString(), kek.toString('hex'), kek.toString('base64')])
      expect(printed).not.toContain(secret);
  });
});
