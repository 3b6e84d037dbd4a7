import type { NewAuditEntry } from '../../../src/audit/audit-entry.js';
import type { InTransaction } from '../../../src/kernel/in-transaction.js';
import type { PolicyStores } from '../../../src/policy-versions/stores.js';
import { FakePolicyStore } from './fake-policy-store.js';

/** Policies and audit entries in memory; a transaction that throws leaves both as they were. */
export class FakePolicyTransaction {
  readonly policies = new FakePolicyStore();
  entries: readonly NewAuditEntry[] = [];
  /** Set it to see what happens when the log can't be written. */
  auditFailure: Error | undefined;

  readonly inTransaction: InTransaction<PolicyStores> = async (work) => {
    const undo = this.policies.snapshot();
    const written: NewAuditEntry[] = [];
    try {
      const result = await work({
        policies: this.policies,
        audit: {
          append: async (entries) => {
            if (this.auditFailure !== undefined) throw this.auditFailure;
            written.push(...entries);
            return Promise.resolve([]);
          },
        },
      });
      this.entries = [...this.entries, ...written];
      return result;
    } catch (error) {
      undo();
      throw error;
    }
  };
}
