import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Knex } from 'knex';
import { connect } from '../../src/db/connect.js';
import { migrate } from '../../src/db/migrate.js';
import type { LimitStore } from '../../src/limits/limit-store.js';
import { mysqlLimitStore } from '../../src/limits/limit-store.mysql.js';
import { Secret } from '../../src/kernel/secret.js';
import { countingRelay } from '../../dev/counting-relay.js';
import { createDatabase, type TestDatabase } from '../support/stack.js';
import { aDemand, limitStoreContract } from './limit-store.contract.js';

const PREFIX = 'wp_';
const TABLE = `${PREFIX}ai_agent_limits`;
const TEST_CLOCK = '(SELECT now_us FROM test_clock)';

async function migrated(): Promise<{ database: TestDatabase; knex: Knex }> {
  const database = await createDatabase();
  const knex = connect({ url: new Secret(database.url), tablePrefix: PREFIX, poolSize: 2 });
  await migrate(knex, PREFIX);
  return { database, knex };
}

limitStoreContract('MariaDB', async () => {
  const { database, knex } = await migrated();
  await knex.raw('CREATE TABLE test_clock (now_us BIGINT NOT NULL)');
  await knex.raw('INSERT INTO test_clock VALUES (0)');
  const options = { url: new Secret(database.url), tablePrefix: PREFIX, clock: TEST_CLOCK };
  const stores = [mysqlLimitStore(options), mysqlLimitStore(options)] as const;
  return {
    stores,
    setClock: async (micros) => {
      await knex('test_clock').update({ now_us: micros });
    },
    clear: async () => {
      await knex(TABLE).delete();
    },
    stop: async () => {
      await Promise.all([...stores.map((store) => store.close()), knex.destroy()]);
      await database.drop();
    },
  };
});

describe('limits in MariaDB', () => {
  let database: TestDatabase;
  let knex: Knex;
  let store: LimitStore;
  beforeAll(async () => {
    ({ database, knex } = await migrated());
    store = mysqlLimitStore({ url: new Secret(database.url), tablePrefix: PREFIX });
  }, 90_000);
  afterAll(async () => {
    await Promise.all([store.close(), knex.destroy()]);
    await database.drop();
  });

  it('go by the database’s clock, whatever the application’s says', async () => {
    const demand = aDemand({ limit: 1, window: { kind: 'rolling', seconds: 1 } });
    const realNow = Date.now;
    Date.now = () => 0;
    try {
      const first = await store.consume([demand]);
      expect(Math.abs(first.at / 1_000 - realNow())).toBeLessThan(5_000);
      const daily = aDemand({
        rule: 'daily',
        limit: 1,
        window: { kind: 'calendar', unit: 'day', zone: 'site/nowhere' },
      });
      await expect(store.consume([daily])).rejects.toThrow(RangeError);
      const today = aDemand({
        rule: 'daily',
        limit: 1,
        window: { kind: 'calendar', unit: 'day', zone: 'Europe/Berlin' },
      });
      expect((await store.consume([today])).admitted).toBe(true);
      expect((await store.consume([today, demand])).refusedBy).toContain('daily');
    } finally {
      Date.now = realNow;
    }
  });

  it('are decided in one round trip, however many a call has', async () => {
    const zone = 'America/New_York';
    const demands = [
      aDemand({ rule: 'user' }),
      aDemand({ rule: 'site', limit: 5_000 }),
      aDemand({ rule: 'tool', window: { kind: 'calendar', unit: 'day', zone } }),
    ];
    const relay = await countingRelay(new URL(database.url));
    const relayed = mysqlLimitStore({
      url: new Secret(relay.url),
      tablePrefix: PREFIX,
      near: Date.now() * 1_000,
      lanes: 1,
    });
    await relayed.consume([aDemand({ rule: 'warm-up' })]);
    const before = relay.requests();
    expect((await relayed.consume(demands)).admitted).toBe(true);
    expect(relay.requests() - before).toBe(1);
    await Promise.all(Array.from({ length: 40 }, () => relayed.consume(demands)));
    expect(relay.requests() - before).toBeLessThanOrEqual(4);
    await relayed.close();
    await relay.close();
  });

  it('survive a store that waits for a lock: nothing is counted twice, and nothing is lost', async () => {
    const demand = aDemand({ rule: 'locked', limit: 10 });
    await store.consume([demand]);
    const trx = await knex.transaction();
    await trx.raw('SELECT id FROM ?? FOR UPDATE', [TABLE]);
    const verdicts = Promise.all(Array.from({ length: 20 }, () => store.consume([demand])));
    await new Promise((resolve) => setTimeout(resolve, 300));
    await trx.rollback();
    expect((await verdicts).filter(({ admitted }) => admitted)).toHaveLength(9);
  });

  it('are taken for reached later, never earlier, by calls that waited: the clock is read behind the lock', async () => {
    const demand = aDemand({ rule: 'waited', limit: 1, window: { kind: 'rolling', seconds: 1 } });
    await store.consume([demand]);
    const trx = await knex.transaction();
    await trx.raw('SELECT id FROM ?? FOR UPDATE', [TABLE]);
    const waiting = store.consume([demand]);
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    const released = Date.now() * 1_000;
    await trx.rollback();
    const verdict = await waiting;
    expect(verdict.admitted).toBe(true);
    expect(verdict.at).toBeGreaterThan(released - 100_000);
    expect((await store.consume([demand])).admitted).toBe(false);
  });

  it('never deadlock for good when calls name the same limits in opposite orders, from two processes’ stores', async () => {
    const other = mysqlLimitStore({ url: new Secret(database.url), tablePrefix: PREFIX, lanes: 4 });
    const demands = Array.from({ length: 6 }, (_, index) => aDemand({ rule: `crossed ${index}`, limit: 1_000 }));
    const calls = Array.from({ length: 300 }, (_, call) => {
      const rotated = [...demands.slice(call % 6), ...demands.slice(0, call % 6)];
      return (call % 2 === 0 ? store : other).consume(call % 3 === 0 ? rotated.reverse() : rotated);
    });
    const verdicts = await Promise.all(calls);
    expect(verdicts.filter(({ admitted }) => admitted)).toHaveLength(300);
    const { standings } = await store.consume(demands, { peek: true });
    expect(standings.map(({ remaining }) => remaining)).toEqual(demands.map(() => 700));
    await other.close();
  });

  it('keep no name in the clear, and little for each key', async () => {
    await store.consume([aDemand({ rule: 'private', key: '[["ip","4:c0000207"]]', limit: 1_000_000 })]);
    const [rows] = (await knex.raw('SELECT * FROM ??', [TABLE])) as [{ stamps: Buffer }[]];
    expect(JSON.stringify(rows)).not.toContain('c0000207');
    expect(Math.max(...rows.map(({ stamps }) => stamps.length))).toBeLessThanOrEqual(512);
  });

  it('reject, and never admit, when the table is missing or the connection ends', async () => {
    const nowhere = mysqlLimitStore({ url: new Secret(database.url), tablePrefix: "o'the`r_" });
    await expect(nowhere.consume([aDemand()])).rejects.toMatchObject({ errno: 1146 });
    await nowhere.close();
    const relay = await countingRelay(new URL(database.url));
    const cut = mysqlLimitStore({ url: new Secret(relay.url), tablePrefix: PREFIX });
    await cut.consume([aDemand({ rule: 'cut' })]);
    await relay.close();
    await expect(cut.consume([aDemand({ rule: 'cut' })])).rejects.toThrow();
    await cut.close();
  });
});
