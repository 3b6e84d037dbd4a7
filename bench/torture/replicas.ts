import { setTimeout as pause } from 'node:timers/promises';
import { freePort } from '../../dev/ports.js';
import { OPERATOR } from '../../src/audit/audit-entry.js';
import { compose, type Sidecar } from '../../src/compose.js';
import { readConfig } from '../../src/config.js';
import { makeLog } from '../../src/http/log.js';
import { startSidecar, type Stack } from '../service/stack.js';
import { broken } from './broken.js';
import { check, printVerdict } from './check.js';
import { makeHistory, makeSender, note, type Answer, type Sender, type Told } from './history.js';

const REPLICAS = 4;
const SAME_KEY = 40;
const CHANGES = 3;
const WARM_MS = 2_000;
/** What design and requirements allow (effective everywhere in under a second). */
const MOST_MS = 1_000;
/** Long enough to see one that comes too late. */
const WATCHED_MS = 2_500;

/** A dry run: when it was sent, and the code or the decision that came back. */
interface Asked {
  readonly at: number;
  readonly replica: string;
  readonly said: string;
}

function said({ body }: Answer): string {
  const { code, decision } = body;
  if (typeof code === 'string') return code;
  const isDecision = typeof decision === 'object' && decision !== null && 'effect' in decision;
  return isDecision && typeof decision.effect === 'string' ? decision.effect : 'nothing';
}

/** Callers at every replica, one call after the other, until they are stopped. */
function askEverywhere(
  sender: Sender,
  addresses: readonly string[],
): { readonly stop: () => Promise<readonly Asked[]> } {
  const asked: Asked[] = [];
  const over = new AbortController();
  const caller = async (address: string): Promise<void> => {
    while (!over.signal.aborted) {
      const at = performance.now();
      asked.push({ at, replica: address, said: said(await sender('watch', address, { dryRun: true })) });
    }
  };
  const done = Promise.all(addresses.map(caller));
  return {
    async stop() {
      over.abort();
      await done;
      return asked;
    },
  };
}

/** How long after `since` a call was sent that was still answered otherwise than `now`; 0: none was. Milliseconds. */
const lastOtherwise = (asked: readonly Asked[], since: number, now: string): number =>
  Math.max(0, ...asked.filter((each) => each.at > since && each.said !== now).map(({ at }) => at - since));

/** One key sent to all at once runs once, and everybody gets the same answer in the end. */
async function sameKey(sender: Sender, addresses: readonly string[]): Promise<Told> {
  const told: Told = { token: `torture same ${Date.now()}`, state: 'open', callId: null, code: null, tries: 0 };
  const answers = await Promise.all(
    Array.from({ length: SAME_KEY }, (_, index) => sender(told.token, addresses[index % addresses.length] ?? '')),
  );
  for (const answer of answers) if (answer.status === 200) note(told, answer);
  const ids = new Set(answers.filter(({ status }) => status === 200).map(({ body }) => body['callId']));
  console.log(`  ${SAME_KEY} requests with one key at ${addresses.length} replicas: ${ids.size} call`);
  if (ids.size !== 1) broken('one key runs one call');
  return told;
}

const POLICIES = ['allow', 'deny'].map((effect) =>
  JSON.stringify({
    formatVersion: 1,
    name: 'Torture',
    timezone: 'site',
    mode: 'autonomous',
    tools: [{ id: 'all', effect }],
  }),
);

/** Every change through one replica, under load at all: what the others still let through once it was answered. */
async function changes(sender: Sender, addresses: readonly string[], through: Sidecar): Promise<void> {
  const base = async (): Promise<number | null> =>
    (await through.readPolicies.list({ limit: 1 })).policies[0]?.version ?? null;
  const activate = async (effect: number): Promise<void> => {
    const document = POLICIES[effect] ?? '';
    await through.savePolicy({ document, note: '', baseVersion: await base(), actor: OPERATOR, activate: true });
  };
  const kill = (on: boolean) => through.setKillSwitch({ on, reason: 'torture', actor: OPERATOR });
  const kinds = [
    { name: 'kill switch pulled', now: 'kill_switch_on', change: () => kill(true) },
    { name: 'kill switch released', now: 'allow', change: () => kill(false) },
    { name: 'denying policy activated', now: 'deny', change: () => activate(1) },
    { name: 'allowing policy activated', now: 'allow', change: () => activate(0) },
  ];
  const worst = new Map<string, { milliseconds: number; calls: number }>();
  for (let round = 0; round < CHANGES; round += 1) {
    for (const { name, now, change } of kinds) {
      const load = askEverywhere(sender, addresses);
      await pause(200);
      await change();
      const since = performance.now();
      await pause(WATCHED_MS);
      const asked = await load.stop();
      const replicas = new Set(asked.filter(({ at }) => at > since).map(({ replica }) => replica));
      if (replicas.size < addresses.length)
        broken(`after it (${name}) only ${replicas.size} replicas were sent anything: nothing was seen of the others`);
      const before = worst.get(name) ?? { milliseconds: 0, calls: 0 };
      worst.set(name, {
        milliseconds: Math.max(before.milliseconds, lastOtherwise(asked, since, now)),
        calls: before.calls + asked.filter(({ at }) => at > since).length,
      });
    }
  }
  for (const [name, { milliseconds, calls }] of worst) {
    console.log(
      `  ${name}, ${CHANGES} times: ${calls} calls after it, the last that didn't know it was sent ${milliseconds.toFixed(0)} ms after`,
    );
    if (milliseconds > MOST_MS || calls === 0) broken(`it counts everywhere in ${MOST_MS} ms`);
  }
}

/** Four replicas, each a process, behave as one. */
export async function fourReplicas(stack: Stack): Promise<void> {
  const replicas = await Promise.all(
    Array.from({ length: REPLICAS }, async () => {
      const address = `127.0.0.1:${await freePort()}`;
      const environment = { ...stack.environment, CHAPERONE_LISTEN: address };
      return { address, running: await startSidecar(stack.folder, environment) };
    }),
  );
  const addresses = replicas.map(({ address }) => address);
  const sender = makeSender(stack);
  const through = compose(readConfig(stack.environment), makeLog('error', process.stderr));
  const history = makeHistory(sender);
  let turn = 0;
  const load = history.load(2 * REPLICAS, () => addresses[(turn += 1) % REPLICAS] ?? '');
  await pause(WARM_MS);
  const told = await sameKey(sender, addresses);
  await load.stop();
  await changes(sender, addresses, through);
  await through.close();
  await Promise.all(replicas.map(({ running }) => running.stop(60_000)));
  const failed = history.all.filter(({ state }) => state !== 'executed').length;
  console.log(`  ${failed} of ${history.all.length} calls at four replicas failed`);
  if (failed > 0 || history.all.length === 0) broken('every call at four replicas is carried out');
  printVerdict(await check(stack, [...history.all, told]));
}
