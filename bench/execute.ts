/**
 * One governed call (posts.create: signature, capabilities, policy, audit entries, WordPress as the agent's user) against
 * the same call made straight to WordPress by the same user with its application password, in turn, in one run.
 * Brings up its own MariaDB and WordPress. Run after `npm run build`: `npm run bench:execute`.
 */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createOwnDatabase } from '../dev/databases.js';
import { startMariaDb } from '../dev/mariadb.js';
import { servePhp } from '../dev/php-server.js';
import { projectRoot } from '../dev/paths.js';
import { freePort } from '../dev/ports.js';
import { stopMarked } from '../dev/proc.js';
import { installSite } from '../dev/site.js';
import { wordpressFiles } from '../dev/wordpress-files.js';
import { OPERATOR } from '../src/audit/audit-entry.js';
import { createClient, type Client } from '../src/client/index.js';
import { compose } from '../src/compose.js';
import { readConfig } from '../src/config.js';
import { connect } from '../src/db/connect.js';
import { makeLog } from '../src/http/log.js';
import { listen } from '../src/http/server.js';

const WARM_UP = 20;
const PAIRS = 200;

interface Stack {
  readonly wordpressUrl: string;
  readonly client: Client;
  readonly login: string;
  readonly applicationPassword: string;
  close(): Promise<void>;
}

/** WordPress with the bridge in `folder`, and what the sidecar is configured with. */
async function wordpress(folder: string): Promise<{ url: string; environment: Record<string, string> }> {
  const mariadb = await startMariaDb({ dataDir: join(folder, 'mariadb'), stackFolder: folder });
  const own = await createOwnDatabase(mariadb, 'bench');
  const [port, sidecarPort] = [await freePort(), await freePort()];
  const kek = randomBytes(32).toString('base64');
  const docRoot = join(folder, 'site');
  const url = `http://127.0.0.1:${port}`;
  await installSite({
    files: (await wordpressFiles('7.1')).folder,
    docRoot,
    database: { ...own, tablePrefix: 'wp_' },
    url,
    title: 'Bench',
    adminUser: { login: 'admin', password: randomBytes(12).toString('hex'), email: 'admin@example.org' },
    bridgePath: join(projectRoot(), 'wp-bridge'),
    constants: { CHAPERONE_KEK: kek },
  });
  await servePhp({ docRoot, port, log: join(folder, 'php.log'), stackFolder: folder, workers: 4 });
  const environment = {
    CHAPERONE_DATABASE_URL: `mysql://${own.user}:${own.password}@${own.host}:${own.port}/${own.name}`,
    CHAPERONE_WORDPRESS_URL: url,
    CHAPERONE_PUBLIC_URL: `http://127.0.0.1:${sidecarPort}`,
    CHAPERONE_LISTEN: `127.0.0.1:${sidecarPort}`,
    CHAPERONE_KEK: kek,
  };
  return { url, environment };
}

/** A sidecar in this process, paired, with a policy, and an agent that may also go past it. */
async function stack(folder: string): Promise<Stack> {
  const { url, environment } = await wordpress(folder);
  const config = readConfig(environment);
  const sidecar = compose(config, makeLog('error', process.stderr));
  await sidecar.migrate();
  await sidecar.pairSite({ publicUrl: config.publicUrl, actor: OPERATOR });
  await sidecar.rememberSite(await sidecar.bridge.status());
  const account = await sidecar.bridge.createAccount({ login: 'bench', displayName: 'Bench' });
  if (account === undefined) throw new Error('there is a user bench already');
  const { userId, login, applicationPassword } = account;
  const key = { algorithm: 'hmac-sha256' } as const;
  const { agent, keyId, secret } = await sidecar.createAgent({ name: 'Bench', userId, key, actor: OPERATOR });
  const policy = { formatVersion: 1, name: 'Bench', timezone: 'site', mode: 'autonomous', tools: ALLOW };
  await sidecar.savePolicy({ document: JSON.stringify(policy), note: '', actor: OPERATOR, activate: true });
  const knex = connect({ url: config.databaseUrl, tablePrefix: 'wp_', poolSize: 1 });
  await knex('wp_ai_agent_agents').where({ id: agent.id }).update({ direct_use: 1 });
  await knex.destroy();
  const server = await listen(sidecar.app(), config.listen);
  return {
    wordpressUrl: url,
    client: createClient({ url: config.publicUrl, keyId, ...key, secret: secret?.reveal() ?? '' }),
    login,
    applicationPassword: applicationPassword.reveal(),
    async close() {
      await server.close(1_000);
      await sidecar.close();
    },
  };
}

const ALLOW = [{ id: 'drafting', match: { tools: ['posts.*'] }, effect: 'allow' }];

const argsOf = (turn: number) => ({ title: `Post ${turn}`, content: '<p>Some words.</p>'.repeat(20), status: 'draft' });

async function straight({ wordpressUrl, login, applicationPassword }: Stack, turn: number): Promise<void> {
  const basic = Buffer.from(`${login}:${applicationPassword}`).toString('base64');
  const answer = await fetch(`${wordpressUrl}/?rest_route=/wp/v2/posts`, {
    method: 'POST',
    headers: { authorization: `Basic ${basic}`, 'content-type': 'application/json' },
    body: JSON.stringify(argsOf(turn)),
  });
  const text = await answer.text();
  if (answer.status !== 201) throw new Error(`WordPress refused: ${answer.status} ${text}`);
}

async function governed({ client }: Stack, turn: number): Promise<void> {
  const { status } = await client.execute({ tool: 'posts.create', args: argsOf(turn) });
  if (status !== 'executed') throw new Error(`the sidecar answered ${status}`);
}

async function timed(work: () => Promise<void>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

const quantile = (values: readonly number[], share: number): number =>
  [...values].sort((left, right) => left - right)[Math.floor(values.length * share)] ?? Number.NaN;

async function measure(its: Stack): Promise<void> {
  const times = { straight: [] as number[], governed: [] as number[] };
  for (let turn = -WARM_UP; turn < PAIRS; turn += 1) {
    const kinds = [
      ['straight', () => straight(its, turn)],
      ['governed', () => governed(its, turn)],
    ] as const;
    // Who comes first changes from pair to pair, so that neither always finds what the other warmed.
    for (const [name, work] of turn % 2 === 0 ? kinds : [...kinds].reverse()) {
      const milliseconds = await timed(work);
      if (turn >= 0) times[name].push(milliseconds);
    }
  }
  for (const [name, values] of Object.entries(times)) {
    const [p50, p90] = [quantile(values, 0.5), quantile(values, 0.9)];
    console.log(`${name.padEnd(9)} p50 ${p50.toFixed(1).padStart(7)} ms   p90 ${p90.toFixed(1).padStart(7)} ms`);
  }
  const ratio = quantile(times.governed, 0.5) / quantile(times.straight, 0.5);
  console.log(`governed / straight, p50 of ${PAIRS} pairs: ${ratio.toFixed(3)}`);
}

const folder = mkdtempSync(join(tmpdir(), 'chaperone-bench-'));
try {
  const its = await stack(folder);
  await measure(its);
  await its.close();
} finally {
  await stopMarked(folder);
  rmSync(folder, { recursive: true, force: true });
}
