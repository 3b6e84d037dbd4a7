import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createOwnDatabase } from '../../dev/databases.js';
import { startMariaDb, type MariaDb } from '../../dev/mariadb.js';
import { projectRoot } from '../../dev/paths.js';
import { servePhp } from '../../dev/php-server.js';
import { freePort } from '../../dev/ports.js';
import { until } from '../../dev/proc.js';
import { start, type Running } from '../../dev/processes.js';
import { installSite } from '../../dev/site.js';
import { wordpressFiles } from '../../dev/wordpress-files.js';
import { ensureSystem, NEEDS } from '../../dev/system.js';
import { OPERATOR } from '../../src/audit/audit-entry.js';
import { compose } from '../../src/compose.js';
import { readConfig } from '../../src/config.js';
import { connect } from '../../src/db/connect.js';
import { makeLog } from '../../src/http/log.js';
import type { Agent } from './requests.js';

/** A paired WordPress, its database, a sidecar in a process of its own, and an agent that may also go past it. */
export interface Stack {
  readonly folder: string;
  readonly wordpressUrl: string;
  readonly sidecarUrl: string;
  readonly databaseUrl: string;
  readonly sidecar: Running;
  readonly mariadb: MariaDb;
  readonly agent: Agent;
  /** What a sidecar is configured with. */
  readonly environment: Readonly<Record<string, string>>;
}

const POLICY = {
  formatVersion: 1,
  name: 'Bench',
  timezone: 'site',
  mode: 'autonomous',
  tools: [{ id: 'drafting', match: { tools: ['posts.*', 'site.*'] }, effect: 'allow' }],
  time: [{ id: 'always', allow: [{ from: '00:00', to: '24:00' }] }],
  content: [{ id: 'brand', terms: ['a term that is nowhere'], severity: 'high' }],
  rateLimits: [{ id: 'hourly', per: ['user'], limit: 1_000_000, window: '1h' }],
};

/** MariaDB writes every commit to disk (innodb_flush_log_at_trx_commit=1), as it comes. */
export async function startStack(folder: string): Promise<Stack> {
  await ensureSystem(NEEDS.stack, console.log);
  const mariadb = await startMariaDb({ dataDir: join(folder, 'mariadb'), stackFolder: folder });
  const own = await createOwnDatabase(mariadb, 'bench');
  const [port, sidecarPort] = [await freePort(), await freePort()];
  const kek = randomBytes(32).toString('base64');
  const docRoot = join(folder, 'site');
  const wordpressUrl = `http://127.0.0.1:${port}`;
  await installSite({
    files: (await wordpressFiles('7.1')).folder,
    docRoot,
    database: { ...own, tablePrefix: 'wp_' },
    url: wordpressUrl,
    title: 'Bench',
    adminUser: { login: 'admin', password: randomBytes(12).toString('hex'), email: 'admin@example.org' },
    bridgePath: join(projectRoot(), 'wp-bridge'),
    constants: { CHAPERONE_KEK: kek },
  });
  await servePhp({ docRoot, port, log: join(folder, 'php.log'), stackFolder: folder, workers: 4 });
  const environment = {
    CHAPERONE_DATABASE_URL: `mysql://${own.user}:${own.password}@${own.host}:${own.port}/${own.name}`,
    CHAPERONE_WORDPRESS_URL: wordpressUrl,
    CHAPERONE_PUBLIC_URL: `http://127.0.0.1:${sidecarPort}`,
    CHAPERONE_LISTEN: `127.0.0.1:${sidecarPort}`,
    CHAPERONE_KEK: kek,
  };
  const agent = await pair(environment);
  const sidecar = await startSidecar(folder, environment);
  const [databaseUrl, sidecarUrl] = [environment.CHAPERONE_DATABASE_URL, environment.CHAPERONE_PUBLIC_URL];
  return { folder, wordpressUrl, sidecarUrl, databaseUrl, sidecar, mariadb, agent, environment };
}

/** `chaperone serve` in a process of its own. Resolves when it is alive. */
export async function startSidecar(folder: string, environment: Readonly<Record<string, string>>): Promise<Running> {
  const address = environment['CHAPERONE_LISTEN'] ?? '';
  const envFile = join(folder, `sidecar-${address.replace(/\W/g, '-')}.env`);
  const lines = Object.entries(environment).map(([name, value]) => `${name}=${value}`);
  writeFileSync(envFile, `${lines.join('\n')}\n`, { mode: 0o600 });
  const program = join(projectRoot(), 'dist', 'src', 'cli', 'chaperone.js');
  const running = start(folder, program, ['serve', '--env-file', envFile], {
    log: join(folder, 'sidecar.log'),
  });
  const alive = (): Promise<boolean> =>
    fetch(`http://${address}/livez`, { signal: AbortSignal.timeout(2_000) }).then(
      ({ ok }) => ok,
      () => false,
    );
  if (await until(alive, 20_000)) return running;
  throw new Error(`the sidecar did not start; see ${folder}/sidecar.log`);
}

/** Tables, keys, the policy, and an agent whose account may use its password on WordPress too. */
async function pair(environment: Readonly<Record<string, string>>): Promise<Agent> {
  const config = readConfig(environment);
  const sidecar = compose(config, makeLog('error', process.stderr));
  await sidecar.migrate();
  await sidecar.pairSite({ publicUrl: config.publicUrl, actor: OPERATOR });
  await sidecar.rememberSite(await sidecar.bridge.status());
  const account = await sidecar.bridge.createAccount({
    login: 'bench',
    displayName: 'Bench',
    applicationPassword: true,
  });
  if (account === undefined) throw new Error('there is a user bench already');
  const { userId, login, applicationPassword } = account;
  const key = { algorithm: 'hmac-sha256' } as const;
  const { agent, keyId, secret } = await sidecar.createAgent({ name: 'Bench', userId, key, actor: OPERATOR });
  await sidecar.savePolicy({ document: JSON.stringify(POLICY), note: '', actor: OPERATOR, activate: true });
  await sidecar.close();
  const knex = connect({ url: config.databaseUrl, tablePrefix: 'wp_', poolSize: 1 });
  await knex('wp_ai_agent_agents').where({ id: agent.id }).update({ direct_use: 1 });
  await knex.destroy();
  return { keyId, secret: secret?.reveal() ?? '', login, password: applicationPassword?.reveal() ?? '' };
}
