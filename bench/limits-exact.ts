import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { Secret } from '../src/kernel/secret.js';
import type { LimitDemand } from '../src/limits/limit-store.js';
import { mysqlLimitStore } from '../src/limits/limit-store.mysql.js';
import type { Micros } from '../src/limits/window.js';

const PROCESSES = 4;
const REQUESTS = 100_000;
const AT_A_TIME = 16;

/** Exact ones, grouped ones, and one that every call shares; the windows are short, so that each is filled many times over. */
const DEMANDS: readonly LimitDemand[] = [
  { rule: '5 in 1s', key: 'a', limit: 5, window: { kind: 'rolling', seconds: 1 } },
  { rule: '60 in 1s', key: 'b', limit: 60, window: { kind: 'rolling', seconds: 1 } },
  { rule: '63 in 2s', key: 'c', limit: 63, window: { kind: 'rolling', seconds: 2 } },
  { rule: '100 in 1s', key: 'd', limit: 100, window: { kind: 'rolling', seconds: 1 } },
  { rule: '1000 in 2s', key: 'e', limit: 1_000, window: { kind: 'rolling', seconds: 2 } },
  { rule: '200 in 1s', key: 'f', limit: 200, window: { kind: 'rolling', seconds: 1 } },
];
const SITE: LimitDemand = {
  rule: 'site, 70 in 1s',
  key: 'site',
  limit: 70,
  window: { kind: 'rolling', seconds: 1 },
};

interface Tally {
  /** Instants of admission by rule, as the database had them. */
  readonly admitted: Readonly<Record<string, readonly Micros[]>>;
  readonly requests: number;
}

/** What one process does: its share of the calls, in turn on each limit, every third call under the site's as well. */
async function work(url: string, prefix: string): Promise<Tally> {
  const store = mysqlLimitStore({ url: new Secret(url), tablePrefix: prefix });
  const admitted: Record<string, Micros[]> = {};
  let begun = 0;
  const caller = async (): Promise<void> => {
    while (begun < REQUESTS / PROCESSES) {
      begun += 1;
      const own = DEMANDS[begun % DEMANDS.length];
      const demands = [...(own === undefined ? [] : [own]), ...(begun % 3 === 0 ? [SITE] : [])];
      const verdict = await store.consume(demands);
      if (verdict.admitted) for (const { rule } of demands) (admitted[rule] ??= []).push(verdict.at);
    }
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, caller));
  await store.close();
  return { admitted, requests: begun };
}

function tallyOf(child: ChildProcess): Promise<Tally> {
  return new Promise((resolve, reject) => {
    child.once('message', (tally) => resolve(tally as Tally));
    child.once('exit', (code) => reject(new Error(`a process ended with ${code ?? 'a signal'} before it reported`)));
  });
}

/** The most admissions that any half-open span of that length holds: by two pointers over the sorted instants. */
function mostInAnySpan(instants: readonly Micros[], length: Micros): number {
  const sorted = [...instants].sort((a, b) => a - b);
  let most = 0;
  let first = 0;
  for (const [index, at] of sorted.entries()) {
    while ((sorted[first] ?? at) <= at - length) first += 1;
    most = Math.max(most, index - first + 1);
  }
  return most;
}

/** Prints, for each limit, the fullest span that 100,000 calls from four processes made, and answers how many were too many. */
export async function countOverAdmissions(url: string, prefix: string): Promise<number> {
  const begun = performance.now();
  const children = Array.from({ length: PROCESSES }, () =>
    fork(fileURLToPath(import.meta.url), [], { env: { ...process.env, LIMITS_WORKER: JSON.stringify([url, prefix]) } }),
  );
  const tallies = await Promise.all(children.map(tallyOf));
  const seconds = (performance.now() - begun) / 1_000;
  const requests = tallies.reduce((sum, tally) => sum + tally.requests, 0);
  console.log(`${requests.toLocaleString('en')} calls over ${PROCESSES} processes in ${seconds.toFixed(1)} s`);
  let over = 0;
  for (const { rule, limit, window } of [...DEMANDS, SITE]) {
    const instants = tallies.flatMap(({ admitted }) => admitted[rule] ?? []);
    const length = window.kind === 'rolling' ? window.seconds * 1_000_000 : 0;
    const most = mostInAnySpan(instants, length);
    over += Math.max(0, most - limit);
    console.log(`  ${rule.padEnd(18)} ${String(instants.length).padStart(6)} admitted, the fullest span holds ${most}`);
  }
  console.log(`over-admissions in any span: ${over}`);
  return over;
}

const job = process.env['LIMITS_WORKER'];
if (job !== undefined && process.send !== undefined) {
  const [url, prefix] = JSON.parse(job) as [string, string];
  process.send(await work(url, prefix), () => process.disconnect());
}
