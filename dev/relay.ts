import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

export interface Relay {
  /** The same address, by way of the relay. */
  readonly url: string;
  /** Cuts every connection. */
  close(): Promise<void>;
}

/**
 * Stands between clients and a server on 127.0.0.1. `wire` says what becomes of the bytes of one connection; when one side ends,
 * the other one does.
 */
export async function relay(target: URL, wire: (client: Socket, upstream: Socket) => void): Promise<Relay> {
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect({ host: target.hostname, port: Number(target.port) });
    wire(client, upstream);
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(from);
      from.on('error', () => to.destroy()).on('close', () => to.destroy());
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = new URL(target.href);
  url.port = String((server.address() as AddressInfo).port);
  return {
    url: url.href,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}
