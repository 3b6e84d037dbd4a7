import { createHash, generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import * as oauth from 'oauth4webapi';
import { startAuthorizationServer, type AuthorizationServer } from '../../../support/authorization-server.js';
import { makeProofMaker, type ProofChanges, type ProofRequest } from '../../../support/dpop.js';
import { FakeNonceStore } from '../../../support/fakes/fake-nonce-store.js';
import { AUDIENCE, makeReading, SCOPES, URL_OF_TOOLS, type Reading } from './reading.js';

const maker = makeProofMaker();
let server: AuthorizationServer;
let token: string;
let reading: Reading;
beforeAll(async () => {
  server = await startAuthorizationServer({ audience: AUDIENCE, scopes: SCOPES });
  const dpop = maker.proof({ method: 'POST', url: `${server.issuer}/token` });
  token = await server.clientToken({ scope: 'ai_agent_view_logs', dpop });
});
beforeEach(() => {
  reading = makeReading(server);
});
afterAll(() => server.stop());

const now = (offset = 0): number => Math.floor(Date.now() / 1000) + offset;
const proof = (request: Partial<ProofRequest> = {}, changes?: ProofChanges): string =>
  maker.proof({ method: 'GET', url: URL_OF_TOOLS, token, ...request }, changes);
const shown = (dpop: string, sent: object = {}): Promise<string> => reading.outcome(`DPoP ${token}`, { dpop, ...sent });

describe('a token bound to a key (DPoP)', () => {
  it('passes with a proof', async () => {
    expect(await reading.read(`DPoP ${token}`, { dpop: proof() })).toMatchObject({
      subject: server.client.id,
      boundTo: maker.thumbprint,
    });
  });

  it('passes with the proof of another implementation, whatever its algorithm', async () => {
    for (const algorithm of ['ES256', 'Ed25519', 'PS256', 'RS256']) {
      const client: oauth.Client = { client_id: server.client.id };
      const handle = oauth.DPoP(client, await oauth.generateKeyPair(algorithm));
      // eslint-disable-next-line @typescript-eslint/no-deprecated -- loopback, as its authors mean it
      const insecure = { [oauth.allowInsecureRequests]: true };
      const issuer = new URL(server.issuer);
      const known = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, insecure));
      const granted = await oauth.clientCredentialsGrantRequest(
        known,
        client,
        oauth.ClientSecretBasic(server.client.secret),
        { scope: 'ai_agent_view_logs', resource: AUDIENCE },
        { DPoP: handle, ...insecure },
      );
      const { access_token: bound } = await oauth.processClientCredentialsResponse(known, client, granted);
      const sent: Record<string, string>[] = [];
      await oauth.protectedResourceRequest(bound, 'GET', new URL(`${URL_OF_TOOLS}?a=1`), undefined, undefined, {
        DPoP: handle,
        [oauth.customFetch]: (_url: string, { headers }: { headers: Record<string, string> }) => {
          sent.push(headers);
          return Promise.resolve(Response.json({}));
        },
      });
      const { authorization = '', dpop = '' } = sent[0] ?? {};
      expect(`${algorithm} ${await reading.outcome(authorization, { dpop })}`).toBe(`${algorithm} ok`);
    }
  });

  it('passes when the address of the proof is written otherwise', async () => {
    for (const url of ['HTTPS://Chaperone.example:443/v1/tools', `${URL_OF_TOOLS}?cursor=1`, `${URL_OF_TOOLS}#a`])
      expect(await shown(proof({ url }))).toBe('ok');
  });

  it('needs a proof for each request', async () => {
    const once = proof();
    expect(await shown(once)).toBe('ok');
    expect(await shown(once)).toMatch(/^token_invalid: .*used before/);
    expect(await shown(proof())).toBe('ok');
  });

  it('is told apart by all replicas together', async () => {
    const nonces = new FakeNonceStore();
    const [first, second] = [makeReading(server, { nonces }), makeReading(server, { nonces })];
    for (let round = 0; round < 20; round += 1) {
      const dpop = proof();
      const outcomes = await Promise.all(
        Array.from({ length: 8 }, (_, each) => (each % 2 === 0 ? first : second).outcome(`DPoP ${token}`, { dpop })),
      );
      expect(outcomes.filter((each) => each === 'ok')).toHaveLength(1);
    }
  });

  it('is 503 when nobody can tell whether the proof is new', async () => {
    const nonces = new FakeNonceStore();
    nonces.spend = () => Promise.reject(new Error('gone'));
    reading = makeReading(server, { nonces });
    expect(await shown(proof())).toMatch(/^database_unavailable/);
  });

  it('a wrong token or proof spends nothing', async () => {
    const nonces = new FakeNonceStore();
    let spent = 0;
    nonces.spend = () => {
      spent += 1;
      return Promise.resolve('spent');
    };
    reading = makeReading(server, { nonces });
    await shown(proof({ method: 'POST' }));
    await reading.outcome(`DPoP ${server.sign(server.claims({ exp: 1, cnf: { jkt: maker.thumbprint } }))}`, {
      dpop: proof(),
    });
    expect(spent).toBe(0);
  });
});

const other = makeProofMaker();
const secretKey = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
const small = generateKeyPairSync('rsa', { modulusLength: 1024 });

describe('a proof is refused', () => {
  it.each<[string, () => string, RegExp]>([
    ['for another method', () => proof({ method: 'POST' }), /htm/],
    ['for the method in small letters', () => proof({ method: 'get' }), /htm/],
    ['for another path', () => proof({ url: 'https://chaperone.example/v1/audit' }), /htu/],
    ['for another host', () => proof({ url: 'https://evil.example/v1/tools' }), /htu/],
    ['for another port', () => proof({ url: 'https://chaperone.example:8443/v1/tools' }), /htu/],
    ['without TLS', () => proof({ url: 'http://chaperone.example/v1/tools' }), /htu/],
    ['for a path alone', () => proof({ url: '/v1/tools' }), /htu/],
    ['for another token', () => proof({ token: `${token}x` }), /ath/],
    ['for no token', () => proof({}, { claims: { ath: undefined } }), /ath/],
    ['six minutes old', () => proof({}, { claims: { iat: now(-360) } }), /iat/],
    ['a minute from the future', () => proof({}, { claims: { iat: now(60) } }), /iat/],
    ['without a time', () => proof({}, { claims: { iat: undefined } }), /iat/],
    ['with a time that is text', () => proof({}, { claims: { iat: String(now()) } }), /iat/],
    ['without an id', () => proof({}, { claims: { jti: undefined } }), /jti/],
    ['with an empty id', () => proof({}, { claims: { jti: '' } }), /jti/],
    ['with an endless id', () => proof({}, { claims: { jti: 'x'.repeat(300) } }), /jti/],
    ['of another type', () => proof({}, { header: { typ: 'JWT' } }), /type/],
    ['with alg none', () => proof({}, { header: { alg: 'none' } }), /algorithm/],
    ['with HS256', () => proof({}, { header: { alg: 'HS256' } }), /algorithm/],
    ['with an algorithm of another curve', () => proof({}, { header: { alg: 'ES384' } }), /not signed/],
    ['with an algorithm of another kind of key', () => proof({}, { header: { alg: 'RS256' } }), /not signed/],
    ['that is critical', () => proof({}, { header: { crit: ['x'] } }), /type/],
    ['without a key', () => proof({}, { header: { jwk: undefined } }), /key/],
    ['with a private key', () => proof({}, { header: { jwk: secretKey.export({ format: 'jwk' }) } }), /public key/],
    ['with a secret as its key', () => proof({}, { header: { jwk: { kty: 'oct', k: 'AAAA' } } }), /public key/],
    ['with half a key', () => proof({}, { header: { jwk: { ...maker.jwk, y: undefined } } }), /public key/],
    ['with a key off the curve', () => proof({}, { header: { jwk: { ...maker.jwk, y: 'AAAA' } } }), /public key/],
    ['with a key of a kind called toString', () => proof({}, { header: { jwk: { kty: 'toString' } } }), /public key/],
    ['signed by another key than it shows', () => proof({}, { privateKey: secretKey }), /not signed/],
    ['by another client', () => other.proof({ method: 'GET', url: URL_OF_TOOLS, token }), /another key|not proved/],
    ['that is empty', () => '', /missing/],
    ['that is no JWT', () => 'a.b', /missing/],
    ['that comes twice in one line', () => `${proof()}, ${proof()}`, /missing/],
    ['that is endless', () => `${proof()}${'A'.repeat(9_000)}`, /missing/],
    ['beyond ASCII', () => `${proof()}ä`, /missing/],
    ['with a claim twice', doubled, /missing/],
  ])('%s', async (_what, make, why) => {
    const outcome = await shown(make());
    expect(outcome).toMatch(/^token_invalid: /);
    expect(outcome).toMatch(why);
  });

  it('with an RSA key that is too small', async () => {
    const jwk = small.publicKey.export({ format: 'jwk' });
    expect(await shown(proof({}, { header: { alg: 'RS256', jwk } }))).toMatch(/not signed/);
  });

  it('with an RSA key whose exponent makes it dear to verify', async () => {
    const dear = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({ format: 'jwk' });
    const jwk = { ...dear, e: Buffer.alloc(200, 255).toString('base64url') };
    expect(await shown(proof({}, { header: { alg: 'RS256', jwk } }))).toMatch(/not signed|public key/);
  });

  it('when the token says Bearer, with or without it', async () => {
    expect(await reading.outcome(`Bearer ${token}`)).toMatch(/^token_invalid: /);
    expect(await reading.outcome(`Bearer ${token}`, { dpop: proof() })).toMatch(/^token_invalid: .*Bearer/);
  });

  it('when the token is bound to no key', async () => {
    const unbound = await server.clientToken({ scope: 'ai_agent_view_logs' });
    const beside = maker.proof({ method: 'GET', url: URL_OF_TOOLS, token: unbound });
    expect(await reading.outcome(`DPoP ${unbound}`, { dpop: beside })).toMatch(/^token_invalid: /);
    expect(await reading.outcome(`Bearer ${unbound}`)).toBe('ok');
  });
});

/** Two readers of one proof must not read two. */
function doubled(): string {
  const [head = '', , tail = ''] = proof().split('.');
  const ath = createHash('sha256').update(token).digest('base64url');
  const text = `{"jti":"a","jti":"b","htm":"GET","htu":"${URL_OF_TOOLS}","iat":${now()},"ath":"${ath}"}`;
  return `${head}.${Buffer.from(text).toString('base64url')}.${tail}`;
}

describe('where every token must be bound', () => {
  it('a bearer token is refused', async () => {
    reading = makeReading(server, { requireDpop: true });
    const unbound = await server.clientToken({ scope: 'ai_agent_view_logs' });
    expect(await reading.outcome(`Bearer ${unbound}`)).toMatch(/^token_invalid: .*must be bound/);
    expect(await shown(proof())).toBe('ok');
  });
});
