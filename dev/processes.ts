import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync, readFileSync, readdirSync } from 'node:fs';

/**
 * Every long-running process carries this name in its environment, with the folder of the stack it belongs to, and hands
 * it on to its own children. So whatever happened to the process that started them, `/proc/<pid>/environ` tells which
 * processes are ours, and a number that the kernel gave to somebody else meanwhile is never mistaken for one of them.
 */
const MARK = 'STACK_FOLDER';

export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
  /** Accept any exit code and return it. */
  readonly tolerant?: boolean;
  /** Not ended by a signal to us: the package manager, which must finish what it began. */
  readonly unstoppable?: boolean;
}

export interface Running {
  readonly pid: number;
  /** Resolves when the process is gone, with the words for how. */
  readonly ended: Promise<string>;
  hasEnded(): boolean;
  /** SIGTERM to the whole group, SIGKILL when that didn't do within the grace. */
  stop(graceMs?: number): Promise<void>;
  /** SIGKILL to the whole group, as a power cut would end it. */
  kill(): Promise<void>;
}

const liveCommands = new Map<ChildProcess, RunOptions>();

/** Runs a command to its end. Rejects with its last words when it fails, unless `tolerant`. */
export function run(command: string, args: readonly string[], options: RunOptions = {}): Promise<Finished> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: options.cwd,
      env: { ...process.env, ...options.env },
      detached: true,
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    liveCommands.set(child, options);
    const output = { stdout: '', stderr: '' };
    for (const stream of ['stdout', 'stderr'] as const) {
      child[stream].setEncoding('utf8').on('data', (text: string) => (output[stream] += text));
    }
    child.stdin.on('error', () => undefined).end(options.input ?? '');
    child.on('error', (error) => {
      liveCommands.delete(child);
      reject(error);
    });
    child.on('close', (code, signal) => {
      liveCommands.delete(child);
      if (code === 0 || options.tolerant === true) resolve({ code, ...output });
      else reject(new Error(`${command} ended with ${signal ?? code}: ${lastWords(output.stderr || output.stdout)}`));
    });
  });
}

function lastWords(text: string): string {
  return text.trim().split('\n').slice(-12).join('\n');
}

/** Starts a process that stays, in a group of its own, marked as a part of the stack in `folder`. Its output goes to `log`. */
export function start(
  folder: string,
  command: string,
  args: readonly string[],
  options: { readonly log: string; readonly env?: Readonly<Record<string, string>>; readonly cwd?: string },
): Running {
  const log = openSync(options.log, 'a', 0o600);
  const child = spawn(command, args, {
    cwd: options.cwd,
    env: { ...process.env, ...options.env, [MARK]: folder },
    detached: true,
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  let gone = false;
  const ended = new Promise<string>((resolve) => {
    child.on('error', (error) => resolve(error.message));
    child.on('exit', (code, signal) => resolve(`ended with ${signal ?? code}`));
  }).finally(() => (gone = true));
  child.unref();
  const pid = child.pid ?? 0;
  return {
    pid,
    ended,
    hasEnded: () => gone,
    stop: (graceMs = 10_000) => endGroup(pid, graceMs),
    kill: () => endGroup(pid, 0),
  };
}

/** Ends a group that this very process started and has not seen the last of. */
async function endGroup(pid: number, graceMs: number): Promise<void> {
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

const SIGNALS = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

/**
 * On the first SIGINT, SIGTERM or SIGHUP: ends the commands under way (waiting for those that must finish), runs
 * `cleanUp`, and exits as a shell would report it. A second signal doesn't wait.
 */
export function endOnSignals(cleanUp: () => Promise<void>, force: () => void = () => undefined): void {
  let ending = false;
  const end = async (code: number): Promise<void> => {
    for (const [child, { unstoppable }] of liveCommands)
      if (unstoppable !== true && child.pid) tell(-child.pid, 'SIGTERM');
    if (liveCommands.size > 0) await until(() => liveCommands.size === 0, 120_000);
    await cleanUp().catch((error: unknown) => console.error(error));
    process.exit(code);
  };
  for (const [signal, code] of Object.entries(SIGNALS)) {
    process.on(signal, () => {
      if (ending) {
        force();
        process.exit(code);
      }
      ending = true;
      void end(code);
    });
  }
}
