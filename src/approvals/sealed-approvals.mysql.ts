import type { Knex } from 'knex';
import type { ApprovalId } from '../kernel/ids.js';
import type { ApprovalState } from './approval.js';
import { mysqlApprovalStore } from './approval-store.mysql.js';
import type { SealedApprovals } from './reseal.js';

/** Seals of what has ended are asked for by nobody. */
const OPEN: readonly ApprovalState[] = ['pending', 'suggested', 'approved', 'running'];

/** A seal begins with the 8 digits of its key-encryption key. */
export function mysqlSealedApprovals(db: Knex, tablePrefix: string): SealedApprovals {
  const approvals = `${tablePrefix}ai_agent_approvals`;
  const votes = `${tablePrefix}ai_agent_approval_votes`;
  return {
    async countByKek() {
      const [rows] = (await db.raw(
        'SELECT SUBSTRING(seal, 1, 8) AS kek, COUNT(*) AS many FROM ?? WHERE state IN (?) GROUP BY kek',
        [approvals, [...OPEN]],
      )) as [{ kek: string; many: number }[]];
      return new Map(rows.map(({ kek, many }) => [kek, many]));
    },
    async sealedByOthers({ kekId, after, limit }) {
      const mine = `${kekId}.%`;
      const rows = await db({ a: approvals })
        .select<{ id: string }[]>('a.id')
        .whereIn('a.state', OPEN)
        .where('a.id', '>', after)
        .where((either) => {
          void either
            .whereNot('a.seal', 'like', mine)
            .orWhereExists(
              db({ v: votes })
                .select(db.raw('1'))
                .whereRaw('v.approval_id = a.id')
                .whereNotNull('v.live_user_id')
                .whereNot('v.seal', 'like', mine),
            );
        })
        .orderBy('a.id')
        .limit(limit);
      return rows.map(({ id }) => id as ApprovalId);
    },
    lock: (id) => mysqlApprovalStore(db, tablePrefix).lock(id),
    async saveSeals(id, { seal, votes: cast }) {
      await db(approvals).where({ id }).update({ seal });
      for (const { userId, seal: own } of cast) {
        await db(votes).where({ approval_id: id, live_user_id: userId }).update({ seal: own });
      }
    },
  };
}
