import type { Knex } from 'knex';
import type { AuditEntryId, WpUserId } from '../kernel/ids.js';
import { PROVING_KINDS, type RemovalStore } from './removals.js';

const ERASED = { salt: null, ip: null, findings: null, arguments: null, detail: null };

interface Row {
  id: AuditEntryId;
  kind: string;
  user_id: number | null;
  salt: string | null;
  detail: string | null;
}

export function mysqlRemovalStore(knex: Knex, tablePrefix: string): RemovalStore {
  const log = `${tablePrefix}ai_agent_audit_log`;
  const whole = (): Knex.QueryBuilder<Row, Row[]> =>
    knex<Row>(log)
      .whereNotNull('salt')
      .whereNotIn('kind', [...PROVING_KINDS]);
  return {
    async countOfUser(userId, upTo) {
      const [row] = await whole().where({ user_id: userId }).where('id', '<=', upTo).count<{ n: number }[]>({ n: '*' });
      return row?.n ?? 0;
    },
    async ofUser(userId, { after, upTo, limit }) {
      const rows = await whole()
        .where({ user_id: userId })
        .where('id', '>', after)
        .where('id', '<=', upTo)
        .orderBy('id')
        .limit(limit)
        .select('id');
      return rows.map(({ id }) => id);
    },
    async naming(userId: WpUserId, limit) {
      // Canonical JSON: members in order, no spaces, so the text of the member can be looked for.
      const rows = await whole()
        .where({ kind: 'approval.dropped' })
        .where('detail', 'like', `%"userId":${userId},%`)
        .limit(limit)
        .select('id');
      return rows.map(({ id }) => id);
    },
    async erasable(ids) {
      const rows = await whole()
        .whereIn('id', [...ids])
        .orderBy('id')
        .select('id');
      return rows.map(({ id }) => id);
    },
    eraseEntries: async (ids) =>
      knex<Row>(log)
        .whereIn('id', [...ids])
        .whereNotNull('salt')
        .update(ERASED),
    prune: async (upTo, limit) => knex<Row>(log).where('id', '<=', upTo).orderBy('id').limit(limit).delete(),
  };
}
