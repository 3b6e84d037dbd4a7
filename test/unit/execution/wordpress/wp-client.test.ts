import { afterEach, describe, expect, it } from '@jest/globals';
import { inspect } from 'node:util';
import { wpapiClient } from '../../../../src/execution/wordpress/wp-client.wpapi.js';
import type { WpRequest } from '../../../../src/execution/wordpress/wp-client.js';
import type { CallId, WpUserId } from '../../../../src/kernel/ids.js';
import { lyingServer, type LyingServer } from './lying-server.js';

let server: LyingServer;
afterEach(() => server.close());

const signed: { method: string; url: string; body: string }[] = [];

async function arriving(request: WpRequest, base = '') {
  server = await lyingServer((_request, response) =>
    response.writeHead(200, { 'Content-Type': 'application/json' }).end('{"ok":true}'),
  );
  signed.length = 0;
  const client = wpapiClient(new URL(base, server.url), {
    fetch,
    timeoutMs: 2_000,
    maxBytes: 1_000,
    trace: () => ({ traceId: 'c'.repeat(32), spanId: 'd'.repeat(16), parentId: null, flags: '01', state: null }),
    sign: ({ method, url, body }) => {
      signed.push({ method, url: url.pathname + url.search, body: Buffer.from(body).toString('utf8') });
      return Promise.resolve([['Signature', 'sig=:AAAA:']]);
    },
  });
  const reply = await client.send(request);
  expect(reply).toMatchObject({ kind: 'answered', body: { ok: true } });
  const [arrived] = server.arrived;
  if (arrived === undefined) throw new Error('nothing arrived');
  const header = (name: string) =>
    arrived.rawHeaders[arrived.rawHeaders.findIndex((each) => each.toLowerCase() === name) + 1];
  return { ...arrived, query: new URL(arrived.url, server.url).searchParams, header, client };
}

describe("a request to WordPress's REST API", () => {
  it('says which trace it belongs to', async () => {
    const { header } = await arriving({ method: 'GET', route: 'wp/v2/posts' });
    expect(header('traceparent')).toBe(`00-${'c'.repeat(32)}-${'d'.repeat(16)}-01`);
  });

  it('names route, user and call, and is signed as it is sent', async () => {
    const callId = 'call_00000000000000000000' as CallId;
    const sent = await arriving({
      method: 'POST',
      route: 'wp/v2/posts/12',
      body: { title: 'Füße & "Schuhe"' },
      actingUser: 7 as WpUserId,
      callId,
    });
    expect(sent.method).toBe('POST');
    expect(sent.query.get('rest_route')).toBe('/wp/v2/posts/12');
    expect(JSON.parse(sent.body)).toEqual({ title: 'Füße & "Schuhe"' });
    expect(sent.header('ai-agent-acting-user')).toBe('7');
    expect(sent.header('ai-agent-call')).toBe(callId);
    expect(signed).toEqual([{ method: 'POST', url: sent.url, body: sent.body }]);
  });

  it('without a user names the user 0', async () => {
    const sent = await arriving({ method: 'GET', route: 'ai-agent/v1/bridge/status' });
    expect(sent.header('ai-agent-acting-user')).toBe('0');
    expect(sent.rawHeaders.map((each) => each.toLowerCase())).not.toContain('ai-agent-call');
    expect(sent.body).toBe('');
  });

  it('carries each value of a query as it is', async () => {
    const query = { search: 'a&b=c #d+e/ü?', status: ['draft', 'publish'], page: 2, none: undefined, slug: 'A B' };
    const { query: sent } = await arriving({ method: 'GET', route: 'wp/v2/posts', query });
    expect(sent.get('search')).toBe('a&b=c #d+e/ü?');
    expect(sent.get('page')).toBe('2');
    expect(sent.get('slug')).toBe('A B');
    expect(sent.has('none')).toBe(false);
    expect([...sent].filter(([name]) => name.startsWith('status'))).toEqual([
      ['status[]', 'draft'],
      ['status[]', 'publish'],
    ]);
    expect(sent.getAll('rest_route')).toEqual(['/wp/v2/posts']);
  });

  it('a query can not name another route', async () => {
    const { query } = await arriving({
      method: 'GET',
      route: 'wp/v2/posts',
      query: { search: 'x&rest_route=/wp/v2/users' },
    });
    expect(query.getAll('rest_route')).toEqual(['/wp/v2/posts']);
  });

  it('deletes without a body', async () => {
    const sent = await arriving({ method: 'DELETE', route: 'wp/v2/posts/12', actingUser: 7 as WpUserId });
    expect(sent.method).toBe('DELETE');
    expect(sent.body).toBe('');
    expect(sent.query.has('force')).toBe(false);
  });

  it.each([
    ['blog', '/blog/'],
    ['blog/', '/blog/'],
    ['a/b//', '/a/b/'],
  ])('keeps the path of a site at %s', async (base, path) => {
    const sent = await arriving({ method: 'GET', route: '' }, base);
    expect(new URL(sent.url, server.url).pathname).toBe(path);
    expect(sent.query.get('rest_route')).toBe('/');
  });

  it('two requests of one client do not mix', async () => {
    const { client } = await arriving({ method: 'GET', route: 'wp/v2/posts', query: { search: 'first' } });
    await Promise.all([
      client.send({ method: 'GET', route: 'wp/v2/posts', query: { page: 2 } }),
      client.send({ method: 'GET', route: 'wp/v2/settings' }),
    ]);
    const later = server.arrived.slice(1).map(({ url }) => new URL(url, server.url).searchParams);
    expect(later.map((query) => [query.get('rest_route'), query.get('search'), query.get('page')]).sort()).toEqual([
      ['/wp/v2/posts', null, '2'],
      ['/wp/v2/settings', null, null],
    ]);
  });

  it('prints nothing that signs', async () => {
    const { client } = await arriving({ method: 'GET', route: '' });
    expect(inspect(client, { depth: 20, showHidden: true })).not.toMatch(/AAAA|secret/i);
  });
});
