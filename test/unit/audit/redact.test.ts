import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { redact } from '../../../src/audit/redact.js';
import { canonicalJson } from '../../../src/kernel/canonical-json.js';
import type { Json } from '../../../src/kernel/json.js';

describe('redacting arguments', () => {
  it.each([
    'password',
    'Password',
    'post_password',
    'user_pass',
    'newPassword',
    'passwords',
    'passphrase',
    'pwd',
    'secret',
    'client_secret',
    'secretKey',
    'token',
    'accessToken',
    'api_key',
    'apiKey',
    'API-KEY',
    'Authorization',
    'cookie',
    'credentials',
    'private_key',
    'AUTH_SALT',
  ])('leaves out what is named %s, whatever it holds and however deep it lies', (name) => {
    expect(redact({ [name]: 'x', a: [{ [name]: { b: 1 } }] })).toEqual({
      [name]: '[redacted]',
      a: [{ [name]: '[redacted]' }],
    });
  });

  it.each(['title', 'content', 'passage', 'bypassed', 'slug', 'author', 'key'])('keeps what is named %s', (name) => {
    expect(redact({ [name]: 'x' })).toEqual({ [name]: 'x' });
  });

  it.each([
    'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
    'my key is\n-----BEGIN PRIVATE KEY-----\nMIIB',
    '-----BEGIN OPENSSH PRIVATE KEY-----',
    'Authorization: Bearer abcdefghijklmnop.qrst',
  ])('leaves out a text that holds a secret: %j', (text) => {
    expect(redact({ content: [`before ${text} after`] })).toEqual({ content: ['[redacted]'] });
  });

  it('keeps the beginning, the length and the digest of a long text', () => {
    const text = 'ü'.repeat(2_001);
    const digest = createHash('sha256').update(text).digest('hex');
    expect(redact(text)).toBe(`${'ü'.repeat(2_000)}… [2001 characters, sha256 ${digest}]`);
    expect(redact('x'.repeat(2_000))).toBe('x'.repeat(2_000));
  });

  it('never cuts a character in two: it could not be hashed, and the call would fail', () => {
    for (const before of [1_998, 1_999, 2_000]) {
      const redacted = redact(`${'x'.repeat(before)}🔑${'y'.repeat(50)}`);
      expect(() => canonicalJson(redacted)).not.toThrow();
    }
  });

  it('keeps numbers, booleans, null and the shape', () => {
    const value: Json = { a: [1, true, null, { b: [] }], ['__proto__']: { c: 1 } };
    expect(redact(value)).toEqual(value);
    expect(Object.keys(redact(value) as object)).toContain('__proto__');
  });

  it('ends at a depth, so that an entry can always be written', () => {
    let deep: Json = 'bottom';
    for (let level = 0; level < 5_000; level += 1) deep = level % 2 === 0 ? [deep] : { a: deep };
    expect(JSON.stringify(redact(deep))).toContain('[too deep]');
  });
});
