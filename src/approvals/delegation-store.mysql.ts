import type { Knex } from 'knex';
import type { DelegationId, WpUserId } from '../kernel/ids.js';
import type { Delegation } from './delegation.js';
import type { DelegationStore } from './delegation-store.js';

interface DelegationRow {
  id: string;
  from_user_id: number;
  from_login: string;
  to_user_id: number;
  to_login: string;
  starts_at: Date;
  ends_at: Date;
  note: string | null;
  created_at: Date;
  seal: string;
  revoked_at: Date | null;
  revoked_by_user_id: number | null;
  revoked_by_login: string | null;
}

function fromRow(row: DelegationRow): Delegation {
  const by = { userId: (row.revoked_by_user_id ?? 0) as WpUserId, login: row.revoked_by_login ?? '' };
  return {
    id: row.id as DelegationId,
    from: { userId: row.from_user_id as WpUserId, login: row.from_login },
    to: { userId: row.to_user_id as WpUserId, login: row.to_login },
    startsAt: row.starts_at,
    endsAt: row.ends_at,
    note: row.note,
    createdAt: row.created_at,
    seal: row.seal,
    revoked: row.revoked_at === null ? null : { at: row.revoked_at, by },
  };
}

const toRow = ({ id, from, to, startsAt, endsAt, note, createdAt, seal, revoked }: Delegation): DelegationRow => ({
  id,
  from_user_id: from.userId,
  from_login: from.login,
  to_user_id: to.userId,
  to_login: to.login,
  starts_at: startsAt,
  ends_at: endsAt,
  note,
  created_at: createdAt,
  seal,
  revoked_at: revoked?.at ?? null,
  revoked_by_user_id: revoked?.by.userId ?? null,
  revoked_by_login: revoked?.by.login ?? null,
});

/** Delegations in the site's database. */
export function mysqlDelegationStore(db: Knex, tablePrefix: string): DelegationStore {
  const rows = (): Knex.QueryBuilder<DelegationRow, DelegationRow[]> =>
    db<DelegationRow>(`${tablePrefix}ai_agent_approval_delegations`);
  const holding = (now: Date): Knex.QueryBuilder<DelegationRow, DelegationRow[]> =>
    rows().whereNull('revoked_at').where('starts_at', '<=', now).where('ends_at', '>', now);
  return {
    async insert(delegation) {
      await rows().insert(toRow(delegation));
    },
    async get(id) {
      const [row] = await rows().where({ id });
      return row && fromRow(row);
    },
    async revoke(id, { at, by: { userId, login } }) {
      const changed = await rows()
        .where({ id })
        .whereNull('revoked_at')
        .update({ revoked_at: at, revoked_by_user_id: userId, revoked_by_login: login });
      return changed === 1;
    },
    list: async ({ limit }) => (await rows().orderBy('created_at', 'desc').orderBy('id').limit(limit)).map(fromRow),
    activeFor: async (to, now) => (await holding(now).where({ to_user_id: to }).orderBy('created_at')).map(fromRow),
    active: async (now, limit) => (await holding(now).orderBy('created_at').limit(limit)).map(fromRow),
  };
}
