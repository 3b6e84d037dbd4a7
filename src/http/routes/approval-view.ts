import type { AuditEntry } from '../../audit/audit-entry.js';
import {
  countOf,
  currentStep,
  isOpen,
  isStoppable,
  liveVotes,
  shownState,
  type Approval,
  type Vote,
} from '../../approvals/approval.js';
import { withoutTexts, type ApprovalSummary } from '../../approvals/approval-store.js';
import { chancesOf, mayRejectFor, mayVoteFor } from '../../approvals/chances.js';
import { escalatesAt } from '../../approvals/escalation.js';
import { ownBallot, type Ballot, type Voter } from '../../approvals/voting.js';
import { shownArgs } from '../../execution/shown-args.js';
import type { Approvers } from '../../policy/approval-need.js';
import { canonicalJson } from '../../kernel/canonical-json.js';
import { isJsonObject, type JsonObject } from '../../kernel/json.js';

/** An approval in full, or as a list has it: the functions that count votes need no texts of the call. */
type Shown = ApprovalSummary | Approval;
const asApproval = (shown: Shown): Approval => ('effective' in shown ? shown : withoutTexts(shown));

/** Whoever looks: for screens it is said what they could do. */
export interface Viewer {
  readonly voter: Voter;
  /** The votes of others that were delegated to them. */
  readonly proxies: readonly Ballot[];
}

export const ballotsOf = ({ voter, proxies }: Viewer): readonly Ballot[] => [ownBallot(voter), ...proxies];

const shownVote = ({ userId, login, by, rememberSeconds, note, at, dropped }: Vote): JsonObject => ({
  userId,
  login,
  castBy: by === null ? null : { userId: by.userId, login: by.login },
  rememberSeconds,
  note,
  at: at.toISOString(),
  dropped: dropped === null ? null : { at: dropped.at.toISOString(), why: dropped.why },
});

const named = ({ roles, users }: Approvers): JsonObject => ({
  ...(roles === undefined ? {} : { roles: [...roles] }),
  ...(users === undefined ? {} : { users: [...users] }),
});

/** Who may vote too after a time, and from when on; the instant is null while the step hasn't begun. */
function shownEscalation(approval: Approval, place: number, now: Date): JsonObject | null {
  const escalate = approval.need.steps[place]?.escalate;
  if (escalate === undefined) return null;
  const at = escalatesAt(approval, place);
  const isInForce = at !== undefined && now >= at;
  const { afterSeconds, to } = escalate;
  return { afterSeconds, to: named(to), at: at?.toISOString() ?? null, inForce: isInForce };
}

function shownSteps(approval: Approval, now: Date): readonly JsonObject[] {
  const current = currentStep(approval);
  const live = liveVotes(approval);
  return approval.need.steps.map(({ name, quorum, approvers }, place) => ({
    name,
    quorum,
    approvers: named(approvers),
    escalate: shownEscalation(approval, place, now),
    votes: countOf(approval, place),
    current: place === current,
    votedBy: live.filter(({ step }) => step === place).map(shownVote),
  }));
}

/** What lists and answers show. Times in UTC; `secondsLeft` is 0 once nobody can decide on it or stop it any more. */
export function showSummary(shown: Shown, now: Date, viewer: Viewer): JsonObject {
  const approval = asApproval(shown);
  const chances = chancesOf(approval, viewer.voter, now);
  const { id, callId, kind, requester, tool, target, title, reason, policyVersion, need, digest } = approval;
  const status = shownState(approval, now);
  const canDecide = isOpen(status);
  const canStop = isStoppable(status);
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
    steps: shownSteps(approval, now),
    rememberable: kind === 'approval' && target !== null && approval.targetDigest !== null,
    allowEdits: need.allowEdits || kind === 'suggestion',
    digest,
    createdAt: approval.createdAt.toISOString(),
    expiresAt: approval.expiresAt.toISOString(),
    updatedAt: approval.updatedAt.toISOString(),
    secondsLeft: canStop ? left : 0,
    resolution: approval.resolution,
    you: {
      mayVote: canDecide && chances.vote === null,
      mayReject: canStop && chances.reject === null,
      why: chances.vote,
      inNameOf: canDecide ? peopleOf(viewer, (ballot) => mayVoteFor(approval, ballot, now)) : [],
      rejectInNameOf: canStop ? peopleOf(viewer, (ballot) => mayRejectFor(approval, ballot, now)) : [],
    },
  };
}

/** The people in whose name the viewer could do something now. */
const peopleOf = ({ proxies }: Viewer, could: (ballot: Ballot) => boolean): readonly JsonObject[] =>
  proxies.filter(could).map(({ voter: { userId, login } }) => ({ userId, login }));

function shownEntry({ kind, at, actor, verdict, outcome, code, detail }: AuditEntry): JsonObject {
  const { login, note, why, stepName, changed, inNameOf } = isJsonObject(detail) ? detail : {};
  return {
    at: at.toISOString(),
    kind,
    userId: actor.userId,
    agentId: actor.agentId,
    login: login ?? null,
    note: note ?? null,
    ...(stepName === undefined ? {} : { step: stepName }),
    ...(inNameOf === undefined ? {} : { inNameOf }),
    ...(why === undefined ? {} : { why }),
    ...(changed === undefined ? {} : { changed }),
    ...(verdict === undefined ? {} : { verdict }),
    ...(outcome === undefined ? {} : { outcome }),
    ...(code === undefined ? {} : { code }),
  };
}

/** Everything that deciding needs on one screen. */
export function showApproval(
  approval: Approval,
  history: readonly AuditEntry[],
  now: Date,
  viewer: Viewer,
): JsonObject {
  const { tool, proposed, effective, before, findings, votes, outcome } = approval;
  return {
    ...showSummary(approval, now, viewer),
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
