import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from '@jest/globals';
import { ChaperoneProblem, ChaperoneUnreachable, createClient, type ClientOptions } from '../../../src/client/index.js';
import { makeVerifyRequest, pairHeaderLines, type VerificationKey } from '../../../src/identity/signatures/index.js';
import { systemClock } from '../../../src/kernel/clock.js';
import type { KeyId } from '../../../src/kernel/ids.js';
import { Secret } from '../../../src/kernel/secret.js';
import { FakeNonceStore } from '../../support/fakes/fake-nonce-store.js';

const secret = randomBytes(32);
const pair = generateKeyPairSync('ed25519');
const KEYS: readonly VerificationKey[] = [
  { id: 'key_hmac' as KeyId, algorithm: 'hmac-sha256', secret: new Secret(secret) },
  { id: 'key_ed' as KeyId, algorithm: 'ed25519', publicKey: pair.publicKey },
];
const HMAC = { keyId: 'key_hmac', algorithm: 'hmac-sha256', secret: secret.toString('base64') } as const;
const EXECUTED = { status: 'executed', callId: 'call_1', decision: {}, result: {} };

/** What the server does with a request: `drop` closes the connection without an answer. */
type Reply = 'drop' | { readonly status: number; readonly body: unknown; readonly headers?: Record<string, string> };
interface Seen {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
  readonly verdict: string;
}

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close().closeAllConnections();
});

/** A server that verifies as the sidecar does, notes what it saw, and answers from a script (the last reply stays). */
async function serve(replies: readonly Reply[], prefix = ''): Promise<{ url: string; seen: Seen[] }> {
  const seen: Seen[] = [];
  const nonces = new FakeNonceStore();
  const findKey = (id: KeyId) => Promise.resolve(KEYS.find((key) => key.id === id));
  const server = createServer((request, response) => {
    void (async () => {
      const body = await buffer(request);
      const publicUrl = new URL(prefix, `http://${request.headers.host ?? ''}`);
      const { method = '', url: rawTarget = '' } = request;
      const rawHeaders = pairHeaderLines(request.rawHeaders);
      const verify = makeVerifyRequest({ findKey, nonces, clock: systemClock, publicUrl });
      const verdict = await verify({ method, rawTarget, rawHeaders, body });
      seen.push({
        method,
        url: rawTarget,
        headers: request.headers,
        body: body.toString(),
        verdict: verdict.ok ? 'ok' : verdict.code,
      });
      const reply = replies[Math.min(seen.length, replies.length) - 1] ?? 'drop';
      if (reply === 'drop') return request.socket.destroy();
      const text = typeof reply.body === 'string' ? reply.body : JSON.stringify(reply.body);
      return response.writeHead(reply.status, reply.headers).end(text);
    })();
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${prefix}`, seen };
}

function clientOf(url: string, more: Partial<ClientOptions> = {}) {
  const waits: number[] = [];
  const wait = (milliseconds: number): Promise<void> => Promise.resolve(void waits.push(milliseconds));
  return { client: createClient({ ...HMAC, url, wait, ...more } as ClientOptions), waits };
}

describe('the signing client', () => {
  it('executes a call with a signature that verifies, and an idempotency key of its own', async () => {
    const { url, seen } = await serve([{ status: 200, body: EXECUTED }]);
    const { client } = clientOf(url);
    const call = { tool: 'posts.create', args: { title: 'Gr\u00fc\u00dfe' }, dryRun: true, reason: 'a test' };
    expect(await client.execute(call)).toEqual(EXECUTED);
    expect(seen).toMatchObject([{ method: 'POST', url: '/v1/execute', verdict: 'ok' }]);
    expect(JSON.parse(seen[0]?.body ?? '')).toEqual(call);
    expect(seen[0]?.headers['idempotency-key']).toMatch(/^[\w-]{24}$/);
    expect(seen[0]?.headers.authorization).toBeUndefined();
  });

  it('signs with Ed25519, as KeyObject and as PEM, and sends an application password under the signature', async () => {
    const { url, seen } = await serve([{ status: 200, body: EXECUTED }]);
    const pem = pair.privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
    for (const privateKey of [pair.privateKey, pem]) {
      const applicationPassword = { login: 'agent', password: 'abcd efgh ijkl' };
      const client = createClient({ url, keyId: 'key_ed', algorithm: 'ed25519', privateKey, applicationPassword });
      await client.execute({ tool: 'site.info', args: {} }, { idempotencyKey: 'mine' });
    }
    const headers = { authorization: `Basic ${btoa('agent:abcd efgh ijkl')}`, 'idempotency-key': 'mine' };
    expect(seen).toMatchObject([
      { verdict: 'ok', headers },
      { verdict: 'ok', headers },
    ]);
    expect(seen[0]?.headers['signature-input']).toContain('"authorization" "idempotency-key"');
  });

  it('signs any other route, with query and path prefix, whatever the slash at the end of the address', async () => {
    const { url, seen } = await serve([{ status: 200, body: { entries: [] } }], '/chaperone');
    for (const base of [url, `${url}/`]) {
      expect(await clientOf(base).client.request('get', '/v1/audit?user=7&x=a%20b')).toEqual({ entries: [] });
    }
    const expected = { method: 'GET', url: '/chaperone/v1/audit?user=7&x=a%20b', verdict: 'ok', body: '' };
    expect(seen).toMatchObject([expected, expected]);
  });

  it('hands out headers and bytes for another HTTP library', async () => {
    const { url, seen } = await serve([{ status: 200, body: {} }]);
    const signed = clientOf(url).client.sign('POST', '/v1/policies/validate', { document: '{}' });
    await fetch(signed.url, { method: 'POST', headers: signed.headers.map(([n, v]) => [n, v]), body: signed.body });
    expect(seen).toMatchObject([{ verdict: 'ok', body: '{"document":"{}"}' }]);
  });

  it('never sends the same nonce twice', async () => {
    const { url } = await serve([]);
    const { client } = clientOf(url);
    const nonceOf = (): string | undefined =>
      /nonce="([^"]+)"/.exec(
        String(client.sign('GET', '/').headers.find(([name]) => name === 'Signature-Input')?.[1]),
      )?.[1];
    const nonces = Array.from({ length: 100 }, nonceOf);
    expect(new Set(nonces).size).toBe(100);
    expect(nonces).not.toContain(undefined);
  });
});

describe('what the client makes of refusals', () => {
  const caught = async (promise: Promise<unknown>): Promise<unknown> =>
    promise.then(
      () => 'nothing',
      (error: unknown) => error,
    );

  it('surfaces a problem with its code, detail, call id and wait', async () => {
    const problem = {
      type: 'about:blank',
      status: 429,
      code: 'rate_limited',
      detail: 'Too many.',
      callId: 'call_9',
      findings: [{ rule: 'hourly' }],
    };
    const { url, seen } = await serve([{ status: 429, body: problem, headers: { 'retry-after': '7' } }]);
    const error = await caught(clientOf(url).client.execute({ tool: 'site.info', args: {} }));
    expect(error).toBeInstanceOf(ChaperoneProblem);
    expect(error).toMatchObject({
      status: 429,
      code: 'rate_limited',
      detail: 'Too many.',
      callId: 'call_9',
      retryAfter: 7,
      problem,
    });
    expect(seen).toHaveLength(1);
  });

  it.each([
    ['a page instead of JSON', { status: 502, body: '<h1>Bad gateway</h1>' }, 502],
    ['a list instead of an object', { status: 200, body: [] }, 200],
    ['a page that claims success', { status: 200, body: '<h1>Welcome</h1>' }, 200],
    ['an outcome that nobody knows', { status: 200, body: { status: 'perhaps' } }, 200],
  ])('calls %s unreadable', async (_name, reply, status) => {
    const { url } = await serve([reply]);
    const error = await caught(clientOf(url).client.execute({ tool: 'site.info', args: {} }));
    expect(error).toMatchObject({ name: 'ChaperoneProblem', code: 'unreadable_answer', status });
  });

  it.each([302, 307])('follows no redirect of status %d', async (status) => {
    const elsewhere = await serve([{ status: 200, body: EXECUTED }]);
    const location = `${elsewhere.url}/v1/execute`;
    const { url } = await serve([{ status, body: '', headers: { location } }]);
    const { client } = clientOf(url);
    const attempts = [client.request('GET', '/v1/tools'), client.execute({ tool: 'site.info', args: {} })];
    for (const attempt of attempts) expect(await caught(attempt)).toBeInstanceOf(ChaperoneUnreachable);
    expect(elsewhere.seen).toEqual([]);
  });
});

describe('trying again', () => {
  const call = { tool: 'posts.create', args: {} };
  const busy: Reply = { status: 409, body: { code: 'idempotency_in_progress' } };
  const closed: Reply = { status: 503, body: { code: 'overloaded' }, headers: { 'retry-after': '3' } };
  const done: Reply = { status: 200, body: EXECUTED };

  it('signs anew under the same idempotency key when no answer came', async () => {
    const { url, seen } = await serve(['drop', 'drop', done]);
    const { client, waits } = clientOf(url);
    expect(await client.execute(call)).toEqual(EXECUTED);
    expect(seen.map(({ verdict }) => verdict)).toEqual(['ok', 'ok', 'ok']);
    expect(new Set(seen.map(({ headers }) => headers['idempotency-key'])).size).toBe(1);
    expect(new Set(seen.map(({ headers }) => headers.signature)).size).toBe(3);
    expect(waits).toEqual([1000, 2000]);
  });

  it('waits as long as it is told, when the first attempt still runs and when the sidecar is busy', async () => {
    const { url, seen } = await serve([busy, closed, done]);
    const { client, waits } = clientOf(url);
    expect(await client.execute(call)).toEqual(EXECUTED);
    expect(seen).toHaveLength(3);
    expect(waits).toEqual([1000, 3000]);
  });

  it.each<[string, readonly Reply[], number, string]>([
    ['two retries', ['drop'], 3, 'ChaperoneUnreachable'],
    ['a refusal', [{ status: 403, body: { code: 'policy_time_denied' } }], 1, 'ChaperoneProblem'],
    ['a 503 without Retry-After', [{ status: 503, body: { code: 'audit_unavailable' } }], 1, 'ChaperoneProblem'],
    ['a wait of an hour', [{ ...closed, headers: { 'retry-after': '3600' } }], 1, 'ChaperoneProblem'],
    [
      'a key that belongs to another request',
      [{ status: 422, body: { code: 'idempotency_key_reused' } }],
      1,
      'ChaperoneProblem',
    ],
    ['an unknown outcome', [{ status: 504, body: { code: 'outcome_unknown' } }], 1, 'ChaperoneProblem'],
  ])('gives up after %s', async (_name, replies, attempts, name) => {
    const { url, seen } = await serve(replies);
    await expect(clientOf(url).client.execute(call)).rejects.toMatchObject({ name });
    expect(seen).toHaveLength(attempts);
  });

  it('never repeats a request without an idempotency key', async () => {
    const { url, seen } = await serve(['drop', done]);
    await expect(clientOf(url).client.request('POST', '/v1/policies', {})).rejects.toBeInstanceOf(ChaperoneUnreachable);
    expect(seen).toHaveLength(1);
  });

  it('ends an attempt that takes too long', async () => {
    const never = ((_url: unknown, { signal }: { signal: AbortSignal }) =>
      new Promise((_resolve, reject) =>
        signal.addEventListener('abort', () => reject(signal.reason as Error)),
      )) as typeof fetch;
    const { client, waits } = clientOf('http://127.0.0.1:9', { fetch: never, timeoutMs: 5 });
    await expect(client.execute(call)).rejects.toBeInstanceOf(ChaperoneUnreachable);
    expect(waits).toHaveLength(2);
  });
});

describe('options', () => {
  const right = { ...HMAC, url: 'https://sidecar.example' };

  it.each([
    ['an address of another kind', { ...right, url: 'ftp://sidecar.example' }],
    ['credentials in the address', { ...right, url: 'https://a:b@sidecar.example' }],
    ['a query in the address', { ...right, url: 'https://sidecar.example/?a' }],
    ['an impossible key id', { ...right, keyId: 'a b' }],
    ['a secret that is not base64', { ...right, secret: 'hunter2!' }],
    ['a secret without padding', { ...right, secret: HMAC.secret.replace(/=$/, '') }],
    ['a login with a colon', { ...right, applicationPassword: { login: 'a:b', password: 'c' } }],
    ['an Ed25519 key that is public', { url: right.url, keyId: 'k', algorithm: 'ed25519', privateKey: pair.publicKey }],
  ] as const)('%s is refused at once, without naming its value', (_name, options) => {
    expect(() => createClient(options)).toThrow(TypeError);
    expect(() => createClient(options)).not.toThrow(/hunter2|a:b/);
  });

  it.each(['v1/tools', '', '/v1/tools#x'])('the path %j is refused', (path) => {
    expect(() => createClient(right).sign('GET', path)).toThrow(TypeError);
  });
});
