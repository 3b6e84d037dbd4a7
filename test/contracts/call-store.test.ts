import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Knex } from 'knex';
import { connect } from '../../src/db/connect.js';
import { migrate } from '../../src/db/migrate.js';
import { mysqlCallStore } from '../../src/execution/call-store.mysql.js';
import { Secret } from '../../src/kernel/secret.js';
import { createDatabase, type TestDatabase } from '../support/stack.js';
import { aCall, callStoreContract } from './call-store.contract.js';

const PREFIX = 'wp_';
let database: TestDatabase;
let db: Knex;

beforeAll(async () => {
  database = await createDatabase();
  db = connect({ url: new Secret(database.url), tablePrefix: PREFIX, poolSize: 8 });
  await migrate(db, PREFIX);
}, 90_000);

afterAll(async () => {
  await db.destroy();
  await database.drop();
});

const empty = async () => {
  await db(`${PREFIX}ai_agent_calls`).delete();
  return mysqlCallStore(db, PREFIX);
};

callStoreContract('MariaDB', empty);

describe('calls in MariaDB', () => {
  it('of twenty that bring one idempotency key at once, one is taken', async () => {
    const store = await empty();
    const taken = await Promise.all(Array.from({ length: 20 }, () => store.insert(aCall({ idempotencyKey: 'race' }))));
    expect(taken.filter(Boolean)).toHaveLength(1);
  });

  it('of ten that end one call at once, one does', async () => {
    const store = await empty();
    const call = aCall();
    await store.insert(call);
    const end = { state: 'succeeded', answer: { status: 200, body: {} }, at: new Date(call.updatedAt) } as const;
    const ended = await Promise.all(Array.from({ length: 10 }, () => store.finish(call.id, end)));
    expect(ended.filter(Boolean)).toHaveLength(1);
  });

  it('refuses to read a row in a state that nobody wrote', async () => {
    const store = await empty();
    const call = aCall();
    await store.insert(call);
    await db(`${PREFIX}ai_agent_calls`).where({ id: call.id }).update({ state: 'perhaps' });
    await expect(store.get(call.id)).rejects.toThrow('unknown state');
  });

  it('a row that does not fit is the database’s error, not a taken key', async () => {
    const store = await empty();
    await expect(store.insert(aCall({ tool: 't'.repeat(65) }))).rejects.toMatchObject({ errno: 1406 });
  });
});
