import { createServer, type Server, type ServerResponse } from 'node:http';
import { Server as NetServer } from 'node:net';
import type { Express } from 'express';

export interface RunningServer {
  readonly host: string;
  readonly port: number;
  /** Stops accepting, lets what runs come to its end, and closes what is left after `graceMs`. */
  close(graceMs: number): Promise<void>;
}

/** Bounds on slow or endless requests; Node answers 408 and 431 by itself. */
const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 20_000;
/** How exact those are; also for a connection over which nothing comes, which would hold up a drain. */
const CHECK_MS = 1_000;
const MAX_HEADER_BYTES = 16_384;
/** Beyond it a connection is closed as it comes (`net.Server.maxConnections`): each may hold a body. */
const MAX_CONNECTIONS = 4_096;

/** Answers that aren't complete, and from `close` on the last of their connections. */
function makeAnswers(server: Server): { readonly endConnections: () => void } {
  const open = new Set<ServerResponse>();
  let isEnding = false;
  const end = (response: ServerResponse): void => {
    if (!response.headersSent) response.setHeader('Connection', 'close');
  };
  server.prependListener('request', (_request, response: ServerResponse) => {
    if (isEnding) end(response);
    open.add(response);
    response.once('close', () => open.delete(response));
  });
  return {
    endConnections() {
      isEnding = true;
      for (const response of open) end(response);
    },
  };
}

/**
 * A client that asks again and again over one connection, as a balancer's probe does, is told that it ends. An idle connection is left to
 * its own timeout (`keepAliveTimeout`, 5 s), which http.Server.close() doesn't do: a request may be on its way over it.
 */
function closing(server: Server, endConnections: () => void, graceMs: number): Promise<void> {
  return new Promise((resolve) => {
    const hard = setTimeout(() => {
      server.closeAllConnections();
    }, graceMs);
    endConnections();
    NetServer.prototype.close.call(server, () => {
      clearTimeout(hard);
      resolve();
    });
  });
}

export async function listen(
  app: Express,
  address: { readonly host: string; readonly port: number },
): Promise<RunningServer> {
  const server = createServer(
    {
      maxHeaderSize: MAX_HEADER_BYTES,
      headersTimeout: HEADERS_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      connectionsCheckingInterval: CHECK_MS,
    },
    app,
  );
  server.maxConnections = MAX_CONNECTIONS;
  const { endConnections } = makeAnswers(server);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(address.port, address.host, resolve);
  });
  const bound = server.address();
  if (bound === null || typeof bound === 'string') throw new Error('the server has no address');
  return { host: bound.address, port: bound.port, close: (graceMs) => closing(server, endConnections, graceMs) };
}
