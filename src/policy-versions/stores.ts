import type { AuditLog } from '../audit/audit-log.js';
import type { Clock } from '../kernel/clock.js';
import type { InTransaction } from '../kernel/in-transaction.js';
import type { PolicyStore } from './policy-store.js';

/** What a change of policies writes to: the change and its audit entry stand or fall together. */
export interface PolicyStores {
  readonly policies: PolicyStore;
  readonly audit: Pick<AuditLog, 'append'>;
}

export interface ChangeDeps {
  readonly inTransaction: InTransaction<PolicyStores>;
  readonly clock: Clock;
}
