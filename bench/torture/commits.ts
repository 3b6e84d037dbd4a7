import { setTimeout as pause } from 'node:timers/promises';
import { cuttingRelay } from '../../dev/cutting-relay.js';
import { freePort } from '../../dev/ports.js';
import { until } from '../../dev/proc.js';
import { startSidecar, type Stack } from '../service/stack.js';
import { broken } from './broken.js';
import { check, printVerdict, settleLost } from './check.js';
import { makeHistory, makeSender } from './history.js';

const CALLERS = 8;
const SETTLE_MS = 60_000;
const LOSE_MS = 20_000;

/**
 * A sidecar whose way to the database is cut, so many times, in the moment in which the answer to a COMMIT comes back: the commit
 * stands, and nobody was told.
 */
export async function loseCommits(stack: Stack, times: number): Promise<void> {
  const relay = await cuttingRelay(new URL(stack.databaseUrl));
  const address = `127.0.0.1:${await freePort()}`;
  const environment = { ...stack.environment, CHAPERONE_LISTEN: address, CHAPERONE_DATABASE_URL: relay.url };
  const sidecar = await startSidecar(stack.folder, environment);
  const history = makeHistory(makeSender(stack));
  const load = history.load(CALLERS, () => address);
  for (let lost = 1; lost <= times; lost += 1) {
    relay.loseAnswerTo('COMMIT');
    if (!(await until(() => Promise.resolve(relay.lost() >= lost), LOSE_MS))) {
      broken(`no COMMIT came in ${LOSE_MS / 1_000} s`);
      break;
    }
    await pause(Math.random() * 50);
  }
  await load.stop();
  await settleLost(stack);
  const open = await history.settle(() => address, SETTLE_MS);
  await sidecar.stop();
  console.log(`  ${relay.lost()} answers to COMMIT lost; ${open} calls not settled in the end`);
  await relay.close();
  if (open > 0) broken('every call is settled in the end');
  printVerdict(await check(stack, history.all));
}
