import { rmSync } from 'node:fs';
import {
  claimDemo,
  readState,
  releaseDemo,
  saveState,
  writePrivate,
  type DemoFolder,
  type DemoState,
} from './demo-files.js';
import { pair, serveSidecar, writeSidecarEnv } from './demo-sidecar.js';
import { activateSamplePolicy, tellStory } from './demo-story.js';
import { DEMO_TIME_ZONE, demoWordPress } from './demo-wordpress.js';
import { startMariaDb, type MariaDb } from './mariadb.js';
import { servePhp } from './php-server.js';
import { choosePort } from './ports.js';
import { killMarked, stopMarked } from './proc.js';
import { endOnSignals, isEnding, type Running } from './processes.js';
import { say, step } from './steps.js';
import { ensureSystem, NEEDS } from './system.js';

/** What has to be ended, newest first. */
type Ending = { readonly name: string; readonly stop: () => Promise<void> };

/** Brings the demo up and stays until it is told to end, or until a part of it can't start. Returns the exit code. */
export async function runDemo(demo: DemoFolder): Promise<number> {
  if (!claimDemo(demo)) {
    say('The demo is being started by another process.');
    return 1;
  }
  const endings: Ending[] = [];
  const end = async (): Promise<void> => {
    for (const { stop } of endings.toReversed()) await stop();
    await stopMarked(demo.folder);
    releaseDemo(demo);
  };
  endOnSignals(
    async () => {
      say('ending the demo');
      await end();
      say('The demo has ended. `npm run demo` resumes it.');
    },
    () => {
      killMarked(demo.folder);
      releaseDemo(demo);
    },
  );
  try {
    await bringUp(demo, endings);
  } catch (error) {
    if (isEnding()) return forever();
    console.error(`\nThe demo could not start: ${error instanceof Error ? error.message : String(error)}`);
    await end();
    return 1;
  }
  return forever();
}

/** A signal ends this process (endOnSignals), and nothing else does. */
function forever(): Promise<never> {
  return new Promise(() => setInterval(() => undefined, 1 << 30));
}

async function bringUp(demo: DemoFolder, endings: Ending[]): Promise<void> {
  await stopMarked(demo.folder);
  rmSync(demo.demoJson, { force: true });
  await ensureSystem(NEEDS.stack, say);
  let state = beginAgainIfHalfPaired(demo, readState(demo));
  const ports = {
    mariadb: await choosePort(state.ports?.mariadb),
    wordpress: await choosePort(state.ports?.wordpress),
    sidecar: await choosePort(state.ports?.sidecar),
  };
  state = saveState(demo, { ...state, ports });
  const database = await step('MariaDB', () =>
    startMariaDb({ dataDir: demo.mariadb, port: ports.mariadb, stackFolder: demo.folder }),
  );
  endings.push({ name: 'MariaDB', stop: () => database.stop() });
  const installed = await step('WordPress', (note) => demoWordPress(demo, state, database, ports.wordpress, note));
  const php = await step('Web server', () =>
    servePhp({
      docRoot: demo.docRoot,
      port: ports.wordpress,
      workers: 6,
      log: demo.logs.wordpress,
      stackFolder: demo.folder,
    }),
  );
  endings.push({ name: 'Web server', stop: () => php.stop() });
  state = writeSidecarEnv(demo, installed, database, ports);
  state = await step('Migrations, bridge and agent', () => pair(demo, state, php.url));
  const sidecar = await step('Sidecar', () => serveSidecar(demo, ports.sidecar));
  endings.push({ name: 'Sidecar', stop: () => sidecar.stop() });
  state = await step('Policy', () => activateSamplePolicy(demo, state, new Date(), DEMO_TIME_ZONE));
  const told = await step('Sample calls', () => tellStory(demo, state));
  watch(sidecar, demo);
  printWhereToClick(demo, told, php.url, told.story);
  writeDemoJson(demo, told, database, {
    wordpress: php.url,
    sidecar: `http://127.0.0.1:${ports.sidecar}`,
    pid: sidecar.pid,
  });
}

/** Pairing makes an agent whose secret is shown once: if that answer was lost, a new site is the clean way. */
function beginAgainIfHalfPaired(demo: DemoFolder, state: DemoState): DemoState {
  if (state.pairingBegun !== true || state.agent !== undefined) return state;
  say('The last run was interrupted while it paired the site: making the site anew.');
  return saveState(demo, state.ports === undefined ? {} : { ports: state.ports });
}

function watch(sidecar: Running, demo: DemoFolder): void {
  void sidecar.ended.then((how) => {
    if (isEnding()) return;
    say(`The sidecar ${how}; see ${demo.logs.sidecar}. Again: npx chaperone serve --env-file ${demo.sidecarEnv}`);
  });
}

function printWhereToClick(demo: DemoFolder, state: DemoState, url: string, story: readonly string[]): void {
  const { admin, editor } = state.wordpress?.users ?? {};
  console.log(`
${story.map((line) => `  ${line}`).join('\n')}

  The site            ${url}/
  Its admin screens   ${url}/wp-admin/   ${admin?.login} / ${admin?.password}
  as an editor        ${url}/wp-admin/   ${editor?.login} / ${editor?.password}
  Everything else     ${demo.demoJson}

  Ctrl-C ends it (in the background: npm run demo -- --stop); npm run demo resumes it.
`);
}

/** The file that foreign tools rely on (section 4 of the contract). Written last: when it is there, all is ready. */
function writeDemoJson(
  demo: DemoFolder,
  state: DemoState,
  database: MariaDb,
  at: { wordpress: string; sidecar: string; pid: number },
): void {
  const facts = {
    wordpress: {
      url: at.wordpress,
      version: state.wordpress?.version,
      path: demo.docRoot,
      users: state.wordpress?.users,
    },
    sidecar: { url: at.sidecar, pid: at.pid, log: demo.logs.sidecar },
    database: { host: database.host, port: database.port, ...state.database, tablePrefix: 'wp_' },
    agent: state.agent,
  };
  writePrivate(demo.demoJson, `${JSON.stringify(facts, null, 2)}\n`);
}
