import type { AuditReader } from '../audit/audit-log.js';
import type { AuditEntry } from '../audit/audit-entry.js';
import type { Clock } from '../kernel/clock.js';
import type { ApprovalId } from '../kernel/ids.js';
import type { Approval, ApprovalState } from './approval.js';
import type { ApprovalStore, ApprovalSummary } from './approval-store.js';
import { notFound } from './change.js';

const LONGEST_HISTORY = 200;

export interface ApprovalPage {
  readonly items: readonly ApprovalSummary[];
  /** What to pass as `before` for the next page; null at the end. */
  readonly next: number | null;
}

export interface ReadApprovals {
  /** Newest first. */
  list(page: {
    readonly status?: ApprovalState;
    readonly before?: number;
    readonly limit: number;
  }): Promise<ApprovalPage>;
  /** With its history out of the log, oldest first. @throws not_found */
  get(id: ApprovalId): Promise<{ readonly approval: Approval; readonly history: readonly AuditEntry[] }>;
}

export function makeReadApprovals(deps: {
  readonly approvals: Pick<ApprovalStore, 'list' | 'get'>;
  readonly log: Pick<AuditReader, 'list'>;
  readonly clock: Clock;
}): ReadApprovals {
  return {
    async list({ limit, ...page }) {
      const found = await deps.approvals.list({ ...page, limit: limit + 1, now: deps.clock.now() });
      const items = found.slice(0, limit);
      return { items, next: found.length > limit ? (items.at(-1)?.seq ?? null) : null };
    },
    async get(id) {
      const approval = await deps.approvals.get(id);
      if (approval === undefined) throw notFound();
      const entries = await deps.log.list({ callId: approval.callId }, { limit: LONGEST_HISTORY });
      return { approval, history: [...entries].reverse() };
    },
  };
}
