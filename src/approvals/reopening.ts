import type { NewAuditEntry } from '../audit/audit-entry.js';
import { currentStep, type Approval, type Vote } from './approval.js';
import { approvalEntry, NOBODY } from './entries.js';

/**
 * The entry that a step waits again, where one of its votes was dropped in this change and it waits after it. Its approvers are
 * told by it as of a step whose turn has come: once for each change, and by no look at the approval.
 */
export function reopenedEntries(next: Approval, dropped: readonly Vote[], at: Date): readonly NewAuditEntry[] {
  const place = currentStep(next);
  const step = next.need.steps[place];
  const gone = dropped.find((vote) => vote.step === place);
  if (step === undefined || gone === undefined) return [];
  const detail = { step: place, stepName: step.name, why: gone.dropped?.why ?? null };
  return [approvalEntry('approval.reopened', next, { actor: NOBODY, at }, detail)];
}
