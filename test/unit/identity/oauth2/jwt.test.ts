import { createHmac, generateKeyPairSync, sign } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { UNTRIED } from '../../../../src/identity/oauth2/index.js';
import { startAuthorizationServer, type AuthorizationServer } from '../../../support/authorization-server.js';
import { AUDIENCE, makeReading, SCOPES, type Reading } from './reading.js';

let server: AuthorizationServer;
let reading: Reading;
beforeAll(async () => {
  server = await startAuthorizationServer({ audience: AUDIENCE, scopes: SCOPES });
});
beforeEach(() => {
  reading = makeReading(server);
});
afterAll(() => server.stop());

const seconds = (offset: number): number => Math.floor(Date.now() / 1000) + offset;
const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const bearer = (token: string): Promise<string> => reading.outcome(`Bearer ${token}`);
const signed = (claims: Record<string, unknown> = {}, header?: object): string =>
  server.sign(server.claims(claims), header);

describe('a JWT access token of a real authorization server', () => {
  it('by client credentials: the subject is the client', async () => {
    const token = await server.clientToken({ scope: 'ai_agent_view_logs tool:posts.*' });
    expect(await reading.bearer(token)).toEqual({
      subject: server.client.id,
      boundTo: null,
      grant: { scopes: new Set(['ai_agent_view_logs', 'tool:posts.*']), authTime: null, acr: null },
    });
  });

  it('by authorization code: the subject is the person, with the time of the login', async () => {
    const { accessToken } = await server.userToken('alice', { scope: 'ai_agent_view_logs' });
    const { subject, grant } = await reading.bearer(accessToken);
    expect(subject).toBe('alice');
    expect(Math.abs((grant.authTime ?? 0) - seconds(0))).toBeLessThan(60);
    expect(grant.acr).toBe('password');
  });

  it('is read alike when the scheme is written otherwise', async () => {
    const token = signed();
    for (const scheme of ['bearer', 'BEARER', 'Bearer '])
      expect(await reading.outcome(`${scheme} ${token}`)).toBe('ok');
  });

  it('keys and metadata are asked for once, also by many at once', async () => {
    const before = [server.asked('/jwks'), server.asked('openid-configuration')] as const;
    await Promise.all(Array.from({ length: 50 }, () => reading.bearer(signed())));
    expect(server.asked('/jwks') - before[0]).toBe(1);
    expect(server.asked('openid-configuration') - before[1]).toBe(1);
  });
});

/** Every way in which a token can be wrong. */
const WRONG: readonly (readonly [string, () => string | Promise<string>, RegExp])[] = [
  ['alg none', () => `${encode({ alg: 'none', typ: 'at+jwt' })}.${encode(server.claims())}.`, /algorithm/],
  ['alg none with a signature', () => signed({}, { alg: 'none' }), /algorithm/],
  [
    'HS256 with the public key as its secret',
    () => {
      const data = `${encode({ alg: 'HS256', typ: 'at+jwt' })}.${encode(server.claims())}`;
      return `${data}.${createHmac('sha256', server.publicPem).update(data).digest('base64url')}`;
    },
    /algorithm/,
  ],
  ['no alg', () => signed({}, { alg: undefined }), /algorithm/],
  ['another algorithm than the key', () => signed({}, { alg: 'PS256' }), /no such key/],
  ['another issuer', () => signed({ iss: 'https://evil.example' }), /another issuer/],
  ['the issuer with a slash more', () => signed({ iss: `${server.issuer}/` }), /another issuer/],
  ['no issuer', () => signed({ iss: undefined }), /issuer/],
  ['another audience', () => signed({ aud: 'https://other.example' }), /another audience/],
  ['other audiences', () => signed({ aud: ['https://other.example', `${AUDIENCE}/`] }), /another audience/],
  ['no audience', () => signed({ aud: undefined }), /audience/],
  ['the type of any JWT', () => signed({}, { typ: 'JWT' }), /typ/],
  ['no type', () => signed({}, { typ: undefined }), /typ/],
  ['the type of a proof', () => signed({}, { typ: 'dpop+jwt' }), /typ/],
  ['an end in the past', () => signed({ exp: seconds(-60) }), /expired/],
  ['no end', () => signed({ exp: undefined }), /exp/],
  ['an end that is text', () => signed({ exp: '9999999999' }), /exp/],
  ['a beginning in the future', () => signed({ nbf: seconds(90) }), /not valid yet/],
  ['no subject', () => signed({ sub: undefined }), /sub/],
  ['a subject that is a list', () => signed({ sub: ['alice'] }), /sub/],
  ['no client', () => signed({ client_id: undefined }), /client_id/],
  ['no id', () => signed({ jti: undefined }), /jti/],
  ['a header that is critical', () => signed({}, { crit: ['b64'], b64: false }), /crit/],
  ['an unknown key', () => signed({}, { kid: 'stranger' }), /no such key/],
  ['a key of its own in the header', ownKey, /no such key|signature/],
  ['a binding that nobody can check', () => signed({ cnf: { 'x5t#S256': 'abc' } }), /confirmation/i],
  ['two bindings', () => signed({ cnf: { jkt: 'a', 'x5t#S256': 'b' } }), /confirmation/i],
  ['a key to be bound to, and no proof', () => signed({ cnf: { jkt: 'a'.repeat(43) } }), /DPoP/],
  [
    'the id token of the same login',
    async () => (await server.userToken('alice', { scope: 'ai_agent_view_logs' })).idToken,
    /typ/,
  ],
  ['a claim that was altered', () => altered(1), /signature|refused/],
  ['a signature that was altered', () => altered(2), /signature|refused/],
  ['no signature', () => signed().replace(/\.[^.]*$/, '.'), /signature|refused/],
  ['five parts', () => `${signed()}.a.b`, /not active|no JWT/],
  ['nothing but dots', () => '...', /not active|no JWT/],
  ['the header of a JWT twice over', () => `${encode({ a: 1 }).replace(/.$/, '')}.e30.e30`, /not active|algorithm/],
];

function altered(part: number): string {
  const parts = signed().split('.');
  const text = parts[part] ?? '';
  const at = Math.floor(text.length / 2);
  parts[part] = text.slice(0, at) + (text.charAt(at) === 'A' ? 'B' : 'A') + text.slice(at + 1);
  return parts.join('.');
}

function ownKey(): string {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const jwk = publicKey.export({ format: 'jwk' });
  const header = { alg: 'RS256', typ: 'at+jwt', jwk, jku: 'https://evil.example/jwks', kid: 'mine' };
  const data = `${encode(header)}.${encode(server.claims())}`;
  return `${data}.${sign('sha256', Buffer.from(data), privateKey).toString('base64url')}`;
}

describe('a token is refused that has', () => {
  it.each(WRONG)('%s', async (_what, make, why) => {
    const outcome = await bearer(await make());
    expect(outcome).toMatch(/^token_invalid: /);
    expect(outcome).toMatch(why);
  });

  it.each([
    'Bearer',
    'Bearer ',
    'Bearer a b',
    'Bearer a,b',
    'Bearer \u00e4',
    'bearer\ta',
    `Bearer ${'a'.repeat(9_000)}`,
  ])('the header %j', async (authorization) => {
    expect(await reading.outcome(authorization)).toMatch(/^token_invalid: /);
  });

  it('an algorithm that is sound, but not its issuer’s', async () => {
    reading = makeReading(server, { algorithms: ['ES256'] });
    expect(await bearer(signed())).toMatch(/token_invalid: .*algorithm/);
  });
});

describe('time', () => {
  it('is tolerated by half a minute, and no more', async () => {
    expect(await bearer(signed({ exp: seconds(-20) }))).toBe('ok');
    expect(await bearer(signed({ nbf: seconds(10) }))).toBe('ok');
    expect(await bearer(signed({ exp: seconds(-60) }))).toMatch(/expired/);
  });

  it('is that of the clock that decides everything else', async () => {
    const token = signed({ exp: seconds(300) });
    reading.time.offset = 320;
    expect(await bearer(token)).toBe('ok');
    reading.time.offset = 340;
    expect(await bearer(token)).toMatch(/expired/);
  });
});

describe('the issuer', () => {
  it('signs with a new key, which is found at once; the old one is refused', async () => {
    const old = signed();
    expect(await bearer(old)).toBe('ok');
    server.rotateKeys();
    expect(await bearer(signed())).toBe('ok');
    expect(await bearer(old)).toMatch(/^token_invalid.*no such key/);
    reading.time.offset = 30;
    expect(await bearer(old)).toMatch(/^token_invalid.*no such key/);
  });

  it('is not hammered by tokens with unknown keys', async () => {
    expect(await bearer(signed())).toBe('ok');
    const before = server.asked('/jwks');
    for (let each = 0; each < 100; each += 1) await bearer(signed({}, { kid: `stranger-${each}` }));
    expect(server.asked('/jwks') - before).toBe(1);
    reading.time.offset = 31;
    await Promise.all(Array.from({ length: 20 }, (_, each) => bearer(signed({}, { kid: `late-${each}` }))));
    expect(server.asked('/jwks') - before).toBe(2);
    expect(await bearer(signed())).toBe('ok');
  });

  it('was asked a moment ago, for a stranger: a token with a new key counts as no guess, and is told when to come back', async () => {
    expect(await bearer(signed())).toBe('ok');
    expect(await bearer(signed({}, { kid: 'stranger' }))).toMatch(/^token_invalid.*no such key/);
    server.rotateKeys();
    const token = signed();
    reading.time.offset = 12.5;
    await expect(reading.bearer(token)).rejects.toMatchObject({ code: 'token_invalid', cause: UNTRIED });
    expect(await bearer(token)).toMatch(/no such key, and was asked for new ones a moment ago; try again/);
    reading.time.offset = 30;
    expect(await bearer(token)).toBe('ok');
  });

  /**
   * Not being counted (`withAttemptGate`) gives nothing to whoever guesses: no key was tried on such a
   * token, so the answer says nothing of it. Counting it would shut out honest clients after a rotation for minutes, whenever
   * a stranger likes. What is compared with a key is counted as ever.
   */
  it('was asked a moment ago: what can be compared with a key is refused as wrong all the same', async () => {
    expect(await bearer(signed())).toBe('ok');
    await bearer(signed({}, { kid: 'stranger' }));
    await expect(reading.bearer(signed({}, { kid: 'stranger' }))).rejects.toMatchObject({ cause: UNTRIED });
    for (const wrong of [altered(1), altered(2), signed({ exp: seconds(-60) }), signed({}, { alg: 'none' })]) {
      expect(await bearer(wrong)).toMatch(/^token_invalid/);
      await expect(reading.bearer(wrong)).rejects.not.toMatchObject({ cause: UNTRIED });
    }
  });

  it('is asked once for those that come together, and each is told that its key is unknown', async () => {
    expect(await bearer(signed())).toBe('ok');
    const before = server.asked('/jwks');
    const many = await Promise.all(
      Array.from({ length: 20 }, (_, each) => bearer(signed({}, { kid: `stranger-${each}` }))),
    );
    for (const each of many) expect(each).toMatch(/^token_invalid.*no such key/);
    expect(server.asked('/jwks') - before).toBe(1);
  });

  it('is asked once where the keys were loaded for the token with the unknown key itself', async () => {
    const before = server.asked('/jwks');
    expect(await bearer(signed({}, { kid: 'stranger' }))).toMatch(/^token_invalid.*no such key/);
    expect(server.asked('/jwks') - before).toBe(1);
  });

  it('whose renewal fails is asked again after half a minute, not after each pause', async () => {
    let asked = 0;
    const failing = async (input: unknown) => {
      if (!String(input).endsWith('/jwks')) return fetch(String(input));
      asked += 1;
      return asked === 1 ? fetch(String(input)) : new Response('', { status: 500 });
    };
    reading = makeReading(server, { fetch: failing });
    expect(await bearer(signed())).toBe('ok');
    for (let offset = 0; offset < 30; offset += 1) {
      reading.time.offset = offset;
      expect(await bearer(signed({}, { kid: 'stranger' }))).toMatch(/^issuer_unavailable/);
      expect(await bearer(signed())).toBe('ok');
    }
    expect(asked).toBe(2);
    reading.time.offset = 30;
    expect(await bearer(signed({}, { kid: 'stranger' }))).toMatch(/^issuer_unavailable/);
    expect(asked).toBe(3);
  });

  it('is down from the start: 503, and asked once in five seconds', async () => {
    server.down = true;
    const token = signed();
    const before = server.asked('openid-configuration');
    for (let each = 0; each < 20; each += 1) expect(await bearer(token)).toMatch(/^issuer_unavailable/);
    expect(server.asked('openid-configuration') - before).toBe(1);
    server.down = false;
    expect(await bearer(token)).toMatch(/^issuer_unavailable/);
    reading.time.offset = 6;
    expect(await bearer(token)).toBe('ok');
  });

  it('goes down later: known keys verify for five minutes, unknown ones are 503, and then everything', async () => {
    expect(await bearer(signed())).toBe('ok');
    server.down = true;
    expect(await bearer(signed({}, { kid: 'stranger' }))).toMatch(/^issuer_unavailable/);
    expect(await bearer(signed())).toBe('ok');
    reading.time.offset = 299;
    expect(await bearer(signed({ exp: seconds(900) }))).toBe('ok');
    reading.time.offset = 301;
    expect(await bearer(signed({ exp: seconds(900) }))).toMatch(/^issuer_unavailable/);
    server.down = false;
  });

  it('that says it is another one is none', async () => {
    reading = makeReading(server, { issuer: server.issuer.replace('127.0.0.1', 'localhost') });
    expect(await bearer(signed())).toMatch(/^issuer_unavailable/);
  });

  const answering =
    (status: number, body: string | object): typeof fetch =>
    async (input: unknown) => {
      if (!String(input).endsWith('/jwks')) return fetch(String(input));
      return new Response(typeof body === 'string' ? body : JSON.stringify(body), { status });
    };

  it.each([
    ['an error', 500, {}],
    ['a redirect', 302, {}],
    ['no JSON', 200, '<html>'],
    ['no keys', 200, { keys: {} }],
    ['keys that are none', 200, { keys: ['a'] }],
    ['two megabytes', 200, `{"keys":[${' '.repeat(2_000_000)}]}`],
  ])('that shows, for its keys, %s, is out of reach', async (_what, status, body) => {
    reading = makeReading(server, { fetch: answering(status, body) });
    expect(await bearer(signed())).toMatch(/^issuer_unavailable/);
  });

  it('without OpenID Connect is found where RFC 8414 puts it', async () => {
    const plain = (async (input: unknown) => {
      const { pathname } = new URL(String(input));
      if (pathname.endsWith('openid-configuration')) return new Response('', { status: 404 });
      return pathname === '/.well-known/oauth-authorization-server'
        ? Response.json({ issuer: server.issuer, jwks_uri: `${server.issuer}/jwks` })
        : fetch(String(input));
    }) as typeof fetch;
    reading = makeReading(server, { fetch: plain });
    expect(await bearer(signed())).toBe('ok');
  });

  it('whose answer never ends is out of reach', async () => {
    const { makeIssuerFetch } = await import('../../../../src/identity/oauth2/index.js');
    const silent = (_url: unknown, { signal }: { signal: AbortSignal }) =>
      new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)));
    await expect(makeIssuerFetch(silent as never, 20)('https://login.example')).rejects.toThrow(/timeout/i);
  });
});
