import type { Knex } from 'knex';
import type { AgentId } from '../kernel/ids.js';
import type { ReadNames } from './names.js';
import type { WordPressTables } from './wordpress-users/index.js';

const different = <T>(ids: readonly (T | null)[]): readonly T[] => [
  ...new Set(ids.flatMap((id) => (id === null ? [] : [id]))),
];

export function mysqlNames(deps: {
  readonly db: Knex;
  readonly tablePrefix: string;
  readonly tables: Pick<WordPressTables, 'users'>;
}): ReadNames {
  const { db, tablePrefix, tables } = deps;
  return async (whom) => {
    const agentIds = different(whom.map(({ agentId }) => agentId));
    const userIds = different(whom.map(({ userId }) => userId));
    const [agents, logins] = await Promise.all([
      db
        .from(`${tablePrefix}ai_agent_agents`)
        .select<{ id: AgentId; name: string }[]>(['id', 'name'])
        .whereIn('id', agentIds),
      db
        .from(tables.users)
        .select<{ id: unknown; login: string }[]>({ id: 'ID', login: 'user_login' })
        .whereIn('ID', userIds),
    ]);
    const byId = new Map<number, string>(logins.map(({ id, login }) => [Number(id), login]));
    return {
      agents: new Map(agents.map(({ id, name }) => [id, name])),
      users: new Map(
        userIds.flatMap((id) => {
          const login = byId.get(id);
          return login === undefined ? [] : [[id, login] as const];
        }),
      ),
    };
  };
}
