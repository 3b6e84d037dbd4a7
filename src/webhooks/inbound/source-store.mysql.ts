import type { Knex } from 'knex';
import { isDuplicateKey } from '../../db/mysql-errors.js';
import type { AgentId } from '../../kernel/ids.js';
import type { Mapping } from './mapping.js';
import type { SourceName, WebhookSource } from './source.js';
import type { SourceStore } from './source-store.js';

interface SourceRow {
  name: string;
  agent_id: string;
  tool: string;
  mapping: string;
  description: string;
  state: string;
  created_at: Date;
  updated_at: Date;
}

const MOST_SOURCES = 1_000;

/** A state that nobody wrote is treated as the strictest one. */
const fromRow = (row: SourceRow): WebhookSource => ({
  name: row.name as SourceName,
  agentId: row.agent_id as AgentId,
  tool: row.tool,
  mapping: JSON.parse(row.mapping) as Mapping,
  description: row.description,
  state: row.state === 'active' ? 'active' : 'paused',
  createdAt: row.created_at,
  updatedAt: row.updated_at,
});

export function mysqlSourceStore(db: Knex, tablePrefix: string): SourceStore {
  const sources = (): Knex.QueryBuilder<SourceRow, SourceRow[]> =>
    db<SourceRow>(`${tablePrefix}ai_agent_webhook_sources`);
  const first = async (query: Knex.QueryBuilder<SourceRow, SourceRow[]>): Promise<WebhookSource | undefined> => {
    const [row] = await query;
    return row === undefined ? undefined : fromRow(row);
  };
  return {
    async insert({ name, agentId, tool, mapping, description, state, createdAt, updatedAt }) {
      try {
        await sources().insert({
          name,
          agent_id: agentId,
          tool,
          mapping: JSON.stringify(mapping),
          description,
          state,
          created_at: createdAt,
          updated_at: updatedAt,
        });
        return true;
      } catch (error) {
        if (isDuplicateKey(error)) return false;
        throw error;
      }
    },
    get: (name) => first(sources().where({ name })),
    lock: (name) => first(sources().where({ name }).forUpdate()),
    async list() {
      return (await sources().orderBy('name').limit(MOST_SOURCES)).map(fromRow);
    },
    async update(name, { mapping, ...plain }, at) {
      await sources()
        .where({ name })
        .update({ ...plain, ...(mapping === undefined ? {} : { mapping: JSON.stringify(mapping) }), updated_at: at });
    },
    async remove(name) {
      await sources().where({ name }).delete();
    },
  };
}
