import { readFileSync } from 'node:fs';
import { underLoad } from './figures.js';
import { createCall, deliver, governed } from './requests.js';
import type { Stack } from './stack.js';

const CALLERS = 16;
const AT_A_TIME = 1_000;
const LOOKS = 5;

const residentMegabytes = (pid: number): number =>
  Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1_024;

/** The sidecar's resident memory over many signed dry runs, beyond what it has served by now; the content of each is new. */
export async function measureMemory({ sidecar, sidecarUrl, agent }: Stack, count: number): Promise<void> {
  const look = (done: number): void =>
    console.log(
      `  after ${String(done).padStart(7)} more calls ${residentMegabytes(sidecar.pid).toFixed(1).padStart(7)} MB`,
    );
  look(0);
  for (let done = 0; done < count; done += AT_A_TIME) {
    const calls = Array.from({ length: AT_A_TIME }, (_, turn) => ({ ...createCall(done + turn), dryRun: true }));
    await underLoad(CALLERS, governed(sidecarUrl, agent, calls, { withPassword: false }), deliver);
    if ((done / AT_A_TIME) % Math.ceil(count / AT_A_TIME / LOOKS) === 0) look(done + AT_A_TIME);
  }
  look(count);
}
