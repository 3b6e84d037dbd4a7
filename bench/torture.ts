/**
 * What must hold when things break, against a real MariaDB, WordPress and sidecar, each a process of its own: nothing that was
 * acknowledged is lost, nothing is done twice, nothing is done without its entry. `npm run torture`, about an hour;
 * `TORTURE=short npm run torture`, two to three minutes. Exits with 1 when a promise was broken. INPUTS, SIDECAR_KILLS, DATABASE_KILLS, LOST_COMMITS,
 * RESTARTS, FLOOD_SECONDS and FAIL_SECONDS change the counts.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stopMarked } from '../dev/proc.js';
import { startStack } from './service/stack.js';
import { loseCommits } from './torture/commits.js';
import { killDatabase, killSidecar } from './torture/crashes.js';
import { overload } from './torture/overload.js';
import { feedParsers } from './torture/parsers.js';
import { fourReplicas } from './torture/replicas.js';
import { restartInTurn } from './torture/rolling.js';
import { failWrites } from './torture/writes.js';

const isShort = process.env['TORTURE'] === 'short';
const countOf = (name: string, full: number, short: number): number =>
  Number(process.env[name] ?? (isShort ? short : full));
const begun = Date.now();
const say = (words: string): void => {
  console.log(`\n[${((Date.now() - begun) / 1_000).toFixed(0)} s] ${words}`);
};

const inputs = countOf('INPUTS', 1_000_000, 5_000);
say(`${inputs.toLocaleString('en')} hostile inputs to each parser`);
feedParsers(inputs);

const folder = mkdtempSync(join(tmpdir(), 'chaperone-torture-'));
try {
  const stack = await startStack(folder);
  const kills = countOf('SIDECAR_KILLS', 200, 8);
  say(`SIGKILL to the sidecar under load, ${kills} times`);
  const sidecar = await killSidecar(stack, kills);
  const databaseKills = countOf('DATABASE_KILLS', 20, 2);
  say(`SIGKILL to MariaDB under load, ${databaseKills} times`);
  await killDatabase(stack, databaseKills);
  const commits = countOf('LOST_COMMITS', 100, 8);
  say(`The answer to a COMMIT is lost under load, ${commits} times`);
  await loseCommits(stack, commits);
  const failSeconds = countOf('FAIL_SECONDS', 60, 3);
  say(`The log can't be written for ${failSeconds} s, then a table is locked for ${failSeconds} s, under load`);
  await failWrites(stack, failSeconds);
  const floodSeconds = countOf('FLOOD_SECONDS', 20, 4);
  say(`Ten times the load that it carries, for ${floodSeconds} s`);
  await overload(stack, floodSeconds);
  await sidecar.stop();
  say('Four replicas under load');
  await fourReplicas(stack);
  const restarts = countOf('RESTARTS', 100, 4);
  say(`Two replicas restarted in turn under load, ${restarts} times`);
  await restartInTurn(stack, restarts);
  say(process.exitCode === 1 ? 'Promises were BROKEN.' : 'Every promise was kept.');
} finally {
  await stopMarked(folder);
  rmSync(folder, { recursive: true, force: true });
}
