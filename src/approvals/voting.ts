import { ChaperoneError } from '../kernel/errors.js';
import type { AgentId, WpUserId } from '../kernel/ids.js';
import type { Approvers } from '../policy/approval-need.js';
import {
  assertOpen,
  countOf,
  currentStep,
  isComplete,
  liveVotes,
  move,
  type Approval,
  type DropReason,
  type Held,
  type Vote,
} from './approval.js';

/** A person as the shared tables have them now. */
export interface Voter {
  readonly userId: WpUserId;
  readonly login: string;
  readonly roles: readonly string[];
  /** The capability `ai_agent_approve_changes`, which every vote needs. */
  readonly mayApprove: boolean;
  /** The agent that the user is bound to. */
  readonly agentId: AgentId | null;
}

/** Those whose votes are to be checked; who isn't in it is gone. */
export type Present = ReadonlyMap<WpUserId, Voter>;

/** Logins and roles as WordPress's database compares logins: ignoring case. */
const includes = (names: readonly string[] = [], name: string): boolean =>
  names.some((each) => each.toLowerCase() === name.toLowerCase());

/** A login is looked for among logins and a role among roles, so a login that is spelt like a role gains nothing. */
export function isApprover({ roles, users }: Approvers, voter: Voter): boolean {
  if (!voter.mayApprove || voter.agentId !== null) return false;
  if (roles === undefined && users === undefined) return true;
  return includes(users, voter.login) || voter.roles.some((role) => includes(roles, role));
}

/** The requester's account, or an account of the requester's agent. */
export const isOwn = ({ requester }: Held, voter: Voter): boolean =>
  voter.userId === requester.userId || voter.agentId === requester.agentId;

/** @throws approval_own_call, approval_not_eligible */
export function assertMayDecide(approval: Approval, voter: Voter): void {
  if (isOwn(approval, voter)) throw new ChaperoneError('approval_own_call');
  if (!voter.mayApprove || voter.agentId !== null) {
    throw new ChaperoneError('approval_not_eligible', {
      detail: 'Deciding needs the WordPress capability ai_agent_approve_changes.',
    });
  }
}

/** Anybody who could vote in some step may stop the call. @throws approval_own_call, approval_not_eligible */
export function assertApproverOfAny(approval: Approval, voter: Voter): void {
  assertMayDecide(approval, voter);
  if (!approval.need.steps.some(({ approvers }) => isApprover(approvers, voter))) {
    throw new ChaperoneError('approval_not_eligible', { detail: 'No step of this approval names you.' });
  }
}

export interface Rechecked {
  readonly approval: Approval;
  /** Those that were dropped just now. */
  readonly dropped: readonly Vote[];
}

function whyDropped(approval: Approval, vote: Vote, present: Present): DropReason | undefined {
  if (vote.digest !== approval.digest) return 'edited';
  const voter = present.get(vote.userId);
  const step = approval.need.steps[vote.step];
  const counts =
    voter !== undefined && step !== undefined && !isOwn(approval, voter) && isApprover(step.approvers, voter);
  return counts ? undefined : 'ineligible';
}

function drop(approval: Approval, why: (vote: Vote) => DropReason | undefined, now: Date): Rechecked {
  const dropped: Vote[] = [];
  const votes = approval.votes.map((vote) => {
    const reason = vote.dropped === null ? why(vote) : undefined;
    if (reason === undefined) return vote;
    const without: Vote = { ...vote, dropped: { at: now, why: reason } };
    dropped.push(without);
    return without;
  });
  return { approval: dropped.length === 0 ? approval : { ...approval, votes, updatedAt: now }, dropped };
}

/**
 * Drops what no longer counts: votes of people who are gone or have lost the role or capability, and, since steps run in
 * order, all votes of steps behind one that waits again.
 */
export function recheck(approval: Approval, present: Present, now: Date): Rechecked {
  const first = drop(approval, (vote) => whyDropped(approval, vote, present), now);
  const waiting = currentStep(first.approval);
  const second = drop(first.approval, ({ step }) => (step > waiting ? 'step_reopened' : undefined), now);
  return { approval: second.approval, dropped: [...first.dropped, ...second.dropped] };
}

/** Drops the votes that don't fit their seal: nobody cast them here. */
export function dropForged(approval: Approval, isGenuine: (vote: Vote) => boolean, now: Date): Rechecked {
  return drop(approval, (vote) => (isGenuine(vote) ? undefined : 'not_genuine'), now);
}

/** Votes are for exact arguments: other arguments void those of every step. */
export function dropAll(approval: Approval, now: Date): Rechecked {
  return drop(approval, () => 'edited', now);
}

const named = ({ roles, users }: Approvers): string =>
  [
    ...(roles === undefined ? [] : [`the roles ${roles.join(', ')}`]),
    ...(users === undefined ? [] : [`the users ${users.join(', ')}`]),
  ].join(' or ') || 'anybody who may approve changes';

/** Whether this person could vote now; the reason when not. @throws approval_own_call, approval_not_eligible */
export function assertMayVote(approval: Approval, voter: Voter): void {
  assertMayDecide(approval, voter);
  if (liveVotes(approval).some(({ userId }) => userId === voter.userId)) {
    throw new ChaperoneError('approval_not_eligible', { detail: 'You have voted on this call; nobody votes twice.' });
  }
  const step = approval.need.steps[currentStep(approval)];
  if (step === undefined || !isApprover(step.approvers, voter)) {
    const waits = step === undefined ? 'nobody' : `${named(step.approvers)} (step "${step.name}")`;
    throw new ChaperoneError('approval_not_eligible', { detail: `This call waits for ${waits}.` });
  }
}

/**
 * One more vote, in the step that waits. The votes before it must have been rechecked. With it the approval is approved
 * when every step has its quorum.
 * @throws approval_expired, approval_resolved, approval_own_call, approval_not_eligible
 */
export function castVote(
  approval: Approval,
  voter: Voter,
  vote: Pick<Vote, 'note' | 'at'>,
  seal: (vote: Pick<Vote, 'digest' | 'step' | 'userId' | 'at'>) => string,
): Approval {
  assertOpen(approval, vote.at);
  assertMayVote(approval, voter);
  const { userId, login } = voter;
  const cast = { ...vote, userId, login, step: currentStep(approval), digest: approval.digest, dropped: null };
  const votes = [...approval.votes, { ...cast, seal: seal(cast) }];
  const next: Approval = { ...approval, votes, updatedAt: vote.at };
  return isComplete(next) ? move(next, 'approved', vote.at) : next;
}

/** Why somebody can't: a refusal's code, or that they have voted already. */
export type Barrier = 'approval_own_call' | 'approval_not_eligible' | 'voted';

/** What a person could do with an open call now; null where nothing stands in the way. For screens: a deed is checked again. */
export interface Chances {
  readonly vote: Barrier | null;
  readonly reject: Barrier | null;
}

export function chancesOf(approval: Approval, voter: Voter): Chances {
  const reject = barrierOf(() => assertApproverOfAny(approval, voter));
  if (approval.kind === 'suggestion') return { vote: reject, reject };
  const hasVoted = liveVotes(approval).some(({ userId }) => userId === voter.userId);
  return { vote: hasVoted ? 'voted' : barrierOf(() => assertMayVote(approval, voter)), reject };
}

function barrierOf(check: () => void): Barrier | null {
  try {
    check();
    return null;
  } catch (error) {
    const isOwnCall = error instanceof ChaperoneError && error.code === 'approval_own_call';
    return isOwnCall ? 'approval_own_call' : 'approval_not_eligible';
  }
}

/** A step with the number of votes that count. */
export const tally = (approval: Approval): readonly number[] =>
  approval.need.steps.map((_, place) => countOf(approval, place));
