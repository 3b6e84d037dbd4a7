import { join } from 'node:path';
import { projectRoot } from '../../dev/paths.js';
import { freePort } from '../../dev/ports.js';
import { until } from '../../dev/proc.js';
import { start, type Running } from '../../dev/processes.js';
import { printLoad, underLoad, type Load } from './figures.js';
import { createCall, deliver, governed, type Ready } from './requests.js';
import type { Stack } from './stack.js';

const CALLERS = [1, 16, 64];
const ROUNDS = 3;

/** Express with one committed INSERT for each request, in a process of its own. */
async function startBare({ folder, databaseUrl }: Stack): Promise<{ readonly url: URL; readonly running: Running }> {
  const port = await freePort();
  const program = join(projectRoot(), 'dist', 'bench', 'service', 'bare.js');
  const log = join(folder, 'bare.log');
  const running = start(folder, process.execPath, [program, databaseUrl, String(port)], { log });
  const url = new URL(`http://127.0.0.1:${port}/`);
  const up = await until(
    () =>
      fetch(url).then(
        () => true,
        () => false,
      ),
    20_000,
  );
  if (!up) throw new Error(`the bare service did not start; see ${log}`);
  return { url, running };
}

const best = (loads: readonly Load[]): Load =>
  loads.reduce((left, right) => (right.perSecond > left.perSecond ? right : left));

/** The same number of requests to each in turn, the best of three rounds each. */
export async function compareDecisions(stack: Stack, perCaller: number): Promise<void> {
  const bare = await startBare(stack);
  for (const callers of CALLERS) {
    const count = Math.min(callers * perCaller, 4_000);
    const calls = Array.from({ length: count }, (_, turn) => ({ ...createCall(turn), dryRun: true }));
    const plain: Ready[] = calls.map((call) => ({
      url: bare.url,
      method: 'POST',
      headers: [['Content-Type', 'application/json']],
      body: Buffer.from(JSON.stringify(call)),
    }));
    const loads: Record<'bare' | 'ours', Load[]> = { bare: [], ours: [] };
    for (let round = 0; round < ROUNDS; round += 1) {
      loads.bare.push(await underLoad(callers, plain, deliver));
      const signed = governed(stack.sidecarUrl, stack.agent, calls, { withPassword: true });
      loads.ours.push(await underLoad(callers, signed, deliver));
    }
    console.log(`  ${callers} at a time, ${count} requests`);
    printLoad('  bare express + one committed INSERT', best(loads.bare));
    printLoad('  signed dry run, password, limits, durable entry', best(loads.ours), best(loads.bare));
  }
  await bare.running.stop();
}
