import { join } from 'node:path';
import { projectRoot } from './paths.js';
import { freePort } from './ports.js';
import { until } from './proc.js';
import { start, type Running } from './processes.js';
import { findProgram } from './system.js';

/** Settings for every PHP that runs WordPress here: mail goes nowhere, and the code cache serves the built-in server too. */
export const PHP_SETTINGS = ['-d', 'sendmail_path=/bin/true', '-d', 'display_errors=stderr', '-d', 'memory_limit=256M'];
const SERVER_SETTINGS = [
  '-d',
  'opcache.enable_cli=1',
  '-d',
  'opcache.revalidate_freq=0',
  '-d',
  'variables_order=EGPCS',
];

export interface PhpServerOptions {
  readonly docRoot: string;
  /** A free one when absent. */
  readonly port?: number;
  /** How many requests are served at once (PHP_CLI_SERVER_WORKERS). Default 4. */
  readonly workers?: number;
  readonly env?: Readonly<Record<string, string>>;
  readonly log: string;
  /** The stack it belongs to (see processes.ts). */
  readonly stackFolder: string;
}

export interface PhpServer {
  readonly port: number;
  readonly url: string;
  readonly pid: number;
  stop(): Promise<void>;
}

/** `php -S` on 127.0.0.1 with WordPress's rewrite rules. Resolves when it accepts connections; throws when it can't listen. */
export async function servePhp(options: PhpServerOptions): Promise<PhpServer> {
  const port = options.port ?? (await freePort());
  const php = findProgram('php');
  if (php === undefined) throw new Error('php is not installed');
  const router = join(projectRoot(), 'dev', 'php', 'router.php');
  const args = [...PHP_SETTINGS, ...SERVER_SETTINGS, '-S', `127.0.0.1:${port}`, '-t', options.docRoot, router];
  const running = start(options.stackFolder, php, args, {
    log: options.log,
    env: { PHP_CLI_SERVER_WORKERS: String(options.workers ?? 4), ...options.env },
  });
  await untilItListens(running, port, options.log);
  return { port, url: `http://127.0.0.1:${port}`, pid: running.pid, stop: () => running.stop(2_000) };
}

async function untilItListens(running: Running, port: number, log: string): Promise<void> {
  const up = await until(async () => running.hasEnded() || (await listens(port)), 10_000);
  if (up && !running.hasEnded()) return;
  await running.kill();
  throw new Error(`php -S did not start on port ${port}; see ${log}`);
}

/** Whether something accepts connections there. A static file is asked for, so WordPress isn't started for it. */
async function listens(port: number): Promise<boolean> {
  try {
    await fetch(`http://127.0.0.1:${port}/wp-includes/images/blank.gif`, { signal: AbortSignal.timeout(1_000) });
    return true;
  } catch {
    return false;
  }
}
