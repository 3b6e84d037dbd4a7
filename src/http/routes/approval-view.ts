import type { AuditEntry } from '../../audit/audit-entry.js';
import {
  countOf,
  currentStep,
  isOpen,
  liveVotes,
  shownState,
  type Approval,
  type Vote,
} from '../../approvals/approval.js';
import { withoutTexts, type ApprovalSummary } from '../../approvals/approval-store.js';
import { chancesOf, type Voter } from '../../approvals/voting.js';
import { shownArgs } from '../../execution/shown-args.js';
import { canonicalJson } from '../../kernel/canonical-json.js';
import { isJsonObject, type JsonObject } from '../../kernel/json.js';

/** An approval in full, or as a list has it: the functions that count votes need no texts of the call. */
type Shown = ApprovalSummary | Approval;
const asApproval = (shown: Shown): Approval => ('effective' in shown ? shown : withoutTexts(shown));

const shownVote = ({ userId, login, note, at, dropped }: Vote): JsonObject => ({
  userId,
  login,
  note,
  at: at.toISOString(),
  dropped: dropped === null ? null : { at: dropped.at.toISOString(), why: dropped.why },
});

function shownSteps(approval: Approval): readonly JsonObject[] {
  const current = currentStep(approval);
  const live = liveVotes(approval);
  return approval.need.steps.map(({ name, quorum, approvers }, place) => ({
    name,
    quorum,
    approvers: {
      ...(approvers.roles === undefined ? {} : { roles: [...approvers.roles] }),
      ...(approvers.users === undefined ? {} : { users: [...approvers.users] }),
    },
    votes: countOf(approval, place),
    current: place === current,
    votedBy: live.filter(({ step }) => step === place).map(shownVote),
  }));
}

/** What lists and answers show. Times in UTC; `secondsLeft` is 0 once nobody can decide any more. */
export function showSummary(shown: Shown, now: Date, voter: Voter): JsonObject {
  const approval = asApproval(shown);
  const chances = chancesOf(approval, voter);
  const { id, callId, kind, requester, tool, target, title, reason, policyVersion, need, digest } = approval;
  const status = shownState(approval, now);
  const canDecide = isOpen(status);
  const isWaiting = status === 'pending' || status === 'suggested' || status === 'approved';
  const left = Math.max(0, Math.floor((approval.expiresAt.getTime() - now.getTime()) / 1_000));
  return {
    id,
    status,
    kind,
    callId,
    agentId: requester.agentId,
    requestedBy: { agentId: requester.agentId, userId: requester.userId, login: requester.login },
    tool,
    target,
    title,
    reason,
    policyVersion,
    rules: [...need.rules],
    steps: shownSteps(approval),
    allowEdits: need.allowEdits || kind === 'suggestion',
    digest,
    createdAt: approval.createdAt.toISOString(),
    expiresAt: approval.expiresAt.toISOString(),
    updatedAt: approval.updatedAt.toISOString(),
    secondsLeft: isWaiting ? left : 0,
    resolution: approval.resolution,
    you: {
      mayVote: canDecide && chances.vote === null,
      mayReject: canDecide && chances.reject === null,
      why: chances.vote,
    },
  };
}

function shownEntry({ kind, at, actor, verdict, outcome, code, detail }: AuditEntry): JsonObject {
  const { login, note, why, stepName, changed } = isJsonObject(detail) ? detail : {};
  return {
    at: at.toISOString(),
    kind,
    userId: actor.userId,
    agentId: actor.agentId,
    login: login ?? null,
    note: note ?? null,
    ...(stepName === undefined ? {} : { step: stepName }),
    ...(why === undefined ? {} : { why }),
    ...(changed === undefined ? {} : { changed }),
    ...(verdict === undefined ? {} : { verdict }),
    ...(outcome === undefined ? {} : { outcome }),
    ...(code === undefined ? {} : { code }),
  };
}

/** Everything that deciding needs on one screen. */
export function showApproval(approval: Approval, history: readonly AuditEntry[], now: Date, voter: Voter): JsonObject {
  const { tool, proposed, effective, before, findings, votes, outcome } = approval;
  return {
    ...showSummary(approval, now, voter),
    call: { tool, args: shownArgs(tool, effective) },
    proposedArgs: shownArgs(tool, proposed),
    effectiveArgs: shownArgs(tool, effective),
    edited: canonicalJson(proposed) !== canonicalJson(effective),
    before,
    findings,
    votes: votes.map((vote) => ({ ...shownVote(vote), step: approval.need.steps[vote.step]?.name ?? null })),
    outcome: outcome === null ? null : { status: outcome.status, body: outcome.body },
    history: history.map(shownEntry),
  };
}
