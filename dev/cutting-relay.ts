import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

export interface CuttingRelay {
  /** The same address, by way of the relay. */
  readonly url: string;
  /** The next packet that holds `word` reaches the server, and the connection is cut instead of its answer coming back. */
  loseAnswerTo(word: string): void;
  /** The connection is cut before the next packet that holds `word` reaches the server. */
  dropNext(word: string): void;
  /** Answers that were lost. */
  lost(): number;
  close(): Promise<void>;
}

/** Hands bytes on between clients and a server, and cuts where a test says so. */
export async function cuttingRelay(target: URL): Promise<CuttingRelay> {
  let plan: { readonly word: string; readonly arrives: boolean } | undefined;
  let lost = 0;
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect({ host: target.hostname, port: Number(target.port) });
    let cutting = false;
    client.on('data', (bytes: Buffer) => {
      if (plan !== undefined && bytes.includes(plan.word)) {
        const { arrives } = plan;
        plan = undefined;
        if (!arrives) {
          client.destroy();
          upstream.destroy();
          return;
        }
        cutting = true;
      }
      upstream.write(bytes);
    });
    upstream.on('data', (bytes: Buffer) => {
      if (cutting) {
        lost += 1;
        client.destroy();
        upstream.destroy();
      } else client.write(bytes);
    });
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
    loseAnswerTo: (word) => (plan = { word, arrives: true }),
    dropNext: (word) => (plan = { word, arrives: false }),
    lost: () => lost,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}
