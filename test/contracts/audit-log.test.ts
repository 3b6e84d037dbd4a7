import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Knex } from 'knex';
import { mysqlAuditLog, mysqlAuditReader } from '../../src/audit/audit-log.mysql.js';
import { connect } from '../../src/db/connect.js';
import { makeInTransaction } from '../../src/db/in-transaction.js';
import { migrate } from '../../src/db/migrate.js';
import { Secret } from '../../src/kernel/secret.js';
import { fullEntry } from '../support/audit-entries.js';
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
