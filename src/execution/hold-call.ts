import { currentStep, type Approval } from '../approvals/approval.js';
import { escalatesAt } from '../approvals/escalation.js';
import type { ApprovalStore } from '../approvals/approval-store.js';
import type { Seal } from '../approvals/binding.js';
import { needOf } from '../approvals/need.js';
import { newApproval, requestedEntry } from '../approvals/request-approval.js';
import { tally } from '../approvals/voting.js';
import type { AuditLog } from '../audit/audit-log.js';
import type { Principal } from '../identity/principal.js';
import type { Clock } from '../kernel/clock.js';
import { ChaperoneError } from '../kernel/errors.js';
import type { ApprovalId, PolicyVersion } from '../kernel/ids.js';
import type { InTransaction } from '../kernel/in-transaction.js';
import type { Json, JsonObject } from '../kernel/json.js';
import type { Decision } from '../policy/decision.js';
import type { StoredAnswer } from './call.js';
import type { CallStore } from './call-store.js';
import { visibleDecision } from './decide-call.js';
import { decisionEntry } from './journal-entries.js';
import type { OpenCall } from './journal.js';
import type { CheckedCall } from './prepare-call.js';
import { targetState } from './target-state.js';

/** Undefined when another request with the same idempotency key came first; then nothing was written. */
export type HoldCall = (open: OpenCall, checked: CheckedCall, decision: Decision) => Promise<StoredAnswer | undefined>;

export interface HoldDeps {
  readonly inTransaction: InTransaction<{
    readonly calls: Pick<CallStore, 'insert'>;
    readonly approvals: Pick<ApprovalStore, 'insert'>;
    readonly audit: AuditLog;
  }>;
  readonly seal: Seal;
  readonly newApprovalId: () => ApprovalId;
  readonly clock: Clock;
}

/** Rolls the transaction back without an error of its own. */
class KeyTaken extends Error {}

/**
 * Section 6, step 7, `ask`: the call's row, the approval and both entries in one transaction. The answer is the call's
 * first one, so the same request with the same idempotency key gets it again, whatever people have decided meanwhile.
 * @throws audit_unavailable
 */
export function makeHoldCall({ inTransaction, seal, newApprovalId, clock }: HoldDeps): HoldCall {
  return async (open, checked, decision) => {
    const at = clock.now();
    const approval = newApproval(heldOf(newApprovalId(), open, checked, decision, at), seal);
    const answer = { status: 202, body: heldAnswer(approval, decision) };
    const state = approval.kind === 'suggestion' ? 'suggested' : 'pending_approval';
    const { callId: id, agentId, principal, idempotencyKey, request, requestDigest, receivedAt: createdAt } = open;
    const row = { id, agentId, userId: principal.userId, idempotencyKey, requestDigest, tool: request.tool };
    try {
      await inTransaction(async ({ calls, approvals, audit }) => {
        if (!(await calls.insert({ ...row, state, answer, createdAt, updatedAt: at }))) throw new KeyTaken();
        await approvals.insert(approval);
        await audit.append([decisionEntry(open, checked, decision, at), requestedEntry(approval)]);
      });
      return answer;
    } catch (error) {
      if (error instanceof KeyTaken) return undefined;
      throw new ChaperoneError('audit_unavailable', { cause: error });
    }
  };
}

/** Arguments as JSON keeps them, so that what was digested and what is read back are the same. */
const asStored = (args: JsonObject): JsonObject => JSON.parse(JSON.stringify(args)) as JsonObject;

function requesterOf(open: OpenCall, { userId, login, credential, keyId, ip }: Principal): Approval['requester'] {
  return { agentId: open.agentId, userId, login, credential, keyId, ip };
}

function heldOf(id: ApprovalId, open: OpenCall, checked: CheckedCall, decision: Decision, at: Date) {
  const need = needOf(decision);
  const target = targetState(checked);
  const args = asStored(checked.call.args);
  const title = target === null ? args['title'] : target.title;
  const findings = visibleDecision(decision)['findings'] ?? [];
  const isSuggestion = decision.mode === 'suggest' && checked.call.tool.effect === 'write';
  return {
    id,
    callId: open.callId,
    kind: isSuggestion ? 'suggestion' : 'approval',
    requester: requesterOf(open, open.principal),
    tool: checked.call.tool.name,
    proposed: args,
    effective: args,
    reason: open.request.reason ?? null,
    target: target?.name ?? null,
    title: typeof title === 'string' ? title.slice(0, 190) : null,
    before: target?.fields ?? null,
    targetDigest: target?.digest ?? null,
    policyVersion: decision.policyVersion as PolicyVersion | null,
    findings: asJson(findings),
    need,
    createdAt: at,
    expiresAt: new Date(at.getTime() + need.expiresInSeconds * 1_000),
  } as const;
}

const asJson = (value: Json): Json => JSON.parse(JSON.stringify(value)) as Json;

/** From when on which further roles may vote; nothing where no time is set, or the step hasn't begun. */
function escalationOf(approval: Approval, place: number): JsonObject {
  const at = escalatesAt(approval, place);
  const roles = approval.need.steps[place]?.escalate?.to.roles ?? [];
  return at === undefined ? {} : { escalate: { at: at.toISOString(), roles: [...roles] } };
}

/** The steps as an agent sees them: roles, never people's logins. */
export function visibleSteps(approval: Approval): readonly JsonObject[] {
  const counts = tally(approval);
  const current = currentStep(approval);
  return approval.need.steps.map(({ name, quorum, approvers }, place) => ({
    name,
    quorum,
    votes: counts[place] ?? 0,
    current: place === current,
    roles: [...(approvers.roles ?? [])],
    ...escalationOf(approval, place),
  }));
}

function heldAnswer(approval: Approval, decision: Decision): JsonObject {
  const { id, callId, kind, expiresAt } = approval;
  return {
    status: kind === 'suggestion' ? 'suggested' : 'pending_approval',
    callId,
    approval: { id, expiresAt: expiresAt.toISOString(), steps: visibleSteps(approval) },
    decision: visibleDecision(decision),
  };
}
