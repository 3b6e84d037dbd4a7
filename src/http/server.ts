import { createServer, type Server } from 'node:http';
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
const MAX_HEADER_BYTES = 16_384;

function closing(server: Server, graceMs: number): Promise<void> {
  return new Promise((resolve) => {
    const hard = setTimeout(() => {
      server.closeAllConnections();
    }, graceMs);
    server.close(() => {
      clearTimeout(hard);
      resolve();
    });
    server.closeIdleConnections();
  });
}

export async function listen(
  app: Express,
  address: { readonly host: string; readonly port: number },
): Promise<RunningServer> {
  const server = createServer(
    { maxHeaderSize: MAX_HEADER_BYTES, headersTimeout: HEADERS_TIMEOUT_MS, requestTimeout: REQUEST_TIMEOUT_MS },
    app,
  );
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(address.port, address.host, resolve);
  });
  const bound = server.address();
  if (bound === null || typeof bound === 'string') throw new Error('the server has no address');
  return { host: bound.address, port: bound.port, close: (graceMs) => closing(server, graceMs) };
}
