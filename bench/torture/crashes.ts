import { setTimeout as pause } from 'node:timers/promises';
import { startSidecar, type Stack } from '../service/stack.js';
import type { Running } from '../../dev/processes.js';
import { broken } from './broken.js';
import { check, printVerdict, settleLost } from './check.js';
import { makeHistory, makeSender } from './history.js';

const CALLERS = 8;
const SOON_MS = 45_000;
const SETTLE_MS = 120_000;
const PROGRESS = 20;

const addressOf = ({ environment }: Stack): string => environment['CHAPERONE_LISTEN'] ?? '';

/** Somewhere between the moment of starting and a steady load. */
const someTime = (): Promise<unknown> => pause(100 + Math.random() * 700);

async function under(stack: Stack, crashes: number, crash: () => Promise<void>): Promise<void> {
  const history = makeHistory(makeSender(stack));
  const where = (): string => addressOf(stack);
  const load = history.load(CALLERS, where);
  for (let done = 1; done <= crashes; done += 1) {
    await someTime();
    await crash();
    if (done % PROGRESS === 0 && done < crashes) console.log(`  ${done} so far`);
  }
  await someTime();
  await load.stop();
  let lost = await settleLost(stack);
  let open = await history.settle(where, SOON_MS);
  // Those that were still in the hands of a process that couldn't write down how they ended.
  if (open > 0) {
    lost += await settleLost(stack);
    open = await history.settle(where, SETTLE_MS);
  }
  console.log(`  ${crashes} times; ${lost} calls had lost their process, ${open} were not settled in the end`);
  printVerdict(await check(stack, history.all));
  for (const { token, code, tries, callId } of history.all.filter(({ state }) => state === 'open')) {
    broken(
      `not settled: ${token} (${callId ?? 'without a call'}), asked ${tries} times, last ${code ?? 'without an answer'}`,
    );
  }
}

/** SIGKILL to the only sidecar, under load, and a new one each time. @returns the last one */
export async function killSidecar(stack: Stack, times: number): Promise<Running> {
  let { sidecar } = stack;
  await under(stack, times, async () => {
    await sidecar.kill();
    sidecar = await startSidecar(stack.folder, stack.environment);
  });
  return sidecar;
}

/** SIGKILL to MariaDB, under load; the sidecar goes on by itself. */
export const killDatabase = (stack: Stack, times: number): Promise<void> =>
  under(stack, times, async () => {
    await stack.mariadb.kill();
    await pause(Math.random() * 500);
    await stack.mariadb.restart();
  });
