/**
 * The service as a whole, beside its baselines in the same run: a governed call and the same call straight to WordPress; a signed
 * dry run and bare express with one committed INSERT; entries of the log; memory. Brings up its own MariaDB, WordPress and sidecar, each in a process
 * of its own. `npm run bench:service`; BENCH_PAIRS, BENCH_EACH, BENCH_APPENDS and BENCH_CALLS change the counts.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { stopMarked } from '../dev/proc.js';
import { measureAppends } from './service/appends.js';
import { compareDecisions } from './service/decisions.js';
import { compareGoverned } from './service/governed.js';
import { measureMemory } from './service/memory.js';
import { closeConnections } from './service/requests.js';
import { countRoundTrips } from './service/round-trips.js';
import { startStack } from './service/stack.js';

const countOf = (name: string, otherwise: number): number => Number(process.env[name] ?? otherwise);
const load = (): string =>
  `load ${loadavg()
    .map((each) => each.toFixed(1))
    .join(' ')}`;

const folder = mkdtempSync(join(tmpdir(), 'chaperone-bench-'));
try {
  const stack = await startStack(folder);
  console.log(`MariaDB writes every commit to disk (innodb_flush_log_at_trx_commit=1); ${load()}`);
  console.log(
    '\nOne call at a time, in turn: signature, capabilities, policy, limits, two durable commits, and WordPress',
  );
  await compareGoverned(stack, countOf('BENCH_PAIRS', 100));
  console.log('\nRound trips between sidecar and MariaDB for a call');
  await countRoundTrips(stack);
  console.log(`\nDecisions without a deed (${load()})`);
  await compareDecisions(stack, countOf('BENCH_EACH', 150));
  console.log(`\nEntries of the audit log (${load()})`);
  await measureAppends(stack, countOf('BENCH_APPENDS', 10_000));
  console.log(`\nResident memory of the sidecar (${load()})`);
  await measureMemory(stack, countOf('BENCH_CALLS', 2_000));
  closeConnections();
} finally {
  await stopMarked(folder);
  rmSync(folder, { recursive: true, force: true });
}
