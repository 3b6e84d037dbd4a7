/**
 * The audit log when it is long: how fast it is filled, what each question of its list takes, for a first page and for one from a
 * random cursor, and how fast it is verified and exported. Its own MariaDB in a process of its own, with less memory than a
 * long log needs. `npm run bench:audit`; BENCH_ENTRIES changes the length.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createOwnDatabase } from '../dev/databases.js';
import { startMariaDb } from '../dev/mariadb.js';
import { stopMarked } from '../dev/proc.js';
import { ensureSystem, NEEDS } from '../dev/system.js';
import { mysqlAuditReader } from '../src/audit/audit-reader.mysql.js';
import { mysqlCheckpointStore } from '../src/audit/checkpoint-store.mysql.js';
import { makeExportLog } from '../src/audit/export-log.js';
import { verifyChain } from '../src/audit/verify-chain.js';
import { connect } from '../src/db/connect.js';
import { migrate } from '../src/db/migrate.js';
import { Secret } from '../src/kernel/secret.js';
import { askEverything } from './audit/ask.js';
import { fillLog } from './audit/fill.js';
import { timed } from './service/figures.js';

const ENTRIES = Number(process.env['BENCH_ENTRIES'] ?? 200_000);
const TIMES = 20;
const PREFIX = 'wp_';
const PROGRESS_MS = 10_000;
/** The log is made to be read here: that filling waits for no disk is said in the heading. */
const SERVER = {
  durable: false,
  extraArgs: ['--innodb-buffer-pool-size=1G', '--innodb-log-file-size=2G', '--innodb-doublewrite=0'],
};

const counted = (count: number): string => Math.round(count).toLocaleString('en');
const load = (): string =>
  `load ${loadavg()
    .map((each) => each.toFixed(1))
    .join(' ')}`;

/** Runs `work`, tells every 10 s how far it is, and prints its speed. */
async function printSpeed(
  name: string,
  work: (progress: (entries: number) => void) => Promise<unknown>,
): Promise<void> {
  let done = 0;
  const started = performance.now();
  const speed = (): string => counted((done * 1_000) / (performance.now() - started));
  const telling = setInterval(() => console.log(`    ${counted(done)} entries, ${speed()} /s`), PROGRESS_MS);
  try {
    const seconds = (await timed(() => work((entries) => (done = entries)))) / 1_000;
    console.log(`  ${name.padEnd(24)}${counted(ENTRIES / seconds).padStart(12)} entries/s  ${seconds.toFixed(1)} s`);
  } finally {
    clearInterval(telling);
  }
}

async function measure(url: Secret<string>): Promise<void> {
  const db = connect({ url, tablePrefix: PREFIX, poolSize: 4 });
  const [reader, checkpoints] = [mysqlAuditReader(db, PREFIX), mysqlCheckpointStore(db, PREFIX)];
  await migrate(db, PREFIX);
  console.log(`${counted(ENTRIES)} entries; a buffer pool of 1 GB; filled without waiting for the disk; ${load()}`);
  await printSpeed('filled', (progress) => fillLog(db, PREFIX, ENTRIES, progress));
  console.log(`\n${TIMES} pages of 50 each, with other values each time (${load()})`);
  await askEverything(reader, ENTRIES, TIMES);
  console.log(`\nThe whole log (${load()})`);
  await printSpeed('verified', async (progress) => {
    const report = await verifyChain(reader, progress);
    if (!report.ok || report.entries !== ENTRIES) throw new Error(`it doesn't verify: ${JSON.stringify(report)}`);
  });
  let characters = 0;
  await printSpeed('exported', async (progress) => {
    for await (const lines of makeExportLog({ reader, checkpoints })({ filter: {} }, progress))
      characters += lines.length;
  });
  console.log(`  ${counted(characters / 1_000_000)} MB of JSON Lines; ${load()}`);
  await db.destroy();
}

const folder = mkdtempSync(join(tmpdir(), 'chaperone-bench-'));
try {
  await ensureSystem(NEEDS.stack, console.log);
  const mariadb = await startMariaDb({ dataDir: join(folder, 'mariadb'), stackFolder: folder, ...SERVER });
  const { user, password, host, port, name } = await createOwnDatabase(mariadb, 'bench');
  await measure(new Secret(`mysql://${user}:${password}@${host}:${port}/${name}`));
} finally {
  await stopMarked(folder);
  rmSync(folder, { recursive: true, force: true });
}
