import type { Approval } from '../approvals/approval.js';
import type { ApprovalStore } from '../approvals/approval-store.js';
import type { RunApproved } from '../approvals/approve.js';
import type { Claim } from '../approvals/claim.js';
import type { Seal } from '../approvals/binding.js';
import { approvalEntry } from '../approvals/entries.js';
import { grantOf } from '../approvals/grant.js';
import type { MarkStale } from '../approvals/mark-stale.js';
import type { AuditLog } from '../audit/audit-log.js';
import type { NewAuditEntry } from '../audit/audit-entry.js';
import { redact } from '../audit/redact.js';
import { actorOf, type Principal } from '../identity/principal.js';
import type { Clock } from '../kernel/clock.js';
import type { InTransaction } from '../kernel/in-transaction.js';
import type { GrantId, PolicyVersion } from '../kernel/ids.js';
import { isJsonObject } from '../kernel/json.js';
import type { Decision } from '../policy/decision.js';
import type { CallStore } from './call-store.js';
import { loggedFindings, visibleDecision } from './decide-call.js';
import { intentEntry, outcomeEntry } from './journal-entries.js';
import { keepPreImage, type CallJournal, type OpenCall } from './journal.js';
import type { PreImageStore } from './pre-image-store.js';
import type { CheckedCall } from './prepare-call.js';
import type { Recheck } from './recheck-approved.js';
import type { RunCall } from './run-call.js';

/** An approved call as one that is under way: as its agent's own user, or as the person who applies a suggestion. */
export function openCallOf(approval: Approval, principal: Principal): OpenCall {
  const { callId, requester, tool, effective, reason, createdAt } = approval;
  return {
    callId,
    principal,
    agentId: requester.agentId,
    request: { tool, args: effective, dryRun: false, ...(reason === null ? {} : { reason }) },
    idempotencyKey: null,
    requestDigest: '',
    receivedAt: createdAt,
  };
}

/** That people held the call before: its agent may be waiting for this. */
const heldOutcome = (entry: NewAuditEntry): NewAuditEntry => ({
  ...entry,
  detail: { ...(isJsonObject(entry.detail) ? entry.detail : {}), held: true },
});

/** Writes the outcome on the approval, on the call's row and into the log, together. */
export function makeApprovedOutcome(deps: {
  readonly inTransaction: InTransaction<{
    readonly approvals: Pick<ApprovalStore, 'finish'>;
    readonly calls: Pick<CallStore, 'finish'>;
    readonly audit: AuditLog;
    readonly preImages: Pick<PreImageStore, 'keep'>;
  }>;
  readonly clock: Clock;
}): Pick<CallJournal, 'outcome'> {
  return {
    async outcome(open, checked, end) {
      await deps.inTransaction(async ({ approvals, calls, audit, preImages }) => {
        const at = deps.clock.now();
        const { state, answer } = end;
        if (!(await approvals.finish(open.callId, { state, outcome: answer, at }))) return;
        await calls.finish(open.callId, { state, answer, at });
        await audit.append([heldOutcome(outcomeEntry(open, checked, end, at))]);
        await keepPreImage(preImages, open, end, at);
      });
    },
  };
}

/** That it was claimed, under which decision and with which arguments; then what is about to be done. */
function claimEntries(
  open: OpenCall,
  checked: CheckedCall,
  decision: Decision,
): (approval: Approval, at: Date) => readonly NewAuditEntry[] {
  return (approval, at) => {
    const { policyVersion, effect } = decision;
    const { requester, kind } = approval;
    const claimed = approvalEntry(
      'approval.claimed',
      approval,
      { actor: actorOf(open.principal), at },
      { kind, agentId: requester.agentId },
    );
    return [
      {
        ...claimed,
        ...(policyVersion === null ? {} : { policyVersion: policyVersion as PolicyVersion }),
        verdict: effect,
        findings: loggedFindings(decision),
        arguments: redact(approval.effective),
      },
      intentEntry(open, checked, at),
    ];
  };
}

/**
 * Section 6, step 8: everything about the call is checked again; what has changed makes the approval stale and runs
 * nothing. Then it is claimed, once, together with its intent, and run by the same code as any other call.
 * A trouble that passes (WordPress out of reach while checking) leaves it approved; `makeResumeApproved` tries again.
 * @throws approval_stale, approval_resolved, approval_expired, upstream_unavailable, database_unavailable
 */
export function makeRunApprovedCall(deps: {
  readonly recheck: Recheck;
  readonly markStale: MarkStale;
  readonly claim: Claim;
  readonly seal: Seal;
  readonly newGrantId: () => GrantId;
  readonly runCall: RunCall;
}): RunApproved {
  return async (approval, applier) => {
    const again = await deps.recheck(approval, applier);
    if (!again.ok) return deps.markStale(approval, again.why);
    const { checked, decision, principal } = again;
    const open = openCallOf(approval, principal);
    await deps.claim(approval, claimEntries(open, checked, decision), (claimed, at) =>
      claimed.kind === 'suggestion'
        ? undefined
        : grantOf(claimed, decision, { id: deps.newGrantId(), at, seal: deps.seal }),
    );
    return deps.runCall(open, checked, visibleDecision(decision));
  };
}
