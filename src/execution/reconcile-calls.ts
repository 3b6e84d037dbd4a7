import type { AuditLog } from '../audit/audit-log.js';
import type { Clock } from '../kernel/clock.js';
import type { InTransaction } from '../kernel/in-transaction.js';
import type { CallRecord, ReadBack } from './call.js';
import type { CallStore } from './call-store.js';
import type { FindOut } from './find-out.js';
import { LOST_AFTER_MS } from './settle-lost-calls.js';

/** Longer than WordPress is waited for. */
const AFTER_MS = 30_000;
const BATCH = 50;

const UNFINISHED = {
  result: 'unclear',
  detail: 'WordPress began with it, and nothing says how it ended: look at the site.',
} as const;

/**
 * Calls that nobody held and whose outcome is unknown: what is found out about them is written down beside the outcome, with an entry. The
 * state stays `unknown`, the answer stays what it was, and nothing is run. Held calls: read-back.ts.
 *
 * @returns how many were found out about
 */
export function makeReconcileCalls(deps: {
  readonly calls: Pick<CallStore, 'unknownSince'>;
  readonly findOut: FindOut;
  readonly inTransaction: InTransaction<{ readonly calls: Pick<CallStore, 'keepReadBack'>; readonly audit: AuditLog }>;
  readonly clock: Clock;
}): () => Promise<number> {
  const keep = ({ id, userId, agentId, tool }: CallRecord, readBack: ReadBack, at: Date): Promise<boolean> =>
    deps.inTransaction(async ({ calls, audit }) => {
      if (!(await calls.keepReadBack(id, readBack))) return false;
      const actor = { userId, agentId, credential: null, ip: null };
      const { result, detail, entityId } = readBack;
      const found = { result, detail, ...(entityId === undefined ? {} : { entityId }) };
      await audit.append([{ kind: 'call.reconciled', at, actor, callId: id, tool, detail: found }]);
      return true;
    });
  return async () => {
    const now = deps.clock.now().getTime();
    let settled = 0;
    for (const record of await deps.calls.unknownSince(new Date(now - AFTER_MS), BATCH)) {
      const at = deps.clock.now();
      const found = await deps.findOut(record.id);
      const isOver = record.updatedAt.getTime() < now - LOST_AFTER_MS;
      if (found === 'later' || (found === 'unfinished' && !isOver)) continue;
      const readBack = { ...(found === 'unfinished' ? UNFINISHED : found), at: at.toISOString() };
      if (await keep(record, readBack, at)) settled += 1;
    }
    return settled;
  };
}
