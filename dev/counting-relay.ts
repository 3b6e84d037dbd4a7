import { connect, createServer, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';

export interface CountingRelay {
  /** The same address, by way of the relay. */
  readonly url: string;
  /** How often a client began to speak after the server had answered: round trips. */
  requests(): number;
  /** Cuts every connection. */
  close(): Promise<void>;
}

/** Hands bytes on between clients and a server, and counts round trips. */
export async function countingRelay(target: URL): Promise<CountingRelay> {
  let count = 0;
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect({ host: target.hostname, port: Number(target.port) });
    let answered = true;
    client.on('data', () => {
      if (answered) count += 1;
      answered = false;
    });
    upstream.on('data', () => (answered = true));
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(from);
      from.pipe(to);
      from.on('error', () => to.destroy()).on('close', () => to.destroy());
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = new URL(target.href);
  url.port = String((server.address() as AddressInfo).port);
  return {
    url: url.href,
    requests: () => count,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}
