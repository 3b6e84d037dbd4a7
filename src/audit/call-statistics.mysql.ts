import type { Knex } from 'knex';
import type { AgentId } from '../kernel/ids.js';
import type { Verdict } from './audit-entry.js';
import type { CallStatistics, DecisionCount } from './call-statistics.js';

interface CountRow {
  slice: number;
  agent_id: string | null;
  tool: string | null;
  verdict: string | null;
  code: string | null;
  n: number;
}

const VERDICTS: readonly string[] = ['allow', 'ask', 'deny'] satisfies readonly Verdict[];

/** Sums over the index that holds kind, time and what is summed, so that no row of the log itself is read. */
export function mysqlCallStatistics(knex: Knex, tablePrefix: string): CallStatistics {
  const log = `${tablePrefix}ai_agent_audit_log`;
  const within = (kind: string, from: Date, to: Date): Knex.QueryBuilder =>
    knex(log).where({ kind }).where('ts', '>=', from).where('ts', '<', to);
  return {
    async decisions({ from, to, sliceSeconds }) {
      const slice = knex.raw('TIMESTAMPDIFF(SECOND, ?, ts) DIV ? AS slice', [from, sliceSeconds]);
      const rows = await within('call.decision', from, to)
        .select(slice, 'agent_id', 'tool', 'verdict', 'code')
        .count<CountRow[]>({ n: '*' })
        .groupBy('slice', 'agent_id', 'tool', 'verdict', 'code');
      return rows.flatMap(countFromRow);
    },
    async outcomes({ from, to }) {
      const rows = await within('call.outcome', from, to)
        .select('outcome')
        .count<{ outcome: string | null; n: number }[]>({ n: '*' })
        .groupBy('outcome');
      return Object.fromEntries(rows.flatMap(({ outcome, n }) => (outcome === null ? [] : [[outcome, n]])));
    },
  };
}

/** A row that the log never writes counts for nothing; verifying the log names it. */
function countFromRow({ slice, agent_id: agentId, tool, verdict, code, n: count }: CountRow): readonly DecisionCount[] {
  if (verdict === null || !VERDICTS.includes(verdict)) return [];
  return [{ slice, agentId: agentId as AgentId | null, tool, verdict: verdict as Verdict, code, count }];
}
