import { spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { demoFolder, runningDemo, type DemoFolder } from './demo-files.js';
import { runDemo } from './demo-run.js';
import { projectRoot } from './paths.js';
import { stopMarked, tell, until } from './proc.js';
import { say } from './steps.js';

const USAGE = `npm run demo               brings up WordPress, MariaDB and the sidecar, and stays in front
npm run demo -- --detach   the same, in the background: returns when all is ready
npm run demo -- --stop     ends it; what was made stays
npm run demo -- --fresh    throws away what was made, and starts from nothing`;

/** `npm run demo`. Returns the exit code. */
export async function main(args: readonly string[]): Promise<number> {
  const demo = demoFolder();
  const { values: flags } = parseArgs({
    args: [...args],
    options: {
      detach: { type: 'boolean' },
      stop: { type: 'boolean' },
      fresh: { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
      background: { type: 'boolean' },
    },
  });
  if (flags.help === true) return tellUsage();
  if (flags.stop === true) return stopDemo(demo);
  if (runningDemo(demo) !== undefined && flags.fresh !== true) return tellWhereItRuns(demo, flags.detach === true);
  if (flags.fresh === true && flags.background !== true) await throwAway(demo);
  if (flags.detach === true) return detach(demo);
  return runDemo(demo);
}

function tellUsage(): number {
  console.log(USAGE);
  return 0;
}

function tellWhereItRuns(demo: DemoFolder, asWanted: boolean): number {
  const ready = existsSync(demo.demoJson);
  const { wordpress } = ready
    ? (JSON.parse(readFileSync(demo.demoJson, 'utf8')) as { wordpress: { url: string } })
    : {};
  const where = wordpress === undefined ? 'and is still starting' : `at ${wordpress.url}`;
  say(`The demo runs already, ${where} (process ${runningDemo(demo)}). End it with: npm run demo -- --stop`);
  return ready && asWanted ? 0 : 1;
}

/** Ends the demo's process, which ends what it started; then whatever of the demo is left, if it could not. */
async function stopDemo(demo: DemoFolder): Promise<number> {
  const pid = runningDemo(demo);
  if (pid !== undefined) {
    tell(pid, 'SIGTERM');
    await until(() => runningDemo(demo) === undefined, 60_000);
  }
  const left = await stopMarked(demo.folder);
  rmSync(demo.demoJson, { force: true });
  say(pid === undefined && left === 0 ? 'No demo is running.' : 'The demo has ended.');
  return 0;
}

async function throwAway(demo: DemoFolder): Promise<void> {
  if (runningDemo(demo) !== undefined) await stopDemo(demo);
  await stopMarked(demo.folder, 0);
  rmSync(demo.folder, { recursive: true, force: true, maxRetries: 3 });
}

/** Runs the demo in a process of its own session, and shows what it says until it is ready. */
async function detach(demo: DemoFolder): Promise<number> {
  mkdirSync(demo.folder, { recursive: true, mode: 0o700 });
  for (const stale of [demo.logs.demo, demo.demoJson]) rmSync(stale, { force: true });
  const log = openSync(demo.logs.demo, 'a', 0o600);
  const child = spawn(process.execPath, [join(projectRoot(), 'dev', 'run.mjs'), 'demo', '--background'], {
    cwd: projectRoot(),
    detached: true,
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  let ended: number | undefined;
  child.on('exit', (code) => (ended = code ?? 1));
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill(signal));
  let shown = 0;
  const show = (): void => {
    const text = readFileSync(demo.logs.demo);
    process.stdout.write(text.subarray(shown));
    shown = text.length;
  };
  await until(() => {
    if (statSync(demo.logs.demo).size > shown) show();
    return ended !== undefined || existsSync(demo.demoJson);
  }, Infinity);
  show();
  child.unref();
  return ended ?? 0;
}
