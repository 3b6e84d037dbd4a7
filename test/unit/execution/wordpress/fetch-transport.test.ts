import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { exchange, type TransportOptions } from '../../../../src/execution/wordpress/fetch-transport.js';
import type { WpReply } from '../../../../src/execution/wordpress/wp-client.js';
import { ChaperoneError } from '../../../../src/kernel/errors.js';
import { lyingServer, type LyingServer } from './lying-server.js';

const MAX_BYTES = 10_000;
const JSON_TYPE = { 'Content-Type': 'application/json; charset=UTF-8' };

let server: LyingServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

const options: TransportOptions = {
  fetch,
  sign: () => Promise.resolve([['Signature', 'sig=:AAAA:']]),
  timeoutMs: 5_000,
  maxBytes: MAX_BYTES,
  trace: () => undefined,
};

const JSON_BODY = { contentType: 'application/json' };
const NOTHING = { body: Buffer.alloc(0), contentType: '' };
const IMPATIENT = { timeoutMs: 300 };

async function replyTo(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
  changes: Partial<TransportOptions> = {},
): Promise<WpReply> {
  server = await lyingServer(answer);
  const url = new URL('/x', server.url);
  const request = { method: 'POST', url, headers: [['A', 'b']] as const, body: Buffer.from('{"a":1}'), ...JSON_BODY };
  return exchange({ ...options, ...changes }, request);
}

const json = (status: number, text: string | Uint8Array, headers = {}) =>
  replyTo((_request, response) => response.writeHead(status, { ...JSON_TYPE, ...headers }).end(text));

describe('an answer', () => {
  it('is read with its counts, and the request carried body, type and signature', async () => {
    const reply = await json(201, '{"id":7}', { 'X-WP-Total': '31', 'X-WP-TotalPages': '4' });
    expect(reply).toEqual({ kind: 'answered', status: 201, body: { id: 7 }, total: 31, totalPages: 4 });
    expect(server?.arrived).toHaveLength(1);
    expect(server?.arrived[0]).toMatchObject({ method: 'POST', url: '/x', body: '{"a":1}' });
    const headers = new Map(pairs(server?.arrived[0]?.rawHeaders ?? []));
    expect(headers.get('a')).toBe('b');
    expect(headers.get('signature')).toBe('sig=:AAAA:');
    expect(headers.get('content-type')).toBe('application/json');
    expect(headers.has('cookie')).toBe(false);
  });

  it('counts only what is a count', async () => {
    expect(await json(200, '[]', { 'X-WP-Total': '-1', 'X-WP-TotalPages': '1e3' })).toMatchObject({
      total: undefined,
      totalPages: undefined,
    });
  });

  it.each(['application/problem+json', 'Application/JSON', 'application/json;charset=utf-8'])(
    'is JSON when its type is %s',
    async (type) =>
      expect(await json(200, '{}', { 'Content-Type': type })).toMatchObject({ kind: 'answered', body: {} }),
  );

  it('in gzip is read when it unpacks to no more than the limit', async () => {
    const reply = await json(200, gzipSync('{"ok":true}'), { 'Content-Encoding': 'gzip' });
    expect(reply).toMatchObject({ kind: 'answered', body: { ok: true } });
  });

  it('of an error is an answer too', async () => {
    expect(await json(403, '{"code":"rest_forbidden"}')).toMatchObject({
      kind: 'answered',
      status: 403,
      body: { code: 'rest_forbidden' },
    });
  });
});

describe('an answer that can not be trusted', () => {
  it('a redirect is not followed, wherever it points', async () => {
    const reply = await replyTo((_request, response) => response.writeHead(302, { Location: '/elsewhere' }).end());
    expect(reply).toMatchObject({ kind: 'answered', status: 302, body: null });
    expect(server?.arrived.map(({ url }) => url)).toEqual(['/x']);
  });

  it('a 307 to another host gets neither body nor signature', async () => {
    const other = await lyingServer((_request, response) => response.end());
    const reply = await replyTo((_request, response) => response.writeHead(307, { Location: other.url.href }).end());
    expect(reply).toMatchObject({ kind: 'answered', status: 307 });
    expect(other.arrived).toEqual([]);
    await other.close();
  });

  const html = (status: number) =>
    replyTo((_request, response) => response.writeHead(status, { 'Content-Type': 'text/html' }).end('<h1>Hi</h1>'));
  it('a page with 200 is not taken for success', async () => {
    expect(await html(200)).toEqual({ kind: 'lost', reason: 'status 200 without readable JSON', answered: true });
  });
  it('a page with 403 comes from before the REST API', async () => {
    expect(await html(403)).toMatchObject({ kind: 'answered', status: 403, body: null });
  });
  it('a page with 500 may come after the deed', async () => {
    expect(await html(500)).toMatchObject({ kind: 'lost' });
  });

  it.each([
    ['is cut off', '{"id":'],
    ['names a key twice', '{"id":1,"id":2}'],
    ['holds a prototype', '{"__proto__":{"id":1}}'],
    ['is not UTF-8', new Uint8Array([0x22, 0xff, 0x22])],
    ['follows a warning of PHP', '<b>Warning</b>: x {"id":1}'],
    ['is empty', ''],
    ['is nested too deep', '['.repeat(100) + ']'.repeat(100)],
  ])('JSON with 200 that %s', async (_name, text) => {
    expect(await json(200, text)).toEqual({ kind: 'lost', reason: 'status 200 without readable JSON', answered: true });
  });

  it('more than the limit is not read to its end', async () => {
    expect(await json(200, JSON.stringify('x'.repeat(MAX_BYTES)))).toEqual({
      kind: 'lost',
      reason: `an answer of more than ${MAX_BYTES} bytes`,
      answered: true,
    });
  });

  it('an endless answer is given up at the limit', async () => {
    let written = 0;
    const reply = await replyTo((_request, response) => {
      response.writeHead(200, JSON_TYPE);
      const more = setInterval(() => {
        written += 4_000;
        response.write('x'.repeat(4_000));
      }, 5);
      response.on('close', () => {
        clearInterval(more);
      });
    });
    expect(reply).toMatchObject({ kind: 'lost', reason: expect.stringContaining('more than') as unknown });
    expect(written).toBeLessThan(20 * MAX_BYTES);
  });

  it('a bomb in gzip is counted as it unpacks', async () => {
    const bomb = gzipSync(Buffer.alloc(50_000_000, '0'));
    expect(bomb.byteLength).toBeLessThan(100_000);
    expect(await json(200, bomb, { 'Content-Encoding': 'gzip' })).toMatchObject({
      kind: 'lost',
      reason: expect.stringContaining('more than') as unknown,
    });
  });

  it('what says gzip and is none is lost', async () => {
    expect(await json(200, '{"id":1}', { 'Content-Encoding': 'gzip' })).toMatchObject({ kind: 'lost' });
  });
});

describe('no answer', () => {
  it('nobody listens: it never left', async () => {
    const gone = await lyingServer(() => undefined);
    await gone.close();
    const reply = await exchange(options, { method: 'GET', url: gone.url, headers: [], ...NOTHING });
    expect(reply).toEqual({ kind: 'unreachable', reason: 'ECONNREFUSED' });
  });

  it('a host that does not exist: it never left', async () => {
    const url = new URL('http://nobody.invalid/');
    const failing = () => Promise.reject(new TypeError('fetch failed', { cause: { code: 'ENOTFOUND' } }));
    const reply = await exchange({ ...options, fetch: failing }, { method: 'GET', url, headers: [], ...NOTHING });
    expect(reply).toEqual({ kind: 'unreachable', reason: 'ENOTFOUND' });
  });

  it('silence ends after the time that it has', async () => {
    const before = performance.now();
    expect(await replyTo(() => undefined, IMPATIENT)).toEqual({ kind: 'lost', reason: 'no answer in time' });
    expect(performance.now() - before).toBeLessThan(2_000);
  });

  it('a body that trickles ends after the same time', async () => {
    const reply = await replyTo((_request, response) => {
      response.writeHead(200, JSON_TYPE).write('{"id":');
    }, IMPATIENT);
    expect(reply).toEqual({ kind: 'lost', reason: 'no answer in time' });
  });

  it.each([
    [
      'before a byte came',
      (response: ServerResponse) => {
        response.socket?.destroy();
      },
    ],
    [
      'in the middle of the body',
      (response: ServerResponse) => {
        response.writeHead(200, { ...JSON_TYPE, 'Content-Length': '100' }).write('{"id":7');
        setTimeout(() => response.socket?.destroy(), 20);
      },
    ],
  ])('a connection that breaks %s: nobody knows', async (_name, lie) => {
    expect(
      await replyTo((_request, response) => {
        lie(response);
      }),
    ).toMatchObject({ kind: 'lost' });
  });

  it('a key that can not be read lets nothing out', async () => {
    const sign = () => Promise.reject(new ChaperoneError('upstream_unavailable', { detail: 'not paired' }));
    await expect(replyTo((_request, response) => response.end(), { sign })).rejects.toMatchObject({
      code: 'upstream_unavailable',
    });
    expect(server?.arrived).toEqual([]);
  });
});

function pairs(raw: readonly string[]): [string, string][] {
  return raw.flatMap((name, at) => (at % 2 === 0 ? [[name.toLowerCase(), raw[at + 1] ?? '']] : []));
}
