import type { AuditLog, AuditReader } from '../audit/audit-log.js';
import type { Clock } from '../kernel/clock.js';
import type { CallId } from '../kernel/ids.js';
import type { InTransaction } from '../kernel/in-transaction.js';
import type { ApprovalStore } from './approval-store.js';
import type { DelegationStore } from './delegation-store.js';
import type { GrantStore } from './grant-store.js';

export type HeldCallState = 'pending_approval' | 'suggested';

/** The calls that approvals hold; their rows say what became of them. */
export interface HeldCalls {
  /** @returns false, and nothing is written, when the call isn't in the state `from` any more */
  settle(
    id: CallId,
    change: {
      readonly from: HeldCallState;
      readonly to: 'running' | 'rejected' | 'expired' | 'cancelled' | 'stale';
      readonly at: Date;
    },
  ): Promise<boolean>;
}

/** What a change of an approval writes to: all of it or nothing. */
export interface ApprovalStores {
  readonly approvals: ApprovalStore;
  readonly delegations: DelegationStore;
  readonly grants: GrantStore;
  readonly calls: HeldCalls;
  readonly audit: Pick<AuditLog, 'append'>;
  readonly trail: Pick<AuditReader, 'list'>;
}

export interface ChangeDeps {
  readonly inTransaction: InTransaction<ApprovalStores>;
  readonly clock: Clock;
}
