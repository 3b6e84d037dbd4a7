import { describe, expect, it } from '@jest/globals';
import {
  hasSignature,
  makeVerifyRequest,
  pairHeaderLines,
  signRequest,
} from '../../../../src/identity/signatures/index.js';
import type { NonceStore, ReceivedRequest, VerificationKey } from '../../../../src/identity/signatures/index.js';
import { ChaperoneError } from '../../../../src/kernel/errors.js';
import type { KeyId } from '../../../../src/kernel/ids.js';
import { Secret } from '../../../../src/kernel/secret.js';
import { FakeNonceStore } from '../../../support/fakes/fake-nonce-store.js';
import { CREATED, ED25519, HMAC, keyById, NOW, PUBLIC_URL, signedRequest } from './signing.js';

/** The use case with a store that counts, so that a test sees whether a nonce was touched. */
function setUp(
  more: {
    findKey?: (id: KeyId) => Promise<VerificationKey | undefined>;
    nonces?: Pick<NonceStore, 'spend'>;
    now?: Date;
  } = {},
) {
  const spent: string[] = [];
  const store = more.nonces ?? new FakeNonceStore();
  const nonces: Pick<NonceStore, 'spend'> = {
    spend: (nonce) => {
      spent.push(`${nonce.keyId} ${nonce.nonce} ${nonce.expiresAt.toISOString()}`);
      return store.spend(nonce);
    },
  };
  const findKey = more.findKey ?? ((id) => Promise.resolve(keyById(id)));
  const verify = makeVerifyRequest({ findKey, nonces, clock: { now: () => more.now ?? NOW }, publicUrl: PUBLIC_URL });
  return { verify, spent };
}

describe('verifying a request', () => {
  it('accepts it once, and says who signed what', async () => {
    const { verify, spent } = setUp();
    const request = signedRequest({ headers: [['Idempotency-Key', 'k']] });
    expect(await verify(request)).toEqual({
      ok: true,
      keyId: 'key_hmac',
      nonce: 'nonce-0123456789',
      created: CREATED,
      expires: CREATED + 300,
      components: ['@method', '@authority', '@path', '@query', 'content-digest', 'content-type', 'idempotency-key'],
    });
    expect(spent).toEqual(['key_hmac nonce-0123456789 2026-11-22T20:05:30.000Z']);
    expect(await verify(request)).toMatchObject({ ok: false, code: 'signature_replayed' });
  });

  it('keeps nonces of different keys apart, and knows one again in another request', async () => {
    const { verify } = setUp();
    expect(await verify(signedRequest())).toMatchObject({ ok: true });
    expect(await verify(signedRequest({ key: ED25519 }))).toMatchObject({ ok: true });
    expect(await verify(signedRequest({ method: 'GET', target: '/v1/tools' }))).toMatchObject({
      code: 'signature_replayed',
    });
  });

  it('accepts one of a request sent twice at the same instant', async () => {
    const { verify } = setUp();
    const answers = await Promise.all([1, 2, 3, 4].map(() => verify(signedRequest())));
    expect(answers.filter(({ ok }) => ok)).toHaveLength(1);
  });

  it.each<[string, ReceivedRequest, string]>([
    ['another body', { ...signedRequest(), body: Buffer.from('{}') }, 'digest_mismatch'],
    ['another target', { ...signedRequest(), rawTarget: '/v1/tools' }, 'signature_invalid'],
    ['no signature', { ...signedRequest(), rawHeaders: [['Host', 'sidecar.example']] }, 'signature_missing'],
  ])('spends no nonce on a request with %s', async (_name, request, code) => {
    const { verify, spent } = setUp();
    expect(await verify(request)).toMatchObject({ ok: false, code });
    expect(spent).toEqual([]);
  });

  it('spends no nonce on a stale request', async () => {
    const { verify, spent } = setUp({ now: new Date((CREATED + 331) * 1000) });
    expect(await verify(signedRequest())).toMatchObject({ code: 'signature_stale' });
    expect(spent).toEqual([]);
  });

  it('answers an unknown key and a wrong MAC alike', async () => {
    const unknown = await setUp({ findKey: () => Promise.resolve(undefined) }).verify(signedRequest());
    const wrong = { ...HMAC, secret: new Secret(Buffer.alloc(32, 7)) };
    const forged = await setUp({ findKey: () => Promise.resolve(wrong) }).verify(signedRequest());
    expect(unknown).toMatchObject({ ok: false, code: 'signature_invalid' });
    expect(forged).toEqual(unknown);
  });

  it('asks for no key whose id cannot exist', async () => {
    const asked: string[] = [];
    const findKey = (id: KeyId): Promise<undefined> => Promise.resolve(void asked.push(id));
    const request = signedRequest({ key: { ...HMAC, id: "x' OR 1=1 --" as KeyId } });
    expect(await setUp({ findKey }).verify(request)).toMatchObject({ code: 'signature_invalid' });
    expect(asked).toEqual([]);
  });

  it('takes an Ed25519 public key for no HMAC secret (algorithm confusion)', async () => {
    const spki = keyById(ED25519.id);
    if (spki?.algorithm !== 'ed25519') throw new Error('the fixture changed');
    const bytes = spki.publicKey.export({ format: 'der', type: 'spki' });
    const forged = signedRequest({ key: { id: ED25519.id, algorithm: 'hmac-sha256', secret: new Secret(bytes) } });
    expect(await setUp().verify(forged)).toMatchObject({ code: 'signature_invalid' });
  });
});

describe('when the database is out of reach', () => {
  const lost = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });

  it('refuses when the nonce cannot be spent', async () => {
    const { verify } = setUp({ nonces: { spend: () => Promise.reject(lost) } });
    await expect(verify(signedRequest())).rejects.toMatchObject({ code: 'database_unavailable' });
  });

  it('refuses when the key cannot be looked up', async () => {
    const { verify, spent } = setUp({ findKey: () => Promise.reject(lost) });
    await expect(verify(signedRequest())).rejects.toMatchObject({ code: 'database_unavailable' });
    expect(spent).toEqual([]);
  });

  it('hands on a refusal that already has a code', async () => {
    const { verify } = setUp({ findKey: () => Promise.reject(new ChaperoneError('overloaded')) });
    await expect(verify(signedRequest())).rejects.toMatchObject({ code: 'overloaded' });
  });
});

describe('the shape of a request', () => {
  it('knows a signed request by either header, in any case', () => {
    expect(hasSignature([['SIGNATURE', '']])).toBe(true);
    expect(hasSignature([['signature-input', 'x']])).toBe(true);
    expect(
      hasSignature([
        ['X-Signature', 'x'],
        ['Content-Digest', 'y'],
      ]),
    ).toBe(false);
  });

  it('pairs the flat list that Node hands over, repeated lines included', () => {
    expect(pairHeaderLines(['Host', 'a', 'host', 'b'])).toEqual([
      ['Host', 'a'],
      ['host', 'b'],
    ]);
  });

  it.each([
    ['an absolute form', 'http://sidecar.example/v1/execute'],
    ['an asterisk', '*'],
    ['a fragment', '/v1/execute#x'],
    ['a space', '/v1/execute x'],
    ['bytes beyond ASCII', '/v1/\u00e4'],
    ['a line feed', '/v1\n/x'],
    ['nothing', ''],
  ])('refuses a target with %s', async (_name, rawTarget) => {
    expect(await setUp().verify({ ...signedRequest(), rawTarget })).toMatchObject({ code: 'request_malformed' });
  });

  it.each(['get', 'POST\n"@path": /', 'PO ST', ''])('refuses the method %j', async (method) => {
    expect(await setUp().verify({ ...signedRequest(), method })).toMatchObject({ code: 'request_malformed' });
  });

  it.each([
    ['an unsigned body type', { headers: [] }, /missing or not ASCII/],
    [
      'a header beyond ASCII',
      {
        headers: [
          ['Content-Type', 'x'],
          ['Authorization', 'Basic \u00e4'],
        ],
      },
      /missing or not ASCII/,
    ],
    [
      'a header twice',
      {
        headers: [
          ['Content-Type', 'x'],
          ['content-type', 'y'],
        ],
      },
      /more than once/,
    ],
    ['a line break', { headers: [['Content-Type', 'x\r\nHost: y']] }, /control character/],
  ] as const)('never signs %s', (_name, { headers }, message) => {
    const request = { method: 'POST', url: PUBLIC_URL, headers, body: Buffer.from('x') };
    expect(() => signRequest(request, HMAC, { created: CREATED, nonce: 'n'.repeat(16) })).toThrow(message);
  });

  it.each([
    { created: CREATED, nonce: 'short' },
    { created: CREATED, nonce: 'quote-"-in-the-nonce' },
    { created: CREATED + 0.5, nonce: 'n'.repeat(16) },
    { created: CREATED, nonce: 'n'.repeat(16), lifetimeSeconds: 301 },
    { created: CREATED, nonce: 'n'.repeat(16), lifetimeSeconds: 0 },
  ])('never signs at the moment %j', (moment) => {
    const request = { method: 'GET', url: PUBLIC_URL, headers: [], body: new Uint8Array() };
    expect(() => signRequest(request, HMAC, moment)).toThrow(TypeError);
  });
});
