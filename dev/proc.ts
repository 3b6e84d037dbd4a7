import { readFileSync, readdirSync } from 'node:fs';

/**
 * Every long-running process carries this name in its environment, with the folder of the stack it belongs to, and hands
 * it on to its own children. So whatever happened to the process that started them, `/proc/<pid>/environ` tells which
 * processes are ours, and a number that the kernel gave to somebody else meanwhile is never mistaken for one of them.
 */
export const MARK = 'STACK_FOLDER';

/** Ends a group that this very process started and has not seen the last of. */
export async function endGroup(pid: number, graceMs: number): Promise<void> {
  if (pid === 0) return;
  const group = (): number[] =>
    processes()
      .filter((one) => one.group === pid)
      .map((one) => one.pid);
  await endAll(group, (signal) => tell(-pid, signal), graceMs);
}

/** Ends whatever carries the mark of `folder`, left by whichever process. */
export async function stopMarked(folder: string, graceMs = 10_000): Promise<number> {
  const found = marked(folder).length;
  await endAll(
    () => marked(folder),
    (signal) => marked(folder).forEach((pid) => tell(pid, signal)),
    graceMs,
  );
  return found;
}

/** SIGKILL to whatever carries the mark of `folder`, without waiting. */
export function killMarked(folder: string): void {
  for (const pid of marked(folder)) tell(pid, 'SIGKILL');
}

async function endAll(
  alive: () => readonly number[],
  send: (signal: NodeJS.Signals) => void,
  graceMs: number,
): Promise<void> {
  if (graceMs > 0) send('SIGTERM');
  if (graceMs > 0 && (await until(() => alive().length === 0, graceMs))) return;
  send('SIGKILL');
  await until(() => alive().length === 0, 5_000);
}

/** The living processes that carry the mark of `folder`. */
export function marked(folder: string): readonly number[] {
  const mark = `${MARK}=${folder}`;
  return processes()
    .filter(({ pid }) => readProc(pid, 'environ').split('\0').includes(mark))
    .map(({ pid }) => pid);
}

interface ProcessFacts {
  readonly pid: number;
  readonly group: number;
  /** Clock ticks since boot: with the pid, it names one process for good (proc(5)). */
  readonly startTicks: string;
}

/** Everything alive, without zombies: those hold nothing, and wait only for a parent that may never ask. */
function processes(): readonly ProcessFacts[] {
  return readdirSync('/proc')
    .filter((name) => /^[0-9]+$/.test(name))
    .flatMap((name) => processFacts(Number(name)) ?? []);
}

function processFacts(pid: number): ProcessFacts | undefined {
  const stat = readProc(pid, 'stat');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state, , group] = fields;
  const startTicks = fields[19];
  if (state === undefined || group === undefined || startTicks === undefined || 'ZX'.includes(state)) return undefined;
  return { pid, group: Number(group), startTicks };
}

function readProc(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'latin1');
  } catch {
    return '';
  }
}

/** One process, now and for good: its pid and the instant it began, so a reused pid is another one. */
export function fingerprint(pid: number): string | undefined {
  const facts = processFacts(pid);
  return facts && `${pid}@${readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim()}/${facts.startTicks}`;
}

/** The pid that a fingerprint names, while that process lives. */
export function aliveByFingerprint(print: string): number | undefined {
  const pid = Number.parseInt(print, 10);
  return Number.isSafeInteger(pid) && pid > 0 && fingerprint(pid) === print ? pid : undefined;
}

export function tell(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // Gone already, which is what a signal is for.
  }
}

/** Asks every 25 ms; false when `ms` have passed without a yes. */
export async function until(condition: () => boolean | Promise<boolean>, ms: number): Promise<boolean> {
  const end = performance.now() + ms;
  for (;;) {
    if (await condition()) return true;
    if (performance.now() > end) return false;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}
