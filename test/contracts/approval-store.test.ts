import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Knex } from 'knex';
import { mysqlApprovalStore } from '../../src/approvals/approval-store.mysql.js';
import { mysqlDelegationStore } from '../../src/approvals/delegation-store.mysql.js';
import { mysqlGrantStore } from '../../src/approvals/grant-store.mysql.js';
import { connect } from '../../src/db/connect.js';
import { migrate } from '../../src/db/migrate.js';
import { Secret } from '../../src/kernel/secret.js';
import { after, anApproval } from '../support/approvals.js';
import { createDatabase, type TestDatabase } from '../support/stack.js';
import { delegationStoreContract, grantStoreContract } from './approval-powers.contract.js';
import { approvalStoreContract } from './approval-store.contract.js';

const PREFIX = 'wp_';
let database: TestDatabase;
let db: Knex;

const empty = async (): Promise<void> => {
  const own = ['approvals', 'approval_votes', 'approval_delegations', 'approval_grants'];
  for (const table of own) await db(`${PREFIX}ai_agent_${table}`).delete();
};

beforeAll(async () => {
  database = await createDatabase();
  db = connect({ url: new Secret(database.url), tablePrefix: PREFIX, poolSize: 8 });
  await migrate(db, PREFIX);
}, 90_000);

afterAll(async () => {
  await db.destroy();
  await database.drop();
});

approvalStoreContract('MariaDB', async () => {
  await empty();
  return mysqlApprovalStore(db, PREFIX);
});

delegationStoreContract('MariaDB', async () => {
  await empty();
  return mysqlDelegationStore(db, PREFIX);
});

grantStoreContract('MariaDB', async () => {
  await empty();
  return mysqlGrantStore(db, PREFIX);
});

describe('approvals in MariaDB', () => {
  it('lists a page of a thousand, with long texts, in well under a second', async () => {
    await empty();
    const store = mysqlApprovalStore(db, PREFIX);
    const long = { content: 'x'.repeat(20_000) };
    for (let number = 1; number <= 1_000; number += 1)
      await store.insert(anApproval({ proposed: long, effective: long, before: long }, number));
    const began = performance.now();
    const page = await store.list({ status: 'pending', limit: 100, now: after(1) });
    const took = performance.now() - began;
    process.stdout.write(`approvals: the first 100 of 1,000 in ${took.toFixed(1)} ms\n`);
    expect(page).toHaveLength(100);
    expect(took).toBeLessThan(1_000);
  });
});
