import { mkdirSync, mkdtempSync, symlinkSync } from 'node:fs';
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
  mkdirSync(join(runFolder(), 'redis'), { recursive: true });
  const dir = mkdtempSync(join(runFolder(), 'redis', 'server-'));
  const server = findProgram('redis-server') ?? findProgram('valkey-server') ?? serverByItsName(dir);
  const port = await freePort();
  const settings = { port, bind: '127.0.0.1', dir, save: '', appendonly: 'no', daemonize: 'no' };
  const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const running = start(runFolder(), server, args, { log: join(dir, 'log') });
  if (!(await until(() => listens(port), 10_000))) throw new Error(`${server} did not start`);
  return { url: `redis://127.0.0.1:${port}/0`, stop: () => running.stop(5_000) };
}

/** redis-server and redis-check-rdb are one binary that does what it is called; `redis-tools` alone lacks the first name. */
function serverByItsName(dir: string): string {
  const binary = findProgram('redis-check-rdb');
  if (binary === undefined) throw new Error('neither redis-server nor valkey-server is installed');
  const named = join(dir, 'redis-server');
  symlinkSync(binary, named);
  return named;
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
