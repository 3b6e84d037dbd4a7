import type { ApprovalStore } from '../approvals/approval-store.js';
import type { AuditLog } from '../audit/audit-log.js';
import type { Clock } from '../kernel/clock.js';
import { ChaperoneError, ERRORS } from '../kernel/errors.js';
import type { InTransaction } from '../kernel/in-transaction.js';
import { problemBody } from '../kernel/problem.js';
import type { CallRecord } from './call.js';
import type { CallStore } from './call-store.js';

/** Longer than a call can take with every deadline in it, so that nobody is working on the call any more. */
export const LOST_AFTER_MS = 180_000;
const BATCH = 100;

/**
 * Calls whose process died between intent and outcome: whether WordPress carried them out isn't known, and that is
 * what their row and the log say from now on. They are never run again.
 *
 * @returns how many were settled
 */
export function makeSettleLostCalls(deps: {
  readonly calls: Pick<CallStore, 'runningSince'>;
  readonly inTransaction: InTransaction<{
    readonly calls: CallStore;
    readonly approvals: Pick<ApprovalStore, 'finish'>;
    readonly audit: AuditLog;
  }>;
  readonly clock: Clock;
}): () => Promise<number> {
  const settle = (record: CallRecord): Promise<boolean> =>
    deps.inTransaction(async ({ calls, approvals, audit }) => {
      const at = deps.clock.now();
      const error = new ChaperoneError('outcome_unknown', {
        detail: 'The sidecar stopped while the call was running.',
      });
      const answer = { status: ERRORS[error.code].status, body: problemBody(error, record.id) };
      if (!(await calls.finish(record.id, { state: 'unknown', answer, at }))) return false;
      const held = await approvals.finish(record.id, { state: 'unknown', outcome: answer, at });
      await audit.append([
        {
          kind: 'call.outcome',
          at,
          actor: { userId: record.userId, agentId: record.agentId, credential: null, ip: null },
          callId: record.id,
          tool: record.tool,
          outcome: 'unknown',
          code: error.code,
          detail: { reason: 'the sidecar stopped while the call was running', ...(held ? { held } : {}) },
        },
      ]);
      return true;
    });
  return async () => {
    const lost = await deps.calls.runningSince(new Date(deps.clock.now().getTime() - LOST_AFTER_MS), BATCH);
    let settled = 0;
    for (const record of lost) if (await settle(record)) settled += 1;
    return settled;
  };
}
