import type { AuditKind } from '../audit/audit-entry.js';
import { ChaperoneError } from '../kernel/errors.js';
import type { Approval } from './approval.js';
import type { ApprovalStores } from './stores.js';

const ENDS = [
  'approval.claimed',
  'approval.rejected',
  'approval.cancelled',
  'approval.expired',
  'approval.stale',
] as const satisfies readonly AuditKind[];

/**
 * The log is chained, so neither a claim nor an end can be undone by setting rows back to what they were: what was ended isn't run,
 * and of what ran nobody is told that it was called off. The approval must be locked. @throws approval_resolved
 */
export async function assertNotEnded({ trail }: Pick<ApprovalStores, 'trail'>, { callId }: Approval): Promise<void> {
  const found = await Promise.all(ENDS.map((kind) => trail.list({ callId, kind }, { limit: 1 })));
  if (found.some((entries) => entries.length > 0)) throw new ChaperoneError('approval_resolved');
}
