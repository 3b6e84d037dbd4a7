import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Knex } from 'knex';
import { connect } from '../../src/db/connect.js';
import { makeInTransaction } from '../../src/db/in-transaction.js';
import { migrate } from '../../src/db/migrate.js';
import { OPERATOR } from '../../src/audit/audit-entry.js';
import { mysqlAuditLog } from '../../src/audit/audit-log.mysql.js';
import { mysqlAuditReader } from '../../src/audit/audit-reader.mysql.js';
import { Secret } from '../../src/kernel/secret.js';
import { makeSavePolicy } from '../../src/policy-versions/save-policy.js';
import { mysqlPolicyStore } from '../../src/policy-versions/policy-store.mysql.js';
import type { PolicyStores } from '../../src/policy-versions/stores.js';
import { createDatabase, type TestDatabase } from '../support/stack.js';
import { policyStoreContract } from './policy-store.contract.js';

const PREFIX = 'wp_';
const TABLES = ['ai_agent_policies', 'ai_agent_policy_activations', 'ai_agent_audit_log', 'ai_agent_audit_head'];
const DOCUMENT = '{ "formatVersion": 1 }';

let database: TestDatabase;
let db: Knex;

const empty = async (): Promise<void> => {
  for (const table of TABLES) await db(PREFIX + table).delete();
};
const salt = (count: number): Uint8Array => new Uint8Array(count).fill(7);
const storesOf = (trx: Knex): PolicyStores => ({
  policies: mysqlPolicyStore(trx, PREFIX),
  audit: mysqlAuditLog(trx, PREFIX, salt),
});

beforeAll(async () => {
  database = await createDatabase();
  db = connect({ url: new Secret(database.url), tablePrefix: PREFIX, poolSize: 8 });
  await migrate(db, PREFIX);
}, 90_000);

afterAll(async () => {
  await db.destroy();
  await database.drop();
});

policyStoreContract('MariaDB', async () => {
  await empty();
  return mysqlPolicyStore(db, PREFIX);
});

describe('policies in MariaDB', () => {
  const at = new Date('2026-11-22T20:00:00.125Z');
  const save = (inTransaction = makeInTransaction(db, storesOf)) =>
    makeSavePolicy({
      inTransaction,
      clock: { now: () => at },
      knownTools: [],
      termLists: () => Promise.resolve(new Map()),
    });

  it('one of many authors who start from the same version wins, the others are told that it is stale', async () => {
    await empty();
    const attempts = Array.from({ length: 12 }, (_, index) =>
      save()({ document: DOCUMENT, note: `author ${index}`, baseVersion: null, actor: OPERATOR, activate: true }),
    );
    const outcomes = await Promise.allSettled(attempts);
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const outcome of outcomes) {
      if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ code: 'policy_base_stale' });
    }
    const entries = await mysqlAuditReader(db, PREFIX).list({ kind: 'policy' }, { limit: 50 });
    expect(entries.map(({ kind }) => kind).sort()).toEqual(['policy.activated', 'policy.saved']);
    expect(await mysqlPolicyStore(db, PREFIX).list({ limit: 50 })).toHaveLength(1);
  });

  it('a version whose audit entry cannot be written is not stored', async () => {
    await empty();
    const failing = makeInTransaction(db, (trx) => ({
      ...storesOf(trx),
      audit: { append: () => Promise.reject(new Error('the log is full')) },
    }));
    const input = { document: DOCUMENT, note: '', actor: OPERATOR, activate: true };
    await expect(save(failing)(input)).rejects.toThrow('the log is full');
    expect(await mysqlPolicyStore(db, PREFIX).newest()).toBeUndefined();
    expect(await mysqlPolicyStore(db, PREFIX).active()).toBeUndefined();
  });

  it('the reply to a failed insertion is the error itself, unless the version was taken', async () => {
    const tooLong = { version: 1, at, author: 0, note: 'n'.repeat(501), sha256: 'a'.repeat(64), document: DOCUMENT };
    await expect(mysqlPolicyStore(db, PREFIX).insert(tooLong as never)).rejects.toMatchObject({ errno: 1406 });
  });
});
