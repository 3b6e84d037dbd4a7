import { afterAll, beforeAll } from '@jest/globals';
import type { Knex } from 'knex';
import { connect } from '../../src/db/connect.js';
import { migrate } from '../../src/db/migrate.js';
import { mysqlIdentityStore } from '../../src/identity/identities/identity-store.mysql.js';
import { Secret } from '../../src/kernel/secret.js';
import { createDatabase, type TestDatabase } from '../support/stack.js';
import { identityStoreContract } from './identity-store.contract.js';

const PREFIX = 'wp_';
let database: TestDatabase;
let db: Knex;

beforeAll(async () => {
  database = await createDatabase();
  db = connect({ url: new Secret(database.url), tablePrefix: PREFIX, poolSize: 4 });
  await migrate(db, PREFIX);
}, 90_000);

afterAll(async () => {
  await db.destroy();
  await database.drop();
});

identityStoreContract('MariaDB', async () => {
  await db(`${PREFIX}ai_agent_identities`).delete();
  return mysqlIdentityStore(db, PREFIX);
});
