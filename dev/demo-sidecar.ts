import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { saveState, writePrivate, type DemoAgent, type DemoFolder, type DemoState } from './demo-files.js';
import type { MariaDb } from './mariadb.js';
import { projectRoot } from './paths.js';
import { until } from './proc.js';
import { run, start, type Finished, type Running } from './processes.js';
import { openSite } from './site.js';

const command = (): string => join(projectRoot(), 'dist', 'src', 'cli', 'chaperone.js');

/** The operator's own CHAPERONE_ variables are for another sidecar than this one. */
function withoutOwnSettings(): Record<string, string> {
  const entries = Object.entries(process.env).flatMap(([name, value]) =>
    value === undefined || name.startsWith('CHAPERONE_') ? [] : [[name, value] as const],
  );
  return Object.fromEntries(entries);
}

/** `chaperone …` with the demo's settings. */
export function chaperone(demo: DemoFolder, args: readonly string[], tolerant = false): Promise<Finished> {
  const all = [...args, '--env-file', demo.sidecarEnv];
  return run(command(), all, { replaceEnv: withoutOwnSettings(), tolerant });
}

/** Writes `.demo/sidecar.env` (section 12 of the contract); the key-encryption key is made once. */
export function writeSidecarEnv(
  demo: DemoFolder,
  state: DemoState,
  database: MariaDb,
  ports: { wordpress: number; sidecar: number },
): DemoState {
  const { user, password, name } = state.database ?? {};
  const kek = state.kek ?? randomBytes(32).toString('base64');
  const settings = {
    CHAPERONE_DATABASE_URL: `mysql://${user}:${password}@${database.host}:${database.port}/${name}`,
    CHAPERONE_TABLE_PREFIX: 'wp_',
    CHAPERONE_WORDPRESS_URL: `http://127.0.0.1:${ports.wordpress}`,
    CHAPERONE_PUBLIC_URL: `http://127.0.0.1:${ports.sidecar}`,
    CHAPERONE_LISTEN: `127.0.0.1:${ports.sidecar}`,
    CHAPERONE_ADMIN_LISTEN: '127.0.0.1:0',
    CHAPERONE_KEK: kek,
    CHAPERONE_WEBHOOK_NETWORKS: '127.0.0.0/8,::1/128',
    CHAPERONE_LOG_LEVEL: 'info',
  };
  const lines = Object.entries(settings).map(([key, value]) => `${key}=${value}`);
  writePrivate(demo.sidecarEnv, `${lines.join('\n')}\n`);
  return saveState(demo, { ...state, kek });
}

/**
 * Migrates, pairs, activates the bridge and makes the first agent, in one go: `chaperone init`. On a demo that has its
 * agent it brings tables, plugin and addresses up to date.
 */
export async function pair(demo: DemoFolder, state: DemoState, wordpressUrl: string): Promise<DemoState> {
  const init = ['init', '--wp-path', demo.docRoot, '--json'];
  if (state.agent !== undefined) {
    await chaperone(demo, init);
    return state;
  }
  saveState(demo, { ...state, pairingBegun: true });
  const { stdout } = await chaperone(demo, init);
  const { agent } = JSON.parse(stdout) as { agent: DemoAgent };
  const site = openSite(demo.docRoot, wordpressUrl);
  await site.php("( new WP_User( $args ) )->add_role( 'editor' ); return true;", agent.userId);
  writePrivate(demo.agentJson, `${JSON.stringify(agent, null, 2)}\n`);
  return saveState(demo, { ...state, pairingBegun: true, agent });
}

/** `chaperone serve`, until it says that it is ready. */
export async function serveSidecar(demo: DemoFolder, port: number): Promise<Running> {
  const args = ['serve', '--env-file', demo.sidecarEnv];
  const running = start(demo.folder, command(), args, {
    log: demo.logs.sidecar,
    replaceEnv: withoutOwnSettings(),
  });
  const ready = await until(async () => running.hasEnded() || (await isReady(port)), 30_000);
  if (ready && !running.hasEnded()) return running;
  await running.kill();
  throw new Error(`the sidecar did not become ready: ${lastLines(demo.logs.sidecar)}`);
}

async function isReady(port: number): Promise<boolean> {
  try {
    return (await fetch(`http://127.0.0.1:${port}/readyz`, { signal: AbortSignal.timeout(2_000) })).ok;
  } catch {
    return false;
  }
}

function lastLines(file: string): string {
  return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n').slice(-10).join('\n') : '';
}
