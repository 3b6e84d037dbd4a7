import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { TestRequest } from '../support/http-request.js';
import { pairedSite, type PairedSite } from '../support/paired-site.js';
import { expectProblem } from './problem.js';

let paired: PairedSite;
beforeAll(async () => {
  paired = await pairedSite();
}, 90_000);
afterAll(() => paired.stop());

const INFO = { tool: 'site.info' };
const deep = (levels: number): string => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`;
const execute = (body: unknown): Partial<TestRequest> => ({ method: 'POST', path: '/v1/execute', body });

/** What is sent with a good signature of the agent's, and the code it gets. */
const SIGNED: readonly (readonly [string, Partial<TestRequest>, string])[] = [
  ['no body', { method: 'POST', path: '/v1/execute' }, 'unsupported_media_type'],
  ['an empty object', execute({}), 'request_malformed'],
  ['null', execute('null'), 'request_malformed'],
  ['a list', execute('[]'), 'request_malformed'],
  ['half a document', execute('{"tool":'), 'request_malformed'],
  ['two documents', execute('{}{}'), 'request_malformed'],
  ['a comment', execute('{"tool":"site.info"} // please'), 'request_malformed'],
  ['a byte order mark', execute('\uFEFF{"tool":"site.info"}'), 'request_malformed'],
  ['bytes that are not UTF-8', execute(Buffer.from([0x7b, 0xff, 0x7d])), 'request_malformed'],
  ['half a surrogate pair', execute('{"tool":"\\ud800"}'), 'request_malformed'],
  ['a number beyond a double', execute('{"tool":"site.info","args":{"a":1e999}}'), 'request_malformed'],
  ['a key twice', execute('{"tool":"site.info","dryRun":false,"dryRun":true}'), 'request_malformed'],
  ['a key twice, deep down', execute('{"tool":"x","args":{"a":{"b":1,"\\u0062":2}}}'), 'request_malformed'],
  ['__proto__', execute('{"tool":"site.info","__proto__":{"dryRun":true}}'), 'request_malformed'],
  ['__proto__ in the arguments', execute('{"tool":"x","args":{"__proto__":{"a":1}}}'), 'request_malformed'],
  ['constructor', execute('{"tool":"x","args":{"constructor":{"prototype":1}}}'), 'request_malformed'],
  ['a hundred levels', execute(`{"tool":"site.info","args":${deep(100)}}`), 'request_malformed'],
  ['a million levels', execute('['.repeat(1_000_000)), 'request_malformed'],
  ['an unknown member', execute({ ...INFO, force: true }), 'request_malformed'],
  ['a tool that is a number', execute({ tool: 7 }), 'request_malformed'],
  ['no name', execute({ tool: '' }), 'request_malformed'],
  ['a very long name', execute({ tool: 'x'.repeat(65) }), 'request_malformed'],
  ['a name in emoji', execute({ tool: '🦶'.repeat(32) }), 'tool_unknown'],
  ['a name with a NUL', execute({ tool: 'posts\u0000.create' }), 'tool_unknown'],
  ['a name of Object', execute({ tool: 'hasOwnProperty' }), 'tool_unknown'],
  ['arguments that are a list', execute({ tool: 'site.info', args: [] }), 'request_malformed'],
  ['arguments that are null', execute({ tool: 'site.info', args: null }), 'request_malformed'],
  ['dryRun as text', execute({ ...INFO, dryRun: 'true' }), 'request_malformed'],
  ['a mode that is none', execute({ ...INFO, mode: 'reckless' }), 'request_malformed'],
  ['a reason without end', execute({ ...INFO, reason: 'x'.repeat(1_001) }), 'request_malformed'],
  ['text', { ...execute(INFO), contentType: 'text/plain' }, 'unsupported_media_type'],
  ['another charset', { ...execute(INFO), contentType: 'application/json; charset=latin1' }, 'unsupported_media_type'],
  ['a parameter more', { ...execute(INFO), contentType: 'application/json; profile="x"' }, 'unsupported_media_type'],
  ['a bare patch', { ...execute(INFO), contentType: 'application/json-patch+json' }, 'unsupported_media_type'],
  ['an empty key', { ...execute(INFO), idempotencyKey: '' }, 'request_malformed'],
  ['an empty quoted key', { ...execute(INFO), idempotencyKey: '""' }, 'request_malformed'],
  ['a key of 256 characters', { ...execute(INFO), idempotencyKey: 'k'.repeat(256) }, 'request_malformed'],
  ['a key twice', { ...execute(INFO), idempotencyKey: 'a', unsigned: [['Idempotency-Key', 'a']] }, 'request_malformed'],
  ['an acting user', { ...execute(INFO), headers: [['AI-Agent-Acting-User', '1']] }, 'request_malformed'],
  ['two content types', { ...execute(INFO), unsigned: [['Content-Type', 'text/html']] }, 'request_malformed'],
  ['another tool’s schema', execute({ tool: 'posts.get', args: {} }), 'args_invalid'],
];

describe('POST /v1/execute, well signed, with', () => {
  it.each(SIGNED)('%s', async (_name, request, code) => {
    const answer = await paired.send({ path: '/', key: paired.agent.key, ...request });
    expect(answer.body?.code).toBe(code);
    expectProblem(answer);
  });

  it('spaces and line breaks in JSON is fine', async () => {
    const answer = await paired.send({
      ...execute('\r\n { "tool" :\t"site.info" }\n'),
      path: '/v1/execute',
      key: paired.agent.key,
      contentType: 'Application/JSON; charset="UTF-8"',
    });
    expect(answer.status).toBe(200);
  });

  it.each(['order-17', '"order-17"'])('the key %s, bare or quoted, is one key', async (idempotencyKey) => {
    const answer = await paired.execute(INFO, { idempotencyKey });
    expect(answer.status).toBe(200);
    expect(answer.headers['idempotency-replayed']).toBe(idempotencyKey.startsWith('"') ? 'true' : undefined);
  });

  it.each(['k'.repeat(255), `"${'\\"'.repeat(255)}"`])('a key of 255 characters is fine', async (idempotencyKey) => {
    expect((await paired.execute(INFO, { idempotencyKey })).status).toBe(200);
  });
});

/** Without a signature, or with a broken one. */
const UNSIGNED: readonly (readonly [string, () => TestRequest, string])[] = [
  ['nothing', () => ({ method: 'POST', path: '/v1/execute', body: INFO }), 'signature_missing'],
  [
    'a password alone',
    () => ({ method: 'POST', path: '/v1/execute', body: INFO, user: paired.agent }),
    'signature_missing',
  ],
  ['half a signature', () => ({ path: '/v1/tools', unsigned: [['Signature', 'sig=:AAAA:']] }), 'signature_missing'],
  ['the other half', () => ({ path: '/v1/tools', unsigned: [['Signature-Input', 'sig=()']] }), 'signature_missing'],
  [
    'a signature that is no structured field',
    () => ({
      path: '/v1/tools',
      unsigned: [
        ['Signature', '\u00ff'],
        ['Signature-Input', '(((('],
      ],
    }),
    'request_malformed',
  ],
  [
    'an idempotency key twice',
    () => ({
      path: '/v1/audit',
      user: paired.site.users.admin,
      headers: [
        ['Idempotency-Key', 'a'],
        ['Idempotency-Key', 'a'],
      ],
    }),
    'request_malformed',
  ],
  [
    'an idempotency key beyond ASCII',
    () => ({ path: '/v1/audit', user: paired.site.users.admin, headers: [['Idempotency-Key', 'k\u00e9']] }),
    'request_malformed',
  ],
  [
    'two passwords',
    () => ({ path: '/v1/audit', user: paired.site.users.admin, unsigned: [['Authorization', 'Basic x']] }),
    'request_malformed',
  ],
  [
    'an acting user without a signature',
    () => ({ path: '/v1/audit', user: paired.site.users.editor, headers: [['AI-Agent-Acting-User', '1']] }),
    'signature_missing',
  ],
  [
    'a scheme that is none',
    () => ({ path: '/v1/audit', headers: [['Authorization', 'Magic x']] }),
    'credentials_invalid',
  ],
  [
    'Basic without a colon',
    () => ({ path: '/v1/audit', headers: [['Authorization', 'Basic eA==']] }),
    'credentials_invalid',
  ],
  [
    'Basic that is no base64',
    () => ({ path: '/v1/audit', headers: [['Authorization', 'Basic %%%']] }),
    'credentials_invalid',
  ],
  ['the bridge’s route', () => ({ path: '/v1/pairing', user: paired.site.users.admin }), 'signature_missing'],
  [
    'the bridge’s route, signed by an agent',
    () => ({ path: '/v1/pairing', key: paired.agent.key }),
    'signature_missing',
  ],
  [
    'a signature for another host',
    () => ({ path: '/v1/tools', key: paired.agent.key, signedFor: 'http://evil.example' }),
    'signature_invalid',
  ],
  [
    'another Host',
    () => ({ path: '/v1/tools', key: paired.agent.key, unsigned: [['Host', 'evil.example']] }),
    'request_malformed',
  ],
];

describe('credentials that are', () => {
  it.each(UNSIGNED)('%s', async (_name, request, code) => {
    const answer = await paired.send(request());
    expect(answer.body?.code).toBe(code);
    expectProblem(answer);
  });

  it('the query is signed too', async () => {
    const path = '/v1/tools?a=1';
    const signed = await paired.send({ path, key: paired.agent.key });
    expect(signed.status).toBe(200);
  });
});

describe('addresses and methods', () => {
  it.each([
    ['GET', '/'],
    ['GET', '/v1'],
    ['GET', '/v1/Tools'],
    ['GET', '/v1/tools/'],
    ['GET', '//v1/tools'],
    ['GET', '/v1/../v1/tools'],
    ['GET', '/v1/execute'],
    ['PUT', '/v1/execute'],
    ['DELETE', '/v1/audit'],
    ['PATCH', '/v1/policies'],
    ['OPTIONS', '/v1/execute'],
    ['TRACE', '/v1/execute'],
    ['PROPFIND', '/'],
    ['GET', '/wp-login.php'],
    ['GET', '/v1/audit%00'],
    ['GET', '/v1/calls/a/b'],
  ])('%s %s: there is nothing', async (method, path) => {
    const answer = await paired.send({ method, path, user: paired.site.users.admin });
    expect(answer.status).toBe(404);
    if (method !== 'HEAD') expectProblem(answer);
  });

  it.each([
    '%',
    '%zz',
    '%ff',
    '%00',
    '%c0%af',
    '%e0%80%80',
    '..%2f..%2fetc',
    '%2e%2e',
    "' OR 1=1 --",
    '<script>',
    '💥',
  ])('a call or a version named %s is no fault of ours', async (name) => {
    for (const route of ['/v1/calls/', '/v1/policies/', '/v1/audit/']) {
      const path = route + (name.startsWith('%') || name.includes('%2') ? name : encodeURIComponent(name));
      const answer = await paired.get(path);
      expect([400, 404]).toContain(answer.status);
      expectProblem(answer);
    }
  });

  it.each([
    'cursor=x',
    'cursor=-1',
    'cursor=1e9',
    'cursor=99999999999999999999',
    'cursor=',
    'limit=0',
    'limit=201',
    'limit=1.5',
    'limit=%00',
    'from=yesterday',
    'from=2026-02-30T00:00:00Z',
    'from=2026-11-22',
    'userId=0',
    'userId=1%20OR%201',
    'agentId=x',
    'callId=x',
    'verdict=maybe',
    'kind=%27',
    'tool=',
    `code=${'x'.repeat(65)}`,
    'unknown=1',
    'limit=1&limit=2',
    '__proto__=1',
    'constructor=1',
    'tool[]=a',
  ])('GET /v1/audit?%s is malformed', async (query) => {
    const answer = await paired.get(`/v1/audit?${query}`);
    expect(answer.body?.code).toBe('request_malformed');
    expectProblem(answer);
  });

  it.each([
    'from=0000-01-01T00:00:00Z',
    'to=9999-12-31T23:59:59-23:59',
    'cursor=9007199254740991',
    'tool=%F0%9F%A6%B6',
    'tool=%00',
    'a%zz=1',
    '?',
  ])('GET /v1/audit?%s is answered', async (query) => {
    const { status } = await paired.get(`/v1/audit?${query}`);
    expect([200, 400]).toContain(status);
  });

  it.each(['http://[/v1/audit', 'http://x:99999/v1/audit', 'http://x/v1/audit', 'http:///v1/audit'])(
    'a target in absolute form, %s, is read or refused',
    async (path) => {
      const answer = await paired.send({ path, user: paired.site.users.admin });
      expect([200, 400, 404]).toContain(answer.status);
    },
  );

  it('HEAD is answered like GET, without a body', async () => {
    const answer = await paired.send({ method: 'HEAD', path: '/v1/audit', user: paired.site.users.admin });
    expect(answer.status).toBe(200);
    expect(answer.text).toBe('');
  });
});

describe('bodies', () => {
  it('packed ones are refused, whatever is in them', async () => {
    const answer = await paired.send({
      ...execute(gzipSync(Buffer.alloc(10_000_000, ' '))),
      path: '/v1/execute',
      key: paired.agent.key,
      headers: [['Content-Encoding', 'gzip']],
    });
    expect(answer.body?.code).toBe('unsupported_media_type');
    expectProblem(answer);
  });

  it('on a route that takes none are read into nothing', async () => {
    const answer = await paired.send({ path: '/v1/tools', body: '{"a":', key: paired.agent.key });
    expect(answer.status).toBe(200);
  });

  /** Bytes over a socket of its own; what came back until it was closed. */
  const raw = (text: string): Promise<string> =>
    new Promise((resolve, reject) => {
      const socket = connect(Number(new URL(paired.url).port), '127.0.0.1');
      let received = '';
      socket.on('data', (chunk) => (received += chunk.toString('latin1')));
      socket.on('close', () => {
        resolve(received);
      });
      socket.on('error', reject);
      socket.end(text);
    });
  const HOST = 'Host: 127.0.0.1\r\n';

  it.each([
    [
      'both a length and chunks',
      `POST /v1/execute HTTP/1.1\r\n${HOST}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{}`,
    ],
    ['two lengths', `POST /v1/execute HTTP/1.1\r\n${HOST}Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}`],
    ['a length that is none', `POST /v1/execute HTTP/1.1\r\n${HOST}Content-Length: -1\r\n\r\n{}`],
    ['no Host', 'GET /v1/audit HTTP/1.1\r\n\r\n'],
    ['a folded header', `GET /v1/audit HTTP/1.1\r\n${HOST}X: a\r\n b\r\n\r\n`],
    ['a header without end', `GET /v1/audit HTTP/1.1\r\n${HOST}X: ${'x'.repeat(20_000)}\r\n\r\n`],
    ['no HTTP at all', '\u0016\u0003\u0001\u0000¥\u0001\u0000\u0000¡\u0003\u0003\r\n\r\n'],
  ])('%s: refused by the parser of HTTP itself', async (_name, text) => {
    expect(await raw(text)).toMatch(/^HTTP\/1\.1 4\d\d /);
  });

  it('one that ends early is nobody’s call', async () => {
    const answer = await raw(`POST /v1/execute HTTP/1.1\r\n${HOST}Content-Length: 100\r\n\r\n{}`);
    expect(answer === '' || /^HTTP\/1\.1 4\d\d /.test(answer)).toBe(true);
    expect((await paired.get('/livez')).status).toBe(200);
  });
});

describe('what is written down', () => {
  it('no request above led to a 5xx, and the log holds no secret', () => {
    const lines = paired.log.join('');
    expect(lines).not.toContain('"level":50');
    for (const secret of [
      paired.agent.secret,
      paired.agent.applicationPassword,
      paired.site.users.admin.applicationPassword,
    ])
      expect(lines).not.toContain(secret);
  });

  it('no call above ran but those that were answered with 200, and the chain holds', async () => {
    expect((await paired.get('/v1/audit/verify')).body).toMatchObject({ ok: true });
    const { body } = await paired.get('/v1/audit?kind=call.intent&limit=200');
    expect(body.items).toHaveLength(4);
  });
});
