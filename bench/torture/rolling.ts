import { Agent as HttpAgent } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort } from '../../dev/ports.js';
import { until } from '../../dev/proc.js';
import type { Running } from '../../dev/processes.js';
import { startSidecar, type Stack } from '../service/stack.js';
import { broken } from './broken.js';
import { check, printVerdict } from './check.js';
import { makeHistory, makeSender } from './history.js';

const CALLERS = 6;
const LOOK_MS = 50;
const LOOK_WITHIN_MS = 4_000;
const MOST_SILENT = 3;
const READY_MS = 30_000;

interface Replica {
  readonly address: string;
  readonly environment: Readonly<Record<string, string>>;
  running: Running;
  isReady: boolean;
}

/** `silent`: nothing was said in time, which a busy machine may be the reason of. */
const look = (address: string): Promise<'ready' | 'unready' | 'silent'> =>
  fetch(`http://${address}/readyz`, { signal: AbortSignal.timeout(LOOK_WITHIN_MS) }).then(
    ({ ok }) => (ok ? 'ready' : 'unready'),
    (error: unknown) => (error instanceof Error && error.name === 'TimeoutError' ? 'silent' : 'unready'),
  );

/**
 * As a balancer does it: a replica that says it isn't ready, or doesn't listen, gets no new request; nor does one that was silent as
 * often in a row as docs/scaling/kubernetes.yaml has it.
 */
function balance(replicas: readonly Replica[]) {
  let isOver = false;
  let turn = 0;
  const watched = replicas.map(async (replica) => {
    let silent = 0;
    while (!isOver) {
      const seen = await look(replica.address);
      silent = seen === 'silent' ? silent + 1 : 0;
      if (seen !== 'silent' || silent >= MOST_SILENT) replica.isReady = seen === 'ready';
      await pause(LOOK_MS);
    }
  });
  return {
    where(): string {
      const ready = replicas.filter((replica) => replica.isReady);
      turn += 1;
      return (ready[turn % ready.length] ?? replicas[0])?.address ?? '';
    },
    async stop() {
      isOver = true;
      await Promise.all(watched);
    },
  };
}

async function replicaOf(stack: Stack): Promise<Replica> {
  const address = `127.0.0.1:${await freePort()}`;
  const environment = { ...stack.environment, CHAPERONE_LISTEN: address };
  return { address, environment, running: await startSidecar(stack.folder, environment), isReady: true };
}

/** Two replicas behind a balancer, each restarted in turn under load by SIGTERM. No request may fail. */
export async function restartInTurn(stack: Stack, times: number): Promise<void> {
  const replicas = [await replicaOf(stack), await replicaOf(stack)];
  await until(
    async () => (await Promise.all(replicas.map(({ address }) => look(address)))).every((seen) => seen === 'ready'),
    READY_MS,
  );
  const balancer = balance(replicas);
  const history = makeHistory(makeSender(stack));
  const load = history.load(CALLERS, () => balancer.where(), new HttpAgent({ keepAlive: true }));
  for (let done = 0; done < times; done += 1) {
    const replica = replicas[done % replicas.length];
    if (replica === undefined) break;
    await replica.running.stop(60_000);
    replica.running = await startSidecar(stack.folder, replica.environment);
    await until(() => Promise.resolve(replica.isReady), READY_MS);
    if (done % 20 === 19 && done + 1 < times) console.log(`  ${done + 1} so far`);
  }
  await load.stop();
  await balancer.stop();
  const failed = history.all.filter(({ state }) => state !== 'executed');
  console.log(`  ${times} restarts; ${failed.length} of ${history.all.length} requests failed`);
  for (const { token, code } of failed.slice(0, 5)) broken(`${token} failed: ${code ?? 'without an answer'}`);
  printVerdict(await check(stack, history.all));
  await Promise.all(replicas.map(({ running }) => running.stop(60_000)));
}
