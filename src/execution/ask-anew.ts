import { shownState, type Approval } from '../approvals/approval.js';
import type { ApprovalStore } from '../approvals/approval-store.js';
import { TAMPERED } from '../approvals/approve.js';
import { isIntact, type Seal } from '../approvals/binding.js';
import { notFound } from '../approvals/change.js';
import { approvalEntry } from '../approvals/entries.js';
import { staleError } from '../approvals/resolve.js';
import { voterOf } from '../approvals/voters.js';
import { assertApproverOfAny } from '../approvals/voting.js';
import type { AuditLog } from '../audit/audit-log.js';
import type { AgentStore } from '../identity/agents/agent-store.js';
import type { LoadPrincipal } from '../identity/authenticate.js';
import { actorOf, type Principal } from '../identity/principal.js';
import type { Clock } from '../kernel/clock.js';
import { ChaperoneError } from '../kernel/errors.js';
import type { ApprovalId, CallId } from '../kernel/ids.js';
import type { InTransaction } from '../kernel/in-transaction.js';
import { anewKey } from './anew-key.js';
import type { CallStore } from './call-store.js';
import { requesterNow } from './recheck-approved.js';
import type { CallAnswer, Submission } from './submit-call.js';

export type AskAnew = (input: {
  readonly id: ApprovalId;
  /** The person who wants to be asked again. */
  readonly principal: Principal;
  readonly callId: CallId;
}) => Promise<CallAnswer>;

export interface AskAnewDeps {
  readonly approvals: Pick<ApprovalStore, 'get'>;
  readonly calls: Pick<CallStore, 'byIdempotencyKey'>;
  readonly seal: Seal;
  readonly agents: Pick<AgentStore, 'get'>;
  readonly loadPrincipal: LoadPrincipal;
  readonly inTransaction: InTransaction<{ readonly audit: AuditLog }>;
  readonly submitCall: (submission: Submission) => Promise<CallAnswer>;
  readonly clock: Clock;
}

/**
 * The call of an approval that went out of date or expired, sent once more as the agent sent it, for people to look at what is
 * there now. Everything is checked and decided as for a new call, at least in mode `review`, so that nothing is changed
 * without a vote. The idempotency key is made of the approval's id, and no agent can take it: however often somebody presses, it is asked anew once.
 * @throws not_found, approval_*, agent_suspended, and what the call is refused with
 */
export function makeAskAnew(deps: AskAnewDeps): AskAnew {
  return async ({ id, principal, callId }) => {
    const approval = await deps.approvals.get(id);
    if (approval === undefined) throw notFound();
    const at = deps.clock.now();
    assertMayAskAnew(deps, approval, principal, at);
    const agent = await requesterNow(deps, approval, at);
    if (typeof agent === 'string') throw new ChaperoneError('agent_suspended', { detail: agent });
    const who = { actor: actorOf(principal), at };
    const { login } = principal;
    const idempotencyKey = anewKey(id);
    // Pressed again, nothing new happens: the first answer is given once more.
    if ((await deps.calls.byIdempotencyKey(approval.requester.agentId, idempotencyKey)) === undefined) {
      await deps.inTransaction(({ audit }) =>
        audit.append([approvalEntry('approval.renewed', approval, who, { login, newCallId: callId })]),
      );
    }
    const { tool, proposed: args, reason, requester } = approval;
    const mode = approval.kind === 'suggestion' ? 'suggest' : 'review';
    const request = { tool, args, dryRun: false, mode, ...(reason === null ? {} : { reason }) } as const;
    return deps.submitCall({
      callId,
      principal: agent,
      agentId: requester.agentId,
      request,
      idempotencyKey,
    });
  };
}

function assertMayAskAnew({ seal }: AskAnewDeps, approval: Approval, principal: Principal, at: Date): void {
  assertApproverOfAny(approval, voterOf(principal), at);
  const state = shownState(approval, at);
  if (state !== 'stale' && state !== 'expired') {
    throw new ChaperoneError('approval_resolved', {
      detail: `This approval is ${state}; what is out of date or expired can be asked anew.`,
      members: { approvalStatus: state },
    });
  }
  if (!isIntact(approval, seal)) throw staleError(approval, { changed: [TAMPERED] });
}
