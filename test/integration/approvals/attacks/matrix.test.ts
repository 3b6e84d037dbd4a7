import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Knex } from 'knex';
import { mysqlAuditReader } from '../../../../src/audit/audit-reader.mysql.js';
import { connect } from '../../../../src/db/connect.js';
import { migrate } from '../../../../src/db/migrate.js';
import { Secret } from '../../../../src/kernel/secret.js';
import { createDatabase, type TestDatabase } from '../../../support/stack.js';
import { ATTACKS } from './attacks.js';
import { AttackWorld } from './world.js';
import { rounds } from '../../../support/rounds.js';
import { drawsFrom } from '../../../../dev/draws.js';

const ROUNDS = rounds('ATTACKS', { usual: 124, published: 10_000 });
const SEED = 20_261_126;

let database: TestDatabase;
let pools: readonly [Knex, Knex];

beforeAll(async () => {
  database = await createDatabase();
  const pool = (): Knex => connect({ url: new Secret(database.url), tablePrefix: 'wp_', poolSize: 24 });
  pools = [pool(), pool()];
  await migrate(pools[0], 'wp_');
}, 90_000);

afterAll(async () => {
  await Promise.all(pools.map((each) => each.destroy()));
  await database.drop();
});

const NAMES = Object.keys(ATTACKS);

interface Tally {
  rounds: number;
  runs: number;
}

/** Every breach of one round, in words that let it be played again. */
async function play(round: number, tally: Map<string, Tally>): Promise<readonly string[]> {
  const name = NAMES[round % NAMES.length] ?? '';
  const attack = ATTACKS[name];
  if (attack === undefined) throw new Error('there is no such attack');
  const world = new AttackWorld(round, pools);
  const allowed = [await attack(world, drawsFrom(SEED + round))].flat();
  const count = tally.get(name) ?? { rounds: 0, runs: 0 };
  tally.set(name, { rounds: count.rounds + 1, runs: count.runs + world.runs.length });
  const breaches: string[] = [...world.breaches];
  if (!allowed.includes(world.runs.length))
    breaches.push(`${world.runs.length} runs instead of ${allowed.join(' or ')}`);
  const calls = world.runs.map(({ callId }) => callId);
  if (new Set(calls).size < calls.length) breaches.push('a call ran twice');
  if (world.runs.some(({ user }) => user !== world.requester)) breaches.push('a call ran as somebody else');
  for (const callId of new Set(calls)) {
    const intents = await mysqlAuditReader(pools[0], 'wp_').list({ callId, kind: 'call.intent' }, { limit: 5 });
    if (intents.length !== 1) breaches.push(`${intents.length} intents in the log for one run`);
  }
  return breaches.map((what) => `round ${round}, ${name}: ${what}`);
}

it('no attack on an approval, a delegation or a grant lets through what people didn’t approve', async () => {
  const tally = new Map<string, Tally>();
  const breaches: string[] = [];
  const began = performance.now();
  // One after the other: a sweep goes over the whole table, and one by a later clock expires what another round has open.
  for (let round = 0; round < ROUNDS; round += 1) breaches.push(...(await play(round, tally)));
  const lines = [...tally].map(([name, { rounds, runs }]) => `  ${rounds} × ${name}: ${runs} runs, as they should`);
  const seconds = ((performance.now() - began) / 1_000).toFixed(1);
  const sum = `attack matrix: ${ROUNDS} rounds of ${NAMES.length} attacks in ${seconds} s, ${breaches.length} breaches`;
  process.stdout.write(`${[...lines, ...breaches, sum].join('\n')}\n`);
  expect(breaches).toEqual([]);
  expect(tally.size).toBe(Math.min(ROUNDS, NAMES.length));
}, 3_600_000);
