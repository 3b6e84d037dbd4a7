import type { Knex } from 'knex';
import { isDuplicateKey } from '../../db/mysql-errors.js';
import type { AgentId, KeyId } from '../../kernel/ids.js';
import {
  agentFromRow,
  agentToRow,
  changesToRow,
  keyFromRow,
  keyToRow,
  type AgentRow,
  type KeyRow,
} from './agent-row.js';
import type { AgentStore } from './agent-store.js';
import type { Agent, AgentKey } from './agent.js';

export function mysqlAgentStore(knex: Knex, tablePrefix: string): AgentStore {
  const agents = `${tablePrefix}ai_agent_agents`;
  const keys = `${tablePrefix}ai_agent_keys`;
  const one = async (where: Partial<AgentRow>): Promise<Agent | undefined> => {
    const row = await knex<AgentRow>(agents).where(where).first();
    return row === undefined ? undefined : agentFromRow(row);
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
    get: (id) => one({ id }),
    byUser: (userId) => one({ user_id: userId }),
    async list({ after, limit }) {
      const query = knex<AgentRow>(agents).orderBy('created_at').orderBy('id').limit(limit);
      if (after !== undefined) {
        void query.whereRaw('(created_at, id) > (SELECT made.created_at, made.id FROM ?? AS made WHERE made.id = ?)', [
          agents,
          after,
        ]);
      }
      return (await query).map(agentFromRow);
    },
    async update(id, changes, at) {
      const row = { ...changesToRow(changes), updated_at: at };
      return (await knex<AgentRow>(agents).where({ id }).update(row)) === 1;
    },
    async remove(id) {
      await knex<KeyRow>(keys).where({ agent_id: id }).delete();
      return (await knex<AgentRow>(agents).where({ id }).delete()) === 1;
    },
    ...keyStore(knex, { agents, keys }),
  };
}

type KeyMethods = 'insertKey' | 'lockKeys' | 'keysOf' | 'setKeyState' | 'key' | 'noteUses' | 'eraseEnded';

function keyStore(
  knex: Knex,
  { agents, keys }: { readonly agents: string; readonly keys: string },
): Pick<AgentStore, KeyMethods> {
  const keysOf = async (agentId: AgentId): Promise<readonly AgentKey[]> => {
    const rows = await knex<KeyRow>(keys).where({ agent_id: agentId }).orderBy('created_at').orderBy('id').limit(1_000);
    return rows.map(keyFromRow);
  };
  return {
    async insertKey(key) {
      await knex<KeyRow>(keys).insert(keyToRow(key));
    },
    async lockKeys(agentId) {
      // The agent's row stands for all of its keys, also for one that isn't there yet.
      await knex<AgentRow>(agents).where({ id: agentId }).forUpdate().first();
      return keysOf(agentId);
    },
    keysOf,
    async setKeyState(id, { state, notAfter, at }) {
      const erased = state === 'revoked' ? { sealed_secret: null } : {};
      await knex<KeyRow>(keys)
        .where({ id })
        .update({ state, not_after: notAfter, updated_at: at, ...erased });
    },
    key: (id) => keyWithAgent(knex, { agents, keys }, id),
    eraseEnded: (at) =>
      knex<KeyRow>(keys)
        .whereNotNull('sealed_secret')
        .where((either) => {
          void either
            .where((retired) => void retired.where({ state: 'retiring' }).where('not_after', '<=', at))
            .orWhere('expires_at', '<=', at);
        })
        .update({ sealed_secret: null, updated_at: at }),
    async noteUses(uses) {
      for (const { id, lastUsedAt, retiringUses } of uses) {
        await knex.raw(
          'UPDATE ?? SET retiring_uses = retiring_uses + ?, last_used_at = GREATEST(COALESCE(last_used_at, ?), ?) WHERE id = ?',
          [keys, retiringUses, lastUsedAt, lastUsedAt, id],
        );
      }
    },
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
