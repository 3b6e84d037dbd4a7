import { mkdirSync, mkdtempSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { freePort } from '../../dev/ports.js';
import { until } from '../../dev/proc.js';
import { start } from '../../dev/processes.js';
import { findProgram } from '../../dev/system.js';
import { runFolder } from './stack.js';

export interface TestRedis {
  readonly url: string;
  stop(): Promise<void>;
}

/** A private Redis or Valkey on 127.0.0.1 that reads no configuration of the system's and writes nothing to disk. */
export async function startRedis(): Promise<TestRedis> {
  const server = findProgram('redis-server') ?? findProgram('valkey-server');
  if (server === undefined) throw new Error('neither redis-server nor valkey-server is installed');
  mkdirSync(join(runFolder(), 'redis'), { recursive: true });
  const dir = mkdtempSync(join(runFolder(), 'redis', 'server-'));
  const port = await freePort();
  const settings = { port, bind: '127.0.0.1', dir, save: '', appendonly: 'no', daemonize: 'no' };
  const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const running = start(runFolder(), server, args, { log: join(dir, 'log') });
  if (!(await until(() => listens(port), 10_000))) throw new Error(`${server} did not start`);
  return { url: `redis://127.0.0.1:${port}/0`, stop: () => running.stop(5_000) };
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    const answer = (yes: boolean): void => {
      socket.destroy();
      resolve(yes);
    };
    socket.once('connect', () => answer(true)).once('error', () => answer(false));
  });
}
