import type { Knex } from 'knex';
import type { AgentId, ApprovalId, GrantId, PolicyVersion, WpUserId } from '../kernel/ids.js';
import type { Grant } from './grant.js';
import type { GrantStore } from './grant-store.js';

interface GrantRow {
  id: string;
  approval_id: string;
  agent_id: string;
  tool: string;
  target: string;
  policy_version: number;
  /** Its texts, fixed arguments, the target's status, findings, need and people. */
  scope: string;
  created_at: Date;
  expires_at: Date;
  seal: string;
  revoked_at: Date | null;
  revoked_by_user_id: number | null;
  revoked_by_login: string | null;
  uses: number;
  last_used_at: Date | null;
}

type Scope = Pick<Grant, 'texts' | 'fixed' | 'targetStatus' | 'asks' | 'need' | 'by'>;

function fromRow(row: GrantRow): Grant {
  const by = { userId: (row.revoked_by_user_id ?? 0) as WpUserId, login: row.revoked_by_login ?? '' };
  return {
    id: row.id as GrantId,
    approvalId: row.approval_id as ApprovalId,
    agentId: row.agent_id as AgentId,
    tool: row.tool,
    target: row.target,
    policyVersion: row.policy_version as PolicyVersion,
    ...(JSON.parse(row.scope) as Scope),
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    seal: row.seal,
    revoked: row.revoked_at === null ? null : { at: row.revoked_at, by },
    uses: row.uses,
    lastUsedAt: row.last_used_at,
  };
}

const toRow = (grant: Grant): GrantRow => ({
  id: grant.id,
  approval_id: grant.approvalId,
  agent_id: grant.agentId,
  tool: grant.tool,
  target: grant.target,
  policy_version: grant.policyVersion,
  scope: JSON.stringify({
    texts: grant.texts,
    fixed: grant.fixed,
    targetStatus: grant.targetStatus,
    asks: grant.asks,
    need: grant.need,
    by: grant.by,
  } satisfies Scope),
  created_at: grant.createdAt,
  expires_at: grant.expiresAt,
  seal: grant.seal,
  revoked_at: grant.revoked?.at ?? null,
  revoked_by_user_id: grant.revoked?.by.userId ?? null,
  revoked_by_login: grant.revoked?.by.login ?? null,
  uses: grant.uses,
  last_used_at: grant.lastUsedAt,
});

/** Remembered approvals in the site's database. */
export function mysqlGrantStore(db: Knex, tablePrefix: string): GrantStore {
  const rows = (): Knex.QueryBuilder<GrantRow, GrantRow[]> => db<GrantRow>(`${tablePrefix}ai_agent_approval_grants`);
  const holding = (now: Date): Knex.QueryBuilder<GrantRow, GrantRow[]> =>
    rows().whereNull('revoked_at').where('expires_at', '>', now);
  return {
    async insert(grant) {
      await rows().insert(toRow(grant));
    },
    async get(id) {
      const [row] = await rows().where({ id });
      return row && fromRow(row);
    },
    async forCall({ agentId, tool, target }, now) {
      const found = await holding(now).where({ agent_id: agentId, tool, target }).orderBy('created_at', 'desc');
      return found.map(fromRow);
    },
    async list({ activeAt, limit }) {
      const query = activeAt === undefined ? rows() : holding(activeAt);
      return (await query.orderBy('created_at', 'desc').orderBy('id').limit(limit)).map(fromRow);
    },
    async use(id, at) {
      const changed = await holding(at).where({ id }).increment('uses', 1).update({ last_used_at: at });
      return changed === 1;
    },
    async revoke(id, { at, by: { userId, login } }) {
      const changed = await rows()
        .where({ id })
        .whereNull('revoked_at')
        .update({ revoked_at: at, revoked_by_user_id: userId, revoked_by_login: login });
      return changed === 1;
    },
  };
}
