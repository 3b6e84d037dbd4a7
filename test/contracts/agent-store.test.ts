import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Knex } from 'knex';
import { connect } from '../../src/db/connect.js';
import { migrate } from '../../src/db/migrate.js';
import { mysqlAgentStore } from '../../src/identity/agents/agent-store.mysql.js';
import type { KeyId } from '../../src/kernel/ids.js';
import { Secret } from '../../src/kernel/secret.js';
import { agentOf } from '../support/audit-entries.js';
import { createDatabase, type TestDatabase } from '../support/stack.js';
import { agentStoreContract, aKey, anAgent } from './agent-store.contract.js';

const PREFIX = 'wp_';
let database: TestDatabase;
let db: Knex;
const empty = async (): Promise<void> => {
  for (const table of ['ai_agent_agents', 'ai_agent_keys']) await db(PREFIX + table).delete();
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

agentStoreContract('MariaDB', async () => {
  await empty();
  return mysqlAgentStore(db, PREFIX);
});

describe('agents in MariaDB', () => {
  it('takes a state that it does not know for the strictest one', async () => {
    await empty();
    const store = mysqlAgentStore(db, PREFIX);
    await store.insert(anAgent('a'));
    await store.insertKey(aKey('key_a'));
    for (const state of ['Active', 'activated', '', 'ACTIVE']) {
      await db(`${PREFIX}ai_agent_agents`).update({ state });
      await db(`${PREFIX}ai_agent_keys`).update({ state });
      expect(await store.get(agentOf('a'))).toMatchObject({ state: 'suspended' });
      expect(await store.key('key_a' as KeyId)).toMatchObject({ key: { state: 'revoked' } });
    }
    await db(`${PREFIX}ai_agent_keys`).update({ algorithm: 'none' });
    await expect(store.key('key_a' as KeyId)).rejects.toThrow('unknown algorithm');
  });
});
