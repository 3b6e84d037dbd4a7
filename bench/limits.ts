/**
 * Exact limits in MariaDB, each commit written to disk: verdicts per second beside rate-limiter-flexible's MySQL store in the same run, on
 * one hot key and on 1,000 keys, and then 100,000 calls over four processes, whose admissions are counted in every span.
 * Run after `npm run build`: `node dist/bench/limits.js`.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import mysql from 'mysql2';
import { RateLimiterMySQL } from 'rate-limiter-flexible';
import { createOwnDatabase } from '../dev/databases.js';
import { startMariaDb } from '../dev/mariadb.js';
import { ensureSystem, NEEDS } from '../dev/system.js';
import { connect } from '../src/db/connect.js';
import { migrate } from '../src/db/migrate.js';
import { Secret } from '../src/kernel/secret.js';
import type { LimitDemand } from '../src/limits/limit-store.js';
import { mysqlLimitStore } from '../src/limits/limit-store.mysql.js';
import { countOverAdmissions } from './limits-exact.js';

const PREFIX = 'wp_';
const SECONDS = 4;
const CONCURRENT = 16;
const KEYS = 1_000;
const NEVER_REACHED = 10_000_000;

interface Figures {
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
}

/** Runs `once` from that many callers at a time; the first half second is not counted. */
async function measure(callers: number, once: (turn: number) => Promise<unknown>): Promise<Figures> {
  let turn = 0;
  const run = async (milliseconds: number): Promise<number[]> => {
    const waits: number[] = [];
    const until = performance.now() + milliseconds;
    const caller = async (): Promise<void> => {
      while (performance.now() < until) {
        const begun = performance.now();
        await once((turn += 1));
        waits.push(performance.now() - begun);
      }
    };
    await Promise.all(Array.from({ length: callers }, caller));
    return waits;
  };
  await run(500);
  const begun = performance.now();
  const waits = (await run(SECONDS * 1_000)).sort((a, b) => a - b);
  const at = (share: number): number => waits[Math.floor(waits.length * share)] ?? NaN;
  return { perSecond: waits.length / ((performance.now() - begun) / 1_000), p50: at(0.5), p99: at(0.99) };
}

function print(name: string, figures: Figures, against?: Figures): void {
  const ratio = against === undefined ? '' : `  ${(figures.perSecond / against.perSecond).toFixed(1)}x`;
  const { perSecond, p50, p99 } = figures;
  console.log(
    `${name.padEnd(58)} ${Math.round(perSecond).toLocaleString('en').padStart(8)} /s  p50 ${p50.toFixed(2).padStart(6)} ms  p99 ${p99.toFixed(2).padStart(6)} ms${ratio}`,
  );
}

async function flexible(url: string): Promise<{ limiter: RateLimiterMySQL; close: () => void }> {
  const { hostname, port, username, password, pathname } = new URL(url);
  const pool = mysql.createPool({
    host: hostname,
    port: Number(port),
    user: username,
    password,
    database: pathname.slice(1),
    connectionLimit: CONCURRENT,
  });
  const options = { storeClient: pool, dbName: pathname.slice(1), tableName: 'flexible', duration: 3_600 };
  const limiter = await new Promise<RateLimiterMySQL>((resolve, reject) => {
    const made: RateLimiterMySQL = new RateLimiterMySQL({ ...options, points: NEVER_REACHED }, (error?: Error) =>
      error === undefined ? resolve(made) : reject(error),
    );
  });
  return { limiter, close: () => pool.end() };
}

async function compare(url: string): Promise<void> {
  const theirs = await flexible(url);
  const store = mysqlLimitStore({ url: new Secret(url), tablePrefix: PREFIX, near: Date.now() * 1_000 });
  const demand = (key: string, changes: Partial<LimitDemand> = {}): LimitDemand => ({
    rule: 'hourly',
    key,
    limit: NEVER_REACHED,
    window: { kind: 'rolling', seconds: 3_600 },
    ...changes,
  });
  const keyOf = (turn: number): string => `key ${(turn * 7_919) % KEYS}`;
  const flexibleHot = await measure(CONCURRENT, () => theirs.limiter.consume('hot'));
  print(`one hot key, ${CONCURRENT} at a time: rate-limiter-flexible`, flexibleHot);
  print('  ours, admitting', await measure(CONCURRENT, () => store.consume([demand('hot')])), flexibleHot);
  const exact = demand('exact', { limit: 60, window: { kind: 'rolling', seconds: 1 } });
  print(
    '  ours, 60 in a second, mostly refusing',
    await measure(CONCURRENT, () => store.consume([exact])),
    flexibleHot,
  );
  const three = ['user', 'agent', 'site'].map((key) => demand(key));
  print('  ours, three limits for each call', await measure(CONCURRENT, () => store.consume(three)), flexibleHot);
  const flexibleSpread = await measure(CONCURRENT, (turn) => theirs.limiter.consume(keyOf(turn)));
  print(`${KEYS} keys, ${CONCURRENT} at a time: rate-limiter-flexible`, flexibleSpread);
  print('  ours', await measure(CONCURRENT, (turn) => store.consume([demand(keyOf(turn))])), flexibleSpread);
  const ownAndSite = (turn: number): LimitDemand[] => [demand(keyOf(turn)), demand('site')];
  print(
    '  ours, with a limit for the whole site',
    await measure(CONCURRENT, (turn) => store.consume(ownAndSite(turn))),
    flexibleSpread,
  );
  const flexibleOne = await measure(1, () => theirs.limiter.consume('alone'));
  print('one at a time: rate-limiter-flexible', flexibleOne);
  print('  ours', await measure(1, () => store.consume([demand('alone')])), flexibleOne);
  print('  ours, looking only', await measure(1, () => store.consume([demand('alone')], { peek: true })), flexibleOne);
  await store.close();
  theirs.close();
}

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'chaperone-bench-'));
  await ensureSystem(NEEDS.stack, console.log);
  const server = await startMariaDb({ dataDir: join(folder, 'mariadb'), stackFolder: folder });
  try {
    const own = await createOwnDatabase(server, 'bench');
    const url = `mysql://${own.user}:${own.password}@${own.host}:${own.port}/${own.name}`;
    const knex = connect({ url: new Secret(url), tablePrefix: PREFIX, poolSize: 2 });
    await migrate(knex, PREFIX);
    await knex.destroy();
    if (!process.argv.includes('--exact')) await compare(url);
    const over = await countOverAdmissions(url, PREFIX);
    if (over > 0) process.exitCode = 1;
  } finally {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

await main();
