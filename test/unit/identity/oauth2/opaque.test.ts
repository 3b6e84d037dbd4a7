import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startAuthorizationServer, type AuthorizationServer } from '../../../support/authorization-server.js';
import { makeProofMaker } from '../../../support/dpop.js';
import { AUDIENCE, makeReading, SCOPES, URL_OF_TOOLS, type Reading } from './reading.js';

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
const opaque = (): Promise<string> => server.clientToken({ scope: 'ai_agent_view_logs', format: 'opaque' });
const bearer = (token: string): Promise<string> => reading.outcome(`Bearer ${token}`);
const questions = (): number => server.asked('/token/introspection');

describe('an opaque token of a real authorization server', () => {
  it('by client credentials: the subject is the client', async () => {
    const token = await opaque();
    expect(token).not.toContain('.');
    expect(await reading.bearer(token)).toMatchObject({
      subject: server.client.id,
      boundTo: null,
      grant: { scopes: new Set(['ai_agent_view_logs']), authTime: null },
    });
  });

  it('by authorization code: the subject is the person, with the time of the login', async () => {
    const { accessToken } = await server.userToken('alice', { scope: 'ai_agent_view_logs', format: 'opaque' });
    const { subject, grant } = await reading.bearer(accessToken);
    expect(subject).toBe('alice');
    expect(Math.abs((grant.authTime ?? 0) - seconds(0))).toBeLessThan(60);
  });

  it('is asked about once in half a minute, also by many at once', async () => {
    const token = await opaque();
    const before = questions();
    await Promise.all(Array.from({ length: 30 }, () => reading.bearer(token)));
    expect(questions() - before).toBe(1);
    reading.time.offset = 29;
    await reading.bearer(token);
    expect(questions() - before).toBe(1);
    reading.time.offset = 31;
    await reading.bearer(token);
    expect(questions() - before).toBe(2);
  });

  it('that was revoked is refused half a minute later at the latest', async () => {
    const token = await opaque();
    expect(await bearer(token)).toBe('ok');
    await server.revoke(token);
    reading.time.offset = 31;
    expect(await bearer(token)).toMatch(/not active/);
  });

  it('that is nobody’s is asked about once in five seconds', async () => {
    const before = questions();
    for (let each = 0; each < 10; each += 1) expect(await bearer('invented')).toMatch(/^token_invalid: .*not active/);
    expect(questions() - before).toBe(1);
    reading.time.offset = 6;
    await bearer('invented');
    expect(questions() - before).toBe(2);
  });

  it('is refused where no client is configured', async () => {
    reading = makeReading(server, { introspection: false });
    expect(await bearer(await opaque())).toMatch(/^token_invalid: .*no JWT/);
  });

  it('is none when it is the refresh token of the same login', async () => {
    const { accessToken, refreshToken } = await server.userToken('alice', {
      scope: 'ai_agent_view_logs',
      format: 'opaque',
    });
    expect(refreshToken).not.toBe('');
    expect(await bearer(accessToken)).toBe('ok');
    expect(await bearer(refreshToken)).toMatch(/^token_invalid/);
  });

  it('whose issuer is down is 503, and known ones still pass for half a minute', async () => {
    const [known, unknown] = [await opaque(), await opaque()];
    expect(await bearer(known)).toBe('ok');
    server.down = true;
    expect(await bearer(unknown)).toMatch(/^issuer_unavailable/);
    expect(await bearer(known)).toBe('ok');
    reading.time.offset = 31;
    expect(await bearer(known)).toMatch(/^issuer_unavailable/);
    server.down = false;
    expect(await bearer(known)).toBe('ok');
  });

  it('bound to a key needs its proof', async () => {
    const maker = makeProofMaker();
    const proof = maker.proof({ method: 'POST', url: `${server.issuer}/token` });
    const token = await server.clientToken({ scope: 'ai_agent_view_logs', format: 'opaque', dpop: proof });
    const shown = (by = maker) => by.proof({ method: 'GET', url: URL_OF_TOOLS, token });
    expect(await reading.outcome(`DPoP ${token}`, { dpop: shown() })).toBe('ok');
    expect(await bearer(token)).toMatch(/bound to a key/);
    expect(await reading.outcome(`DPoP ${token}`)).toMatch(/proof is missing/);
    expect(await reading.outcome(`DPoP ${token}`, { dpop: shown(makeProofMaker()) })).toMatch(/bound to a key/);
    const unbound = await opaque();
    const beside = maker.proof({ method: 'GET', url: URL_OF_TOOLS, token: unbound });
    expect(await reading.outcome(`DPoP ${unbound}`, { dpop: beside })).toMatch(/bound to no key/);
  });
});

describe('an answer of the issuer', () => {
  /** The real server, but for what it says about tokens. */
  const saying = (status: number, answer: unknown): typeof fetch =>
    (async (input: unknown, init: RequestInit) => {
      if (!String(input).endsWith('/introspection')) return fetch(String(input), init);
      return new Response(typeof answer === 'string' ? answer : JSON.stringify(answer), {
        status,
        headers: { 'content-type': 'application/json' },
      });
    }) as typeof fetch;
  const good = { active: true, sub: 'alice', client_id: 'c', aud: AUDIENCE, scope: 'ai_agent_view_logs' };
  const told = async (answer: unknown, status = 200): Promise<string> => {
    reading = makeReading(server, { fetch: saying(status, answer) });
    return bearer('a-token');
  };

  it.each<[string, object, RegExp]>([
    ['everything', {}, /^ok$/],
    ['its issuer', { iss: 'ISSUER' }, /^ok$/],
    ['several audiences', { aud: ['https://other.example', AUDIENCE] }, /^ok$/],
    ['a service client without a subject', { sub: undefined }, /^ok$/],
    ['another issuer', { iss: 'https://evil.example' }, /another issuer/],
    ['an issuer that is no address', { iss: 'evil' }, /another issuer/],
    ['another audience', { aud: 'https://other.example' }, /another audience/],
    ['no audience', { aud: undefined }, /another audience/],
    ['an end in the past', { exp: seconds(-1) }, /expired/],
    ['a beginning in the future', { nbf: seconds(60) }, /not valid yet/],
    ['nobody', { sub: undefined, client_id: undefined }, /whose it is/],
    ['an empty subject', { sub: '' }, /whose it is/],
    ['a subject that is a list', { sub: ['alice'] }, /whose it is/],
    ['a binding to a certificate', { cnf: { 'x5t#S256': 'abc' } }, /cannot check/],
    ['a binding to nothing', { cnf: {} }, /cannot check/],
    ['that it is not active', { active: false }, /not active/],
    ['that it is a refresh token', { token_type: 'refresh_token' }, /no access token/],
    ['how it is sent', { token_type: 'bearer' }, /^ok$/],
  ])('that says %s', async (_what, changes, outcome) => {
    const answer = { ...good, ...changes };
    const iss = 'iss' in answer && answer.iss === 'ISSUER' ? { iss: server.issuer } : {};
    expect(await told({ ...answer, ...iss })).toMatch(outcome);
  });

  it.each<[string, number, unknown]>([
    ['no yes or no', 200, { ...good, active: 'true' }],
    ['no JSON', 200, '<html>'],
    ['that our client is wrong', 401, { error: 'invalid_client' }],
    ['that our client is wrong, as 400', 400, { error: 'unauthorized_client' }],
    ['a bare 400', 400, {}],
    ['an error', 500, {}],
    ['a redirect', 302, good],
  ])('that is %s is no answer: 503', async (_what, status, answer) => {
    expect(await told(answer, status)).toMatch(/^issuer_unavailable/);
  });

  it('that it is no token of its kind is a no', async () => {
    expect(await told({ error: 'unsupported_token_type' }, 400)).toMatch(/not active/);
  });

  it('is never kept past the end of the token', async () => {
    expect(await told({ ...good, exp: seconds(4) })).toBe('ok');
    reading.time.offset = 5;
    expect(await bearer('a-token')).toMatch(/expired/);
  });

  it('is waited for by so many at once, and not by more', async () => {
    const slow = (async (input: unknown, init: RequestInit) => {
      if (!String(input).endsWith('/introspection')) return fetch(String(input), init);
      await new Promise((resolve) => setTimeout(resolve, 50));
      return Response.json({ active: false });
    }) as typeof fetch;
    reading = makeReading(server, { fetch: slow });
    const outcomes = await Promise.all(Array.from({ length: 40 }, (_, each) => bearer(`invented-${each}`)));
    expect(outcomes.filter((each) => each.startsWith('overloaded'))).toHaveLength(24);
    expect(outcomes.filter((each) => each.includes('not active'))).toHaveLength(16);
  });

  it('comes for a token that was active before, though strangers have all turns', async () => {
    let slow = false;
    const answering = (async (input: unknown, init: RequestInit) => {
      if (!String(input).endsWith('/introspection')) return fetch(String(input), init);
      if ((init.body as URLSearchParams).get('token')?.startsWith('known') === true) return Response.json(good);
      if (slow) await new Promise((resolve) => setTimeout(resolve, 100));
      return Response.json({ active: false });
    }) as typeof fetch;
    reading = makeReading(server, { fetch: answering });
    expect(await bearer('known')).toBe('ok');
    slow = true;
    reading.time.offset = 31;
    const flood = Array.from({ length: 40 }, (_, each) => bearer(`invented-${each}`));
    expect(await bearer('known')).toBe('ok');
    expect(await bearer('known-by-nobody')).toMatch(/^overloaded/);
    await Promise.all(flood);
  });
});
