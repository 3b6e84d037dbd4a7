import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTcpServer, type AddressInfo, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { Destination } from '../../../src/webhooks/outbound/destination.js';
import { lookupAll, makePost } from '../../../src/webhooks/outbound/post.node.js';

/** Longer than anything here takes, however busy the machine is. */
const post = makePost({ timeoutMs: 30_000, maxBytes: 65_536 });
const hasty = makePost({ timeoutMs: 400, maxBytes: 65_536 });
const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  await Promise.all(closing.splice(0).map((close) => close()));
});

async function listening(server: Server | ReturnType<typeof createTcpServer>): Promise<number> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(
    () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  );
  return (server.address() as AddressInfo).port;
}

/** A name that leads nowhere by itself: only the pinned address gets there. */
const to = (port: number, protocol = 'http'): Destination => ({
  url: new URL(`${protocol}://receiver.invalid:${port}/in?x=1`),
  address: '127.0.0.1',
  family: 4,
});
const sendTo = async (answer: RequestListener, by = post) => by(to(await listening(createServer(answer))), {}, '{}');

describe('a notice on the wire', () => {
  it('goes to the pinned address, with the host, path, headers and bytes that it should have', async () => {
    const seen: unknown[] = [];
    const port = await listening(
      createServer((request, response) => {
        let body = '';
        request.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
        request.on('end', () => {
          seen.push([request.method, request.url, request.headers.host, request.headers['webhook-id'], body]);
          response.writeHead(204).end();
        });
      }),
    );
    expect(await post(to(port), { 'webhook-id': 'msg_1' }, '{"ü":1}')).toEqual({ kind: 'answered', status: 204 });
    expect(seen).toEqual([['POST', '/in?x=1', `receiver.invalid:${port}`, 'msg_1', '{"ü":1}']]);
  });

  it('is answered by a status, whatever else is said', async () => {
    for (const status of [200, 201, 400, 410, 429, 500, 503])
      expect(await sendTo((_, response) => response.writeHead(status).end('x'.repeat(1_000)))).toEqual({
        kind: 'answered',
        status,
      });
  });

  it('follows no redirect', async () => {
    let followed = 0;
    const inside = await listening(
      createServer((_, response) => {
        followed += 1;
        response.end();
      }),
    );
    const location = `http://127.0.0.1:${inside}/`;
    for (const status of [301, 302, 303, 307, 308])
      expect(await sendTo((_, response) => response.writeHead(status, { location }).end())).toEqual({
        kind: 'answered',
        status,
      });
    expect(followed).toBe(0);
  });

  it('waits no longer than it may, for the head of an answer or for its end', async () => {
    expect(await sendTo(() => undefined, hasty)).toEqual({ kind: 'failed', reason: 'no answer in 0.4 s' });
    const trickle: RequestListener = (_, response) => {
      response.writeHead(200).flushHeaders();
      const timer = setInterval(() => response.write('.'), 20);
      response.on('close', () => clearInterval(timer));
    };
    const onceSaid = makePost({ timeoutMs: 3_000, maxBytes: 65_536 });
    expect(await sendTo(trickle, onceSaid)).toEqual({ kind: 'answered', status: 200 });
    const port = await listening(createTcpServer((socket) => void socket.write('HTTP/1.1 200 OK\r\nX: ')));
    expect(await hasty(to(port), {}, '{}')).toMatchObject({ kind: 'failed', reason: 'no answer in 0.4 s' });
  });

  it('reads no more of an answer than it must: a receiver that sends a gigabyte is cut off', async () => {
    let sent = 0;
    const flood: RequestListener = (_, response) => {
      const chunk = Buffer.alloc(65_536, 'x');
      const more = (): void => {
        while (!response.destroyed && sent < 1_000_000_000) {
          sent += chunk.byteLength;
          if (!response.write(chunk)) {
            response.once('drain', more);
            return;
          }
        }
      };
      more();
    };
    expect(await sendTo(flood)).toEqual({
      kind: 'answered',
      status: 200,
    });
    expect(sent).toBeLessThan(50_000_000);
  });

  it('bears with headers without end, with what is no HTTP, and with a connection that is cut', async () => {
    const cases: readonly ((socket: Socket) => void)[] = [
      (socket) => void socket.write(`HTTP/1.1 200 OK\r\nX: ${'x'.repeat(100_000)}\r\n\r\n`),
      (socket) => void socket.end('SSH-2.0-OpenSSH_9.2\r\n'),
      (socket) => socket.destroy(),
      (socket) => void socket.end(),
    ];
    for (const behave of cases) {
      const port = await listening(createTcpServer((socket) => void socket.once('data', () => behave(socket))));
      expect(await post(to(port), {}, '{}')).toMatchObject({ kind: 'failed', reason: expect.any(String) });
    }
  });

  it('says why nobody was reached', async () => {
    const port = await listening(createServer());
    await Promise.all(closing.splice(0).map((close) => close()));
    expect(await post(to(port), {}, '{}')).toEqual({ kind: 'failed', reason: 'ECONNREFUSED' });
    const plain = await listening(createServer((_, response) => response.end()));
    expect(await post(to(plain, 'https'), {}, '{}')).toMatchObject({ kind: 'failed' });
  });
});

describe('looking a name up', () => {
  it('gives every address of it', async () => {
    expect(await lookupAll('localhost')).toEqual(
      expect.arrayContaining([expect.stringMatching(/^(127\.0\.0\.1|::1)$/)]),
    );
  });
});
