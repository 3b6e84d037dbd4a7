import type { Knex } from 'knex';
import type { Measured, Reading } from './reading.js';

/** Counts grouped by a column, each with the column's value as label. */
async function byState(knex: Knex, table: string, states: readonly string[]): Promise<ReadonlyMap<string, number>> {
  const rows = await knex<{ state: string }>(table)
    .select<{ state: string; count: number | string }[]>('state', knex.raw('COUNT(*) AS count'))
    .whereIn('state', [...states])
    .groupBy('state');
  return new Map(rows.map(({ state, count }) => [state, Number(count)]));
}

const AGENT_STATES = ['active', 'suspended'];
const KEY_STATES = ['pending', 'active', 'retiring'];
const OPEN_CALLS = ['running', 'unknown'];

/** What the site's tables tell at a scrape; every question is answered from an index and a few rows. */
export function mysqlSiteReadings(knex: Knex, tablePrefix: string): readonly Reading[] {
  const table = (name: string): string => `${tablePrefix}ai_agent_${name}`;
  const states = (
    gauge: 'chaperone_agents' | 'chaperone_keys' | 'chaperone_calls',
    name: string,
    known: readonly string[],
  ) => ({
    name,
    read: async (): Promise<readonly Measured[]> => {
      const counts = await byState(knex, table(name), known);
      return known.map((state) => ({ gauge, value: counts.get(state) ?? 0, labels: { state } }));
    },
  });
  const age = async (from: string, column: string, state: string): Promise<{ count: number; seconds: number }> => {
    const [row] = await knex(table(from))
      .where({ state })
      .select<{ count: number | string; seconds: number | string | null }[]>(
        knex.raw('COUNT(*) AS count'),
        knex.raw('TIMESTAMPDIFF(SECOND, MIN(??), UTC_TIMESTAMP(6)) AS seconds', [column]),
      );
    return { count: Number(row?.count ?? 0), seconds: Math.max(0, Number(row?.seconds ?? 0)) };
  };
  return [
    states('chaperone_agents', 'agents', AGENT_STATES),
    states('chaperone_keys', 'keys', KEY_STATES),
    states('chaperone_calls', 'calls', OPEN_CALLS),
    {
      name: 'approvals',
      read: async () => {
        const { count, seconds } = await age('approvals', 'created_at', 'pending');
        return [
          { gauge: 'chaperone_approvals_waiting', value: count },
          { gauge: 'chaperone_approvals_oldest_seconds', value: seconds },
        ];
      },
    },
    {
      name: 'key age',
      read: async () => [
        { gauge: 'chaperone_key_age_seconds', value: (await age('keys', 'created_at', 'active')).seconds },
      ],
    },
  ];
}
