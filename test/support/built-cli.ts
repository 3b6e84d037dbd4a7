import { spawn } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { transformSync } from '@swc/core';
import { projectRoot } from '../../dev/paths.js';
import { until } from '../../dev/proc.js';
import { claim, runFolder } from './stack.js';

const SOURCES = ['src', 'migrations'];
const COMMAND = 'dist/src/cli/chaperone.js';
const BESIDE = ['package.json', 'node_modules', 'wp-bridge'];

function compile(folder: string): void {
  const root = projectRoot();
  const isSource = (name: string): boolean => name.endsWith('.ts') && !name.endsWith('.d.ts');
  for (const source of SOURCES) {
    for (const name of readdirSync(join(root, source), { recursive: true, encoding: 'utf8' }).filter(isSource)) {
      const target = join(folder, 'dist', source, name.replace(/\.ts$/, '.js'));
      const { code } = transformSync(readFileSync(join(root, source, name), 'utf8'), {
        jsc: { parser: { syntax: 'typescript' }, target: 'es2023' },
        module: { type: 'es6' },
      });
      mkdirSync(dirname(target), { recursive: true });
      writeFileSync(target, code);
    }
  }
  chmodSync(join(folder, COMMAND), 0o755);
  for (const name of BESIDE) symlinkSync(join(root, name), join(folder, name));
}

/** The command compiled from the sources as they are now, once a run: a stale dist/ can't pass a test. */
export async function builtCli(): Promise<string> {
  const folder = join(runFolder(), 'package');
  if (!existsSync(folder) && claim(join(runFolder(), 'package.claim'))) {
    compile(`${folder}.new`);
    renameSync(`${folder}.new`, folder);
  }
  if (!(await until(() => existsSync(folder), 60_000))) throw new Error('the command was not compiled');
  return join(folder, COMMAND);
}

export interface CliRun {
  /** Null when a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CliProcess {
  readonly pid: number;
  /** What it wrote to standard output so far. */
  output(): string;
  signal(name: NodeJS.Signals): void;
  readonly ended: Promise<CliRun>;
}

export interface CliOptions {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
}

/**
 * Starts `chaperone …`, as its own program, with nothing of the test's own environment but the path. `node chaperone.js …`
 * wouldn't do: Node 20 takes an `--env-file` behind the script for its own, and refuses one that isn't there yet.
 */
export async function startCli(
  args: readonly string[],
  { cwd, env = {}, input = '' }: CliOptions,
): Promise<CliProcess> {
  const { PATH = '', HOME = '' } = process.env;
  const path = `${dirname(process.execPath)}:${PATH}`;
  const child = spawn(await builtCli(), args, { cwd, env: { PATH: path, HOME, ...env } });
  const text = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (chunk: string) => (text[name] += chunk));
  }
  child.stdin.on('error', () => undefined).end(input);
  const ended = new Promise<CliRun>((resolve, reject) => {
    child.once('error', reject).once('close', (code) => resolve({ code, ...text }));
  });
  return {
    pid: child.pid ?? 0,
    output: () => text.stdout,
    signal: (name) => void child.kill(name),
    ended,
  };
}

/** Runs `chaperone …` to its end. */
export const runCli = async (args: readonly string[], options: CliOptions): Promise<CliRun> =>
  (await startCli(args, options)).ended;
