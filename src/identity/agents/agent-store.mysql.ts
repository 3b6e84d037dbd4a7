import type { Knex } from 'knex';
import { isDuplicateKey } from '../../db/mysql-errors.js';
import type { AgentId, KeyId, WpUserId } from '../../kernel/ids.js';
import type { AgentStore } from './agent-store.js';
import type { Agent, AgentKey, KeyAlgorithm, KeyState } from './agent.js';

interface AgentRow {
  id: string;
  name: string;
  user_id: number;
  state: string;
  direct_use: number;
  created_at: Date;
  updated_at: Date;
}

interface KeyRow {
  id: string;
  agent_id: string;
  algorithm: string;
  state: string;
  sealed_secret: string | null;
  public_key: string | null;
  not_after: Date | null;
  created_at: Date;
  updated_at: Date;
}

/** A state that isn't known is treated as the strictest one, never as active. */
function agentFromRow(row: AgentRow): Agent {
  return {
    id: row.id as AgentId,
    name: row.name,
    userId: row.user_id as WpUserId,
    state: row.state === 'active' ? 'active' : 'suspended',
    directUse: row.direct_use === 1,
    createdAt: row.created_at,
  };
}

function keyFromRow(row: KeyRow): AgentKey {
  const states: readonly KeyState[] = ['pending', 'active', 'retiring', 'revoked'];
  const algorithms: readonly KeyAlgorithm[] = ['hmac-sha256', 'ed25519'];
  const algorithm = algorithms.find((each) => each === row.algorithm);
  if (algorithm === undefined) throw new Error(`key ${row.id}: unknown algorithm`);
  return {
    id: row.id as KeyId,
    agentId: row.agent_id as AgentId,
    algorithm,
    state: states.find((each) => each === row.state) ?? 'revoked',
    ...(row.sealed_secret === null ? {} : { sealedSecret: row.sealed_secret }),
    ...(row.public_key === null ? {} : { publicKey: row.public_key }),
    ...(row.not_after === null ? {} : { notAfter: row.not_after }),
    createdAt: row.created_at,
  };
}

function agentToRow({ id, name, userId, state, directUse, createdAt }: Agent): AgentRow {
  const times = { created_at: createdAt, updated_at: createdAt };
  return { id, name, user_id: userId, state, direct_use: directUse ? 1 : 0, ...times };
}

function keyToRow(key: AgentKey): KeyRow {
  return {
    id: key.id,
    agent_id: key.agentId,
    algorithm: key.algorithm,
    state: key.state,
    sealed_secret: key.sealedSecret ?? null,
    public_key: key.publicKey ?? null,
    not_after: key.notAfter ?? null,
    created_at: key.createdAt,
    updated_at: key.createdAt,
  };
}

export function mysqlAgentStore(knex: Knex, tablePrefix: string): AgentStore {
  const agents = `${tablePrefix}ai_agent_agents`;
  const keys = `${tablePrefix}ai_agent_keys`;
  const one = async (where: Partial<AgentRow>): Promise<Agent | undefined> => {
    const row = await knex<AgentRow>(agents).where(where).first();
    return row === undefined ? undefined : agentFromRow(row);
  };
  const keysOf = async (agentId: AgentId): Promise<readonly AgentKey[]> => {
    const rows = await knex<KeyRow>(keys).where({ agent_id: agentId }).orderBy('created_at').orderBy('id').limit(1_000);
    return rows.map(keyFromRow);
  };
  return {
    async insert(agent) {
      try {
        await knex<AgentRow>(agents).insert(agentToRow(agent));
        return true;
      } catch (error) {
        if (isDuplicateKey(error)) return false;
        throw error;
      }
    },
    async insertKey(key) {
      await knex<KeyRow>(keys).insert(keyToRow(key));
    },
    get: (id) => one({ id }),
    byUser: (userId) => one({ user_id: userId }),
    async list() {
      return (await knex<AgentRow>(agents).orderBy('created_at').limit(1_000)).map(agentFromRow);
    },
    async update(id, { name, state, directUse }, at) {
      const changed = await knex<AgentRow>(agents)
        .where({ id })
        .update({
          ...(name === undefined ? {} : { name }),
          ...(state === undefined ? {} : { state }),
          ...(directUse === undefined ? {} : { direct_use: directUse ? 1 : 0 }),
          updated_at: at,
        });
      return changed === 1;
    },
    async remove(id) {
      await knex<KeyRow>(keys).where({ agent_id: id }).delete();
      return (await knex<AgentRow>(agents).where({ id }).delete()) === 1;
    },
    async lockKeys(agentId) {
      // The agent's row stands for all of its keys, also for one that isn't there yet.
      await knex<AgentRow>(agents).where({ id: agentId }).forUpdate().first();
      return keysOf(agentId);
    },
    keysOf,
    async setKeyState(id, { state, notAfter, at }) {
      await knex<KeyRow>(keys).where({ id }).update({ state, not_after: notAfter, updated_at: at });
    },
    key: (id) => keyWithAgent(knex, { agents, keys }, id),
  };
}

/** Both asked at once, so that they can travel together; what was changed in between is refused, not mixed. */
async function keyWithAgent(
  knex: Knex,
  { agents, keys }: { readonly agents: string; readonly keys: string },
  id: KeyId,
): ReturnType<AgentStore['key']> {
  const owner = knex<KeyRow>(keys).select('agent_id').where({ id });
  const [key, agent] = await Promise.all([
    knex<KeyRow>(keys).where({ id }).first(),
    knex<AgentRow>(agents).where('id', owner).first(),
  ]);
  if (key === undefined || agent === undefined || agent.id !== key.agent_id) return undefined;
  return { key: keyFromRow(key), agent: agentFromRow(agent) };
}
