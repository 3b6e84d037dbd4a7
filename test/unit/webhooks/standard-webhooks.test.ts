import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Webhook } from 'standardwebhooks';
import type { HeaderLine } from '../../../src/identity/signatures/index.js';
import { Secret } from '../../../src/kernel/secret.js';
import {
  isGenuineWebhook,
  isTimely,
  readWebhookHeaders,
  signWebhook,
  type WebhookHeaders,
} from '../../../src/webhooks/standard-webhooks.js';
import { parseWebhookSecret } from '../../../src/webhooks/webhook-secret.js';

const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const OTHER = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const bytesOf = (text: string): Secret<Uint8Array> => new Secret(parseWebhookSecret(text) ?? new Uint8Array());
const [secret, other, stranger] = [bytesOf(SECRET), bytesOf(OTHER), new Secret<Uint8Array>(new Uint8Array(32))];
const VECTOR = {
  id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
  timestamp: 1_614_265_330,
  body: Buffer.from('{"test": 2432232314}'),
  signature: 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
};

const lines = (changes: Readonly<Record<string, string | undefined>> = {}): readonly HeaderLine[] =>
  Object.entries<string | undefined>({
    'Webhook-Id': VECTOR.id,
    'webhook-timestamp': String(VECTOR.timestamp),
    'webhook-signature': VECTOR.signature,
    ...changes,
  }).flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]));

function headersOf(changes: Readonly<Record<string, string | undefined>> = {}): WebhookHeaders {
  const reading = readWebhookHeaders(lines(changes));
  if (!reading.ok) throw new Error(reading.detail);
  return reading.headers;
}

describe('a message of Standard Webhooks', () => {
  it('is signed and verified as the specification’s own vector has it', () => {
    expect(signWebhook(VECTOR, VECTOR.body, [secret])).toBe(VECTOR.signature);
    expect(isGenuineWebhook(headersOf(), VECTOR.body, [secret], stranger)).toBe(true);
  });

  it('signed by the reference library is genuine here, and the other way round', () => {
    const reference = new Webhook(SECRET);
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.stringMatching(/^[\w-]{1,40}$/), (payload, id) => {
        const timestamp = Math.floor(Date.now() / 1_000);
        const text = Buffer.from(payload, 'utf8').toString('utf8');
        const theirs = reference.sign(id, new Date(timestamp * 1_000), text);
        const headers = headersOf({
          'Webhook-Id': id,
          'webhook-timestamp': String(timestamp),
          'webhook-signature': theirs,
        });
        expect(isGenuineWebhook(headers, Buffer.from(text), [other, secret], stranger)).toBe(true);
        const ours = signWebhook({ id, timestamp }, Buffer.from(text), [other, secret]);
        reference.verify(
          text,
          { 'webhook-id': id, 'webhook-timestamp': String(timestamp), 'webhook-signature': ours },
          { jsonParse: false },
        );
      }),
    );
  });

  it('is bound to every byte, its id, its time and its secret', () => {
    const genuine = (headers: WebhookHeaders, body: Uint8Array, secrets = [secret]): boolean =>
      isGenuineWebhook(headers, body, secrets, stranger);
    expect(genuine(headersOf({ 'Webhook-Id': 'msg_other' }), VECTOR.body)).toBe(false);
    expect(genuine(headersOf({ 'webhook-timestamp': '1614265331' }), VECTOR.body)).toBe(false);
    expect(genuine(headersOf(), VECTOR.body, [other])).toBe(false);
    for (let at = 0; at < VECTOR.body.length; at += 1) {
      const changed = Buffer.from(VECTOR.body);
      changed[at] = (changed[at] ?? 0) ^ 1;
      expect(genuine(headersOf(), changed)).toBe(false);
    }
  });

  it('is read as bytes: two bodies that are no UTF-8 don’t share a signature', () => {
    const [one, two] = [Buffer.from([0xff]), Buffer.from([0xfe])];
    const headers = headersOf({ 'webhook-signature': signWebhook(VECTOR, one, [secret]) });
    expect(isGenuineWebhook(headers, one, [secret], stranger)).toBe(true);
    expect(isGenuineWebhook(headers, two, [secret], stranger)).toBe(false);
  });

  it('one of several signatures is enough, whichever secret it was made with', () => {
    const list = `v1a,abc v2,xyz v1,${Buffer.alloc(32).toString('base64')} ${signWebhook(VECTOR, VECTOR.body, [other, secret])}`;
    const headers = headersOf({ 'webhook-signature': list });
    expect(headers.signatures).toHaveLength(3);
    expect(isGenuineWebhook(headers, VECTOR.body, [secret], stranger)).toBe(true);
    expect(isGenuineWebhook(headers, VECTOR.body, [other], stranger)).toBe(true);
  });

  it('made with the secret that stands for nobody is never genuine', () => {
    const headers = headersOf({ 'webhook-signature': signWebhook(VECTOR, VECTOR.body, [stranger]) });
    expect(isGenuineWebhook(headers, VECTOR.body, [], stranger)).toBe(false);
    expect(isGenuineWebhook(headers, VECTOR.body, [secret], stranger)).toBe(false);
  });

  it.each([
    ['five minutes old', 300, true],
    ['older', 301, false],
    ['five minutes ahead', -300, true],
    ['further ahead', -301, false],
  ])('%s', (_name, late, timely) => {
    expect(isTimely(VECTOR, VECTOR.timestamp + late)).toBe(timely);
  });
});

describe('its headers', () => {
  it.each([
    ['no id', { 'Webhook-Id': undefined }, 'signature_missing'],
    ['no timestamp', { 'webhook-timestamp': undefined }, 'signature_missing'],
    ['no signature', { 'webhook-signature': undefined }, 'signature_missing'],
    ['an id twice', { 'webhook-id': VECTOR.id }, 'request_malformed'],
    ['an empty id', { 'Webhook-Id': '' }, 'request_malformed'],
    ['an id with a dot', { 'Webhook-Id': 'msg.1614265330' }, 'request_malformed'],
    ['an id with a space', { 'Webhook-Id': 'msg 1' }, 'request_malformed'],
    ['an id that isn’t ASCII', { 'Webhook-Id': 'mßg' }, 'request_malformed'],
    ['a huge id', { 'Webhook-Id': 'm'.repeat(129) }, 'request_malformed'],
    ['a huge signature', { 'webhook-signature': `${VECTOR.signature} `.repeat(300) }, 'request_malformed'],
    ['one signature without end', { 'webhook-signature': `v1,${'A'.repeat(2_000)}` }, 'request_malformed'],
    ['nine signatures', { 'webhook-signature': 'v1,a '.repeat(9).trim() }, 'request_malformed'],
    ...['', ' 1614265330', '1614265330 ', '1614265330.0', '1614265330abc', '-614265330', '+614265330', '1e9'].map(
      (text) => [`the timestamp "${text}"`, { 'webhook-timestamp': text }, 'request_malformed'] as const,
    ),
    ...['0x60379f32', '16142653300', '161426533', '１６１４２６５３３０', 'NaN', 'Infinity'].map(
      (text) => [`the timestamp "${text}"`, { 'webhook-timestamp': text }, 'request_malformed'] as const,
    ),
  ])('with %s are refused', (_name, changes, code) => {
    expect(readWebhookHeaders(lines(changes))).toMatchObject({ ok: false, code });
  });

  it.each([
    ['hexadecimal', 'v1,8348'],
    ['without a version', VECTOR.signature.slice(3)],
    ['of another version', VECTOR.signature.replace('v1', 'v2')],
    ['in base64 that could be spelt otherwise', VECTOR.signature.replace('OE=', 'OF=')],
    ['in base64url', VECTOR.signature.replaceAll('+', '-').replaceAll('/', '_')],
    ['that is empty', ''],
  ])('a signature %s doesn’t count', (_name, signature) => {
    const headers = headersOf({ 'webhook-signature': signature });
    expect(headers.signatures).toEqual([]);
    expect(isGenuineWebhook(headers, VECTOR.body, [secret], stranger)).toBe(false);
  });
});

describe('a secret', () => {
  it.each([
    ['without its prefix', SECRET.slice(6)],
    ['of 23 bytes', `whsec_${Buffer.alloc(23).toString('base64')}`],
    ['of 65 bytes', `whsec_${Buffer.alloc(65).toString('base64')}`],
    ['with a space', `${SECRET} `],
    ['in base64url', `whsec_${Buffer.alloc(32, 255).toString('base64url')}`],
  ])('%s is none', (_name, text) => {
    expect(parseWebhookSecret(text)).toBeUndefined();
  });

  it('of 24 to 64 bytes is one', () => {
    for (const length of [24, 32, 64])
      expect(parseWebhookSecret(`whsec_${Buffer.alloc(length, 1).toString('base64')}`)).toHaveLength(length);
  });
});
