import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Knex } from 'knex';
import { mysqlAuditLog } from '../../src/audit/audit-log.mysql.js';
import { mysqlAuditReader } from '../../src/audit/audit-reader.mysql.js';
import { connect } from '../../src/db/connect.js';
import { makeInTransaction } from '../../src/db/in-transaction.js';
import { migrate } from '../../src/db/migrate.js';
import { Secret } from '../../src/kernel/secret.js';
import { fullEntry, minute } from '../support/audit-entries.js';
import { createDatabase, type TestDatabase } from '../support/stack.js';
import { auditLogContract } from './audit-log.contract.js';

const PREFIX = 'wp_';
const TABLES = ['ai_agent_audit_log', 'ai_agent_audit_head'];

let database: TestDatabase;
let db: Knex;
const storesOf = (trx: Knex) => ({ audit: mysqlAuditLog(trx, PREFIX, (count) => randomBytes(count)) });
const empty = async (): Promise<void> => {
  for (const table of TABLES) await db(PREFIX + table).delete();
};

/** Entries of these minutes, in one transaction. */
const append = (...minutes: number[]): Promise<unknown> =>
  makeInTransaction(db, storesOf)(({ audit }) => audit.append(minutes.map((each) => fullEntry({ at: minute(each) }))));

beforeAll(async () => {
  database = await createDatabase();
  db = connect({ url: new Secret(database.url), tablePrefix: PREFIX, poolSize: 4 });
  await migrate(db, PREFIX);
}, 90_000);

afterAll(async () => {
  await db.destroy();
  await database.drop();
});

auditLogContract('MariaDB', async () => {
  await empty();
  return { inTransaction: makeInTransaction(db, storesOf), reader: mysqlAuditReader(db, PREFIX) };
});

describe('the audit log in MariaDB', () => {
  it('goes away with whatever else the transaction wrote, in both directions', async () => {
    await empty();
    const both = makeInTransaction(db, (trx) => ({ ...storesOf(trx), trx }))(async ({ audit, trx }) => {
      await audit.append([fullEntry()]);
      await trx(`${PREFIX}ai_agent_nonces`).insert({
        key_id: 'k',
        nonce_hash: Buffer.alloc(33),
        expires_at: new Date(),
      });
    });
    await expect(both).rejects.toMatchObject({ errno: 1406 });
    expect(await db(`${PREFIX}ai_agent_audit_log`)).toEqual([]);
  });

  it('remembers by how much instants lay before earlier ones, and looks at every entry where that isn’t known', async () => {
    await empty();
    const lag = async (): Promise<unknown> => db(`${PREFIX}ai_agent_audit_head`).pluck('lag_us');
    await append(10);
    expect(await lag()).toEqual([0]);
    await append(7, 12);
    expect(await lag()).toEqual([3 * 60_000_000]);
    await append(11);
    expect(await lag()).toEqual([3 * 60_000_000]);
    const idsBefore = async (at: number): Promise<number[]> =>
      (await mysqlAuditReader(db, PREFIX).list({ to: minute(at) }, { limit: 9 })).map(({ id }) => id);
    // Somebody who knows nothing of the lag appends, as an older sidecar does.
    const head = () => db(`${PREFIX}ai_agent_audit_head`);
    const [kept] = (await head().select('lag_us', 'lag_height', 'latest')) as [object];
    await append(1);
    await head().update(kept);
    expect(await idsBefore(10)).toEqual([5, 2]);
    await append(20);
    expect(await lag()).toEqual([null]);
    expect(await idsBefore(10)).toEqual([5, 2]);
  });

  it('bounds in time hold though an entry of long ago is appended while they are looked up', async () => {
    await empty();
    await append(0, 10, 20, 30, 40);
    const slow = connect({ url: new Secret(database.url), tablePrefix: PREFIX, poolSize: 1 });
    const client = slow.client as { query: (...all: unknown[]) => Promise<{ sql: string }> };
    const query = client.query.bind(client);
    let isFirst = true;
    client.query = async (...all) => {
      const answered = await query(...all);
      if (isFirst && answered.sql.includes('audit_head')) {
        isFirst = false;
        await append(14);
      }
      return answered;
    };
    const found = await mysqlAuditReader(slow, PREFIX).list({ from: minute(15) }, { limit: 9 });
    expect(isFirst).toBe(false);
    expect(found.map(({ id }) => id)).toEqual([5, 4, 3]);
    await slow.destroy();
  });

  it('refuses to go on from a head that it never had', async () => {
    await empty();
    await db(`${PREFIX}ai_agent_audit_head`).insert({ id: 1, height: '18446744073709551615', hash: 'f'.repeat(64) });
    const append = makeInTransaction(db, storesOf)(({ audit }) => audit.append([fullEntry()]));
    await expect(append).rejects.toThrow('head of the audit log');
    expect(await db(`${PREFIX}ai_agent_audit_log`)).toEqual([]);
  });

  it('refuses an entry where one stands already', async () => {
    await empty();
    const append = () => makeInTransaction(db, storesOf)(({ audit }) => audit.append([fullEntry()]));
    await append();
    await db(`${PREFIX}ai_agent_audit_head`).delete();
    await expect(append()).rejects.toMatchObject({ errno: 1062 });
  });
});
