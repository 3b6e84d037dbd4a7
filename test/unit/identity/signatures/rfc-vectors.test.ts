import { createPrivateKey, createPublicKey } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { checkContentDigest } from '../../../../src/identity/signatures/check-content-digest.js';
import { contentDigest } from '../../../../src/identity/signatures/content-digest.js';
import { readHeaders } from '../../../../src/identity/signatures/header-lines.js';
import { signBase, signatureMatches } from '../../../../src/identity/signatures/keys.js';
import { publicTarget } from '../../../../src/identity/signatures/request-target.js';
import { signatureBase } from '../../../../src/identity/signatures/signature-base.js';
import type { KeyId } from '../../../../src/kernel/ids.js';
import { Secret } from '../../../../src/kernel/secret.js';

const BODY = Buffer.from('{"hello": "world"}');
const SHA_512 = 'sha-512=:WZDPaVn/7XgHaAy8pmojAkGWoRx2UFChF41A2svX+TaPm+AbwAgBWnrIiYllu7BNNyealdVLvRwEmTHWXvJwew==:';

/** The request "test-request" of RFC 9421, appendix B.2. */
function testRequest(): Parameters<typeof signatureBase>[0] {
  const read = readHeaders([
    ['Host', 'example.com'],
    ['Date', 'Tue, 20 Apr 2021 02:07:55 GMT'],
    ['Content-Type', 'application/json'],
    ['Content-Digest', SHA_512],
    ['Content-Length', '18'],
  ]);
  const placed = publicTarget(new URL('https://example.com'), '/foo?param=Value&Pet=dog', 'example.com');
  if (!read.ok || !placed.ok) throw new Error('the RFC\u2019s own request was refused');
  return { method: 'POST', target: placed.target, headers: read.headers };
}

function baseOf(components: readonly string[], params: string): Buffer {
  const base = signatureBase(testRequest(), components, params);
  if (base === undefined) throw new Error('a component is missing');
  return Buffer.from(base);
}

describe('RFC 9421, appendix B', () => {
  it('B.2.5: hmac-sha256 over date, @authority and content-type', () => {
    const params = '("date" "@authority" "content-type");created=1618884473;keyid="test-shared-secret"';
    const base = baseOf(['date', '@authority', 'content-type'], params);
    expect(base.toString()).toBe(
      '"date": Tue, 20 Apr 2021 02:07:55 GMT\n"@authority": example.com\n"content-type": application/json\n' +
        `"@signature-params": ${params}`,
    );
    const secret = 'uzvJfB4u3N0Jy4T7NZ75MDVcr8zSTInedJtkgcu46YW4XByzNJjxBdtjUkdJPBtbmHhIDi6pcl8jsasjlTMtDQ==';
    const id = 'test-shared-secret' as KeyId;
    const key = { id, algorithm: 'hmac-sha256', secret: new Secret(Buffer.from(secret, 'base64')) } as const;
    const signature = Buffer.from('pxcQw6G3AjtMBQjwo8XzkZf/bws5LelbaMk5rGIGtE8=', 'base64');
    expect(Buffer.from(signBase(key, base))).toEqual(signature);
    expect(signatureMatches(key, base, signature)).toBe(true);
    expect(signatureMatches(key, baseOf(['date', '@authority'], params), signature)).toBe(false);
  });

  it('B.2.6: ed25519 over date, @method, @path, @authority, content-type and content-length', () => {
    const components = ['date', '@method', '@path', '@authority', 'content-type', 'content-length'];
    const list = components.map((name) => `"${name}"`).join(' ');
    const base = baseOf(components, `(${list});created=1618884473;keyid="test-key-ed25519"`);
    const jwk = {
      kty: 'OKP',
      crv: 'Ed25519',
      d: 'n4Ni-HpISpVObnQMW0wOhCKROaIKqKtW_2ZYb2p9KcU',
      x: 'JrQLj5P_89iXES9-vFgrIy29clF9CC_oPPsw3c5D0bs',
    };
    const id = 'test-key-ed25519' as KeyId;
    const privateKey = createPrivateKey({ key: jwk, format: 'jwk' });
    const signature = Buffer.from(
      'wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw==',
      'base64',
    );
    expect(Buffer.from(signBase({ id, algorithm: 'ed25519', privateKey }, base))).toEqual(signature);
    const key = { id, algorithm: 'ed25519', publicKey: createPublicKey(privateKey) } as const;
    expect(signatureMatches(key, base, signature)).toBe(true);
    expect(signatureMatches(key, Buffer.from(`${base.toString()} `), signature)).toBe(false);
  });
});

describe('RFC 9530', () => {
  it('section 2 and appendix B: the digests of the examples', () => {
    expect(checkContentDigest(SHA_512, BODY)).toEqual({ ok: true });
    expect(contentDigest(BODY)).toBe('sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:');
    const withNewline = Buffer.from('{"hello": "world"}\n');
    expect(contentDigest(withNewline)).toBe('sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:');
    expect(checkContentDigest(SHA_512, withNewline)).toMatchObject({ ok: false, code: 'digest_mismatch' });
  });

  it('speaks of the bytes, not of the text that they may stand for', () => {
    const invalid = [Buffer.from([0x22, 0xff, 0x22]), Buffer.from([0x22, 0xfe, 0x22])] as const;
    expect(invalid[0].toString()).toBe(invalid[1].toString());
    expect(checkContentDigest(contentDigest(invalid[0]), invalid[1])).toMatchObject({ code: 'digest_mismatch' });
  });
});

describe('keys', () => {
  const id = 'key_a' as KeyId;
  const base = Buffer.from('base');

  it.each([0, 1, 15])('an HMAC secret of %d bytes neither signs nor verifies', (length) => {
    const weak = { id, algorithm: 'hmac-sha256', secret: new Secret(Buffer.alloc(length, 1)) } as const;
    expect(() => signBase(weak, base)).toThrow(RangeError);
    const padded = { id, algorithm: 'hmac-sha256', secret: new Secret(Buffer.alloc(16)) } as const;
    // HMAC pads its key with zeros, so an empty secret and sixteen zeros make the same MAC (RFC 2104, section 2).
    const zeros = { ...weak, secret: new Secret(Buffer.alloc(length)) } as const;
    expect(signatureMatches(padded, base, signBase(padded, base))).toBe(true);
    expect(signatureMatches(zeros, base, signBase(padded, base))).toBe(false);
  });

  it('never show their secret when printed', () => {
    const key = { id, algorithm: 'hmac-sha256', secret: new Secret(Buffer.from('hunter2hunter2hunter2')) } as const;
    expect(JSON.stringify(key)).not.toContain('104,117,110');
    expect(JSON.stringify(key)).toContain('[secret]');
  });
});
