import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { endGroup, MARK, tell, until } from './proc.js';

export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly cwd?: string;
  /** Added to the environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** In place of this process's own environment. */
  readonly replaceEnv?: Readonly<Record<string, string>>;
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

/** Once a signal told us to end, nothing more is started. */
let ending = false;
export const isEnding = (): boolean => ending;

function refuseWhenEnding(): void {
  if (ending) throw new Error('interrupted');
}

const liveCommands = new Map<ChildProcess, RunOptions>();

/** Runs a command to its end. Rejects with its last words when it fails, unless `tolerant`. */
export function run(command: string, args: readonly string[], options: RunOptions = {}): Promise<Finished> {
  return new Promise((resolve, reject) => {
    refuseWhenEnding();
    const child = spawn(command, args, {
      cwd: options.cwd,
      env: { ...(options.replaceEnv ?? process.env), ...options.env },
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

export interface StartOptions {
  /** What it prints is appended to this file. */
  readonly log: string;
  /** Added to the environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** In place of this process's own environment. */
  readonly replaceEnv?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

/** Starts a process that stays, in a group of its own, marked as a part of the stack in `folder`. */
export function start(folder: string, command: string, args: readonly string[], options: StartOptions): Running {
  refuseWhenEnding();
  const log = openSync(options.log, 'a', 0o600);
  const child = spawn(command, args, {
    cwd: options.cwd,
    env: { ...(options.replaceEnv ?? process.env), ...options.env, [MARK]: folder },
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

const SIGNALS = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

/**
 * On the first SIGINT, SIGTERM or SIGHUP: ends the commands under way (waiting for those that must finish), runs
 * `cleanUp`, and exits as a shell would report it. A second signal doesn't wait.
 */
export function endOnSignals(cleanUp: () => Promise<void>, force: () => void = () => undefined): void {
  const end = async (code: number): Promise<void> => {
    for (const [child, { unstoppable }] of liveCommands) {
      if (unstoppable === true)
        console.log(`• letting ${child.spawnargs.find((arg) => arg.startsWith('apt')) ?? 'a command'} finish first`);
      if (unstoppable !== true && child.pid !== undefined) tell(-child.pid, 'SIGTERM');
    }
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
