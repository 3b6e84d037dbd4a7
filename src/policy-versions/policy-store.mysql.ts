import type { Knex } from 'knex';
import { isDuplicateKey } from '../db/mysql-errors.js';
import type { PolicyVersion } from '../kernel/ids.js';
import type { Activation, PolicyStore, PolicySummary, StoredPolicy } from './policy-store.js';

interface ActivationRow {
  readonly version: number;
  readonly ts: Date;
  readonly author: number;
  readonly note: string;
}

interface SummaryRow extends ActivationRow {
  readonly sha256: string;
}

interface PolicyRow extends SummaryRow {
  readonly doc: string;
}

const ACTIVATION = ['version', 'ts', 'author', 'note'] as const satisfies readonly (keyof ActivationRow)[];
const SUMMARY = [...ACTIVATION, 'sha256'] as const satisfies readonly (keyof SummaryRow)[];
const POLICY = [...SUMMARY, 'doc'] as const satisfies readonly (keyof PolicyRow)[];

function activationFromRow({ version, ts, author, note }: ActivationRow): Activation {
  return { version: version as PolicyVersion, at: ts, author, note };
}

function summaryFromRow(row: SummaryRow): PolicySummary {
  return { ...activationFromRow(row), sha256: row.sha256 };
}

function policyToRow({ version, at, author, note, sha256, document }: StoredPolicy): PolicyRow {
  return { version, ts: at, author, note, sha256, doc: document };
}

/** Versions in the site's database. `db` may be a transaction; then everything happens in it. */
export function mysqlPolicyStore(db: Knex, tablePrefix: string): PolicyStore {
  const policies = `${tablePrefix}ai_agent_policies`;
  const activations = `${tablePrefix}ai_agent_policy_activations`;
  const summaries = (): Knex.QueryBuilder<SummaryRow, SummaryRow[]> =>
    db<SummaryRow>(policies).select<SummaryRow[]>(SUMMARY).orderBy('version', 'desc');
  const newestActivations = (limit: number): Knex.QueryBuilder<ActivationRow, ActivationRow[]> =>
    db<ActivationRow>(activations).select<ActivationRow[]>(ACTIVATION).orderBy('id', 'desc').limit(limit);
  return {
    async newest() {
      const [row] = await summaries().limit(1);
      return row && summaryFromRow(row);
    },
    async get(version) {
      const [row] = await db<PolicyRow>(policies).select<PolicyRow[]>(POLICY).where({ version }).limit(1);
      return row && { ...summaryFromRow(row), document: row.doc };
    },
    async list({ before, limit }) {
      const query = summaries().limit(limit);
      if (before !== undefined) void query.where('version', '<', before);
      return (await query).map(summaryFromRow);
    },
    async insert(policy) {
      try {
        await db<PolicyRow>(policies).insert(policyToRow(policy));
        return true;
      } catch (error) {
        if (isDuplicateKey(error)) return false;
        throw error;
      }
    },
    async activate({ version, at, author, note }) {
      await db<ActivationRow>(activations).insert({ version, ts: at, author, note });
    },
    async active() {
      const [row] = await newestActivations(1);
      return row && (row.version as PolicyVersion);
    },
    async activations(limit) {
      return (await newestActivations(limit)).map(activationFromRow);
    },
  };
}
