import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Knex } from 'knex';
import { countingRelay, type CountingRelay } from '../../dev/counting-relay.js';
import { connect } from '../../src/db/connect.js';
import { openPackets, type Packets } from '../../src/db/packets.js';
import { readingTogether } from '../../src/db/reading-together.js';
import { Secret } from '../../src/kernel/secret.js';
import { createDatabase, type TestDatabase } from '../support/stack.js';

let database: TestDatabase;
let relay: CountingRelay;
let ordinary: Knex;
let packets: Packets;
let db: Knex;
const LANES = 2;

beforeAll(async () => {
  database = await createDatabase();
  relay = await countingRelay(new URL(database.url));
  ordinary = connect({ url: new Secret(database.url), tablePrefix: 'wp_', poolSize: 2 });
  packets = openPackets(new Secret(relay.url), LANES);
  db = readingTogether(ordinary, packets, LANES);
  await ordinary.raw('CREATE TABLE things (id INT PRIMARY KEY, name VARCHAR(99), at DATETIME(6), bytes BLOB)');
  await ordinary('things').insert(
    Array.from({ length: 50 }, (_, id) => ({
      id,
      name: `thing "${id}" ß 😀 '?`,
      at: new Date(1_700_000_000_123),
      bytes: Buffer.from([0, 255, id]),
    })),
  );
}, 90_000);
afterAll(async () => {
  await Promise.all([packets.close(), ordinary.destroy()]);
  await relay.close();
  await database.drop();
});

const byId = (id: number) => db('things').where({ id }).first<{ id: number; name: string }>();

describe('reads that travel together', () => {
  it('are one round trip, and each gets the answer that the ordinary way gives', async () => {
    await byId(1);
    const before = relay.requests();
    const found = await Promise.all(Array.from({ length: 50 }, (_, id) => byId(id)));
    expect(relay.requests() - before).toBe(1);
    expect(found).toEqual(await ordinary('things').orderBy('id'));
  });

  it('take values for values, whatever is in them', async () => {
    const [, thing] = await Promise.all([byId(1), db('things').where({ name: `thing "7" ß 😀 '?` }).first()]);
    expect(thing).toMatchObject({ id: 7 });
    expect(await db('things').where({ name: "x' OR '1'='1" })).toEqual([]);
    expect(
      await db('things')
        .where({ bytes: Buffer.from([0, 255, 9]) })
        .pluck('id'),
    ).toEqual([9]);
  });

  it('see what was committed before they were asked', async () => {
    for (let turn = 0; turn < 20; turn += 1) {
      await ordinary('things')
        .where({ id: 3 })
        .update({ name: `turn ${turn}` });
      const found = await Promise.all([byId(3), byId(3)]);
      expect(found.map(({ name }) => name)).toEqual([`turn ${turn}`, `turn ${turn}`]);
    }
  });

  it('that fail fail alone', async () => {
    const [good, bad, other] = await Promise.allSettled([byId(1), db('nothing').first(), byId(2)]);
    expect([good.status, bad.status, other.status]).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(bad).toMatchObject({ reason: { errno: 1146 } });
  });

  it('are asked again when their connection is killed', async () => {
    await byId(1);
    const [list] = (await ordinary.raw(
      'SELECT id FROM information_schema.processlist WHERE id <> CONNECTION_ID()',
    )) as [{ id: number }[]];
    for (const { id } of list) await ordinary.raw(`KILL ${id}`).catch(() => undefined);
    expect((await Promise.all([byId(4), byId(5)])).map(({ id }) => id)).toEqual([4, 5]);
    expect(await byId(6)).toMatchObject({ id: 6 });
  });

  it('leave writes and locks to the ordinary way', async () => {
    expect(await db('things').where({ id: 1 }).update({ name: 'written' })).toBe(1);
    await db.raw('UPDATE things SET name = ? WHERE id = 2', ['raw']);
    expect(await ordinary('things').whereIn('id', [1, 2]).orderBy('id').pluck('name')).toEqual(['written', 'raw']);
    const before = relay.requests();
    await db('things').where({ id: 1 }).forUpdate().first();
    expect(relay.requests()).toBe(before);
  });
});
