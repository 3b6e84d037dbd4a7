import {
  createHmac,
  createPublicKey,
  generateKeyPairSync,
  randomBytes,
  sign,
  timingSafeEqual,
  verify,
} from 'node:crypto';
import { afterAll, describe, expect, it } from '@jest/globals';
import { createSignature } from 'http-message-sig';
import { httpbis } from 'http-message-signatures';
import {
  contentDigest,
  makeVerifyRequest,
  signRequest,
  type HeaderLine,
  type SigningKey,
  type VerificationKey,
} from '../../../../src/identity/signatures/index.js';
import { systemClock, unixSeconds } from '../../../../src/kernel/clock.js';
import type { KeyId } from '../../../../src/kernel/ids.js';
import { Secret } from '../../../../src/kernel/secret.js';
import { FakeNonceStore } from '../../../support/fakes/fake-nonce-store.js';
import { linesOf } from './signing.js';

const { privateKey } = generateKeyPairSync('ed25519');
const publicKey = createPublicKey(privateKey);
const secret = randomBytes(32);

const SIGNERS = {
  'hmac-sha256': (data: Uint8Array) => createHmac('sha256', secret).update(data).digest(),
  ed25519: (data: Uint8Array) => sign(null, data, privateKey),
} as const;
type Algorithm = keyof typeof SIGNERS;
const ALGORITHMS: readonly Algorithm[] = ['hmac-sha256', 'ed25519'];

const signingKeys: Readonly<Record<Algorithm, SigningKey>> = {
  'hmac-sha256': { id: 'hmac-sha256' as KeyId, algorithm: 'hmac-sha256', secret: new Secret(secret) },
  ed25519: { id: 'ed25519' as KeyId, algorithm: 'ed25519', privateKey },
};
const verificationKeys: readonly VerificationKey[] = [
  { id: 'hmac-sha256' as KeyId, algorithm: 'hmac-sha256', secret: new Secret(secret) },
  { id: 'ed25519' as KeyId, algorithm: 'ed25519', publicKey },
];

/** Each comes with the components that its sender would list. */
const REQUESTS = [
  { method: 'GET', url: 'https://sidecar.example/v1/tools', body: '', headers: {} },
  { method: 'GET', url: 'https://sidecar.example/v1/audit?b=2&a=%20x&c', body: '', headers: {} },
  {
    method: 'POST',
    url: 'https://sidecar.example/v1/execute',
    body: '{"tool":"site.info"}',
    headers: { 'Idempotency-Key': 'k1' },
  },
  {
    method: 'POST',
    url: 'https://sidecar.example/v1/execute?x=',
    body: '{"a":"\u00fc"}',
    headers: { Authorization: 'Basic YTpi', 'Idempotency-Key': '"k2"' },
  },
] as const;
type Sample = (typeof REQUESTS)[number];

function prepared({ method, url, body, headers }: Sample): {
  method: string;
  url: string;
  headers: Record<string, string>;
  fields: string[];
} {
  const ofBody = { 'Content-Type': 'application/json', 'Content-Digest': contentDigest(Buffer.from(body)) };
  const all: Record<string, string> = { Host: 'sidecar.example', ...(body === '' ? {} : ofBody), ...headers };
  const covered = Object.keys(all)
    .map((name) => name.toLowerCase())
    .filter((name) => name !== 'host');
  return { method, url, headers: all, fields: ['@method', '@authority', '@path', '@query', ...covered] };
}

const verifyRequest = makeVerifyRequest({
  findKey: (id) => Promise.resolve(verificationKeys.find((key) => key.id === id)),
  nonces: new FakeNonceStore(),
  clock: systemClock,
  publicUrl: new URL('https://sidecar.example'),
});

let accepted = 0;
afterAll(() => console.info(`foreign clients: ${accepted} signatures accepted, each refused the second time`));

async function expectAcceptedOnce(sample: Sample, rawHeaders: readonly HeaderLine[]): Promise<void> {
  const { method, url, body } = sample;
  const rawTarget = url.slice(new URL(url).origin.length);
  const request = { method, rawTarget, rawHeaders, body: Buffer.from(body) };
  expect(await verifyRequest(request)).toMatchObject({ ok: true });
  expect(await verifyRequest(request)).toMatchObject({ ok: false, code: 'signature_replayed' });
  accepted += 1;
}

const cases = ALGORITHMS.flatMap((algorithm) => REQUESTS.map((sample, index) => [algorithm, index, sample] as const));

describe('what http-message-signatures signs', () => {
  it.each(cases)('%s, request %d, is accepted', async (algorithm, _index, sample) => {
    const { fields, ...message } = prepared(sample);
    const signed = await httpbis.signMessage(
      {
        key: { id: algorithm, alg: algorithm, sign: (data) => Promise.resolve(SIGNERS[algorithm](data)) },
        fields,
        params: ['created', 'expires', 'nonce', 'keyid', 'alg', 'tag'],
        paramValues: { nonce: randomBytes(16).toString('base64url'), tag: 'ai-agent' },
      },
      message,
    );
    await expectAcceptedOnce(sample, linesOf(signed.headers));
  });
});

describe('what http-message-sig signs', () => {
  it.each(cases)('%s, request %d, is accepted', async (algorithm, _index, sample) => {
    const { fields, headers, method, url } = prepared(sample);
    const created = unixSeconds(systemClock.now());
    const nonce = randomBytes(16).toString('base64url');
    const signed = await createSignature(
      { kind: 'request', method, targetUri: url, fields: linesOf(headers).map(([name, value]) => ({ name, value })) },
      {
        components: fields,
        parameters: { created, expires: created + 60, nonce, keyid: algorithm, tag: 'ai-agent' },
        signer: { algorithm, sign: SIGNERS[algorithm] },
      },
    );
    const signature = { 'Signature-Input': signed.signatureInput, Signature: signed.signature };
    await expectAcceptedOnce(sample, linesOf({ ...headers, ...signature }));
  });
});

describe('what our signer signs', () => {
  const verifiers = {
    'hmac-sha256': (data: Buffer, signature: Buffer) => timingSafeEqual(SIGNERS['hmac-sha256'](data), signature),
    ed25519: (data: Buffer, signature: Buffer) => verify(null, data, publicKey, signature),
  } as const;

  const verifyWithLibrary = (
    algorithm: Algorithm,
    message: { method: string; url: string; headers: Record<string, string> },
    fields: readonly string[],
  ): Promise<boolean | null> =>
    httpbis.verifyMessage(
      {
        keyLookup: () =>
          Promise.resolve({
            id: algorithm,
            algs: [algorithm],
            verify: (data, signature) => Promise.resolve(verifiers[algorithm](data, signature)),
          }),
        requiredFields: [...fields],
        requiredParams: ['created', 'expires', 'nonce', 'keyid', 'tag'],
        maxAge: 300,
      },
      message,
    );

  it.each(cases)('%s, request %d, verifies with http-message-signatures', async (algorithm, _index, sample) => {
    const { fields, method, url, headers } = prepared(sample);
    const sent = Object.fromEntries(Object.entries(headers).filter(([name]) => name !== 'Content-Digest'));
    const nonce = randomBytes(16).toString('base64url');
    const added = signRequest(
      { method, url: new URL(url), headers: linesOf(sent), body: Buffer.from(sample.body) },
      signingKeys[algorithm],
      { created: unixSeconds(systemClock.now()), nonce },
    );
    const message = { method, url, headers: { ...sent, ...Object.fromEntries(added) } };
    expect(await verifyWithLibrary(algorithm, message, fields)).toBe(true);
    expect(await verifyWithLibrary(algorithm, { ...message, method: 'PATCH' }, fields)).toBe(false);
  });
});
