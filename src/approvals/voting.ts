import { ChaperoneError } from '../kernel/errors.js';
import type { AgentId, DelegationId, WpUserId } from '../kernel/ids.js';
import type { Approvers } from '../policy/approval-need.js';
import {
  assertOpen,
  countOf,
  currentStep,
  isComplete,
  move,
  type Approval,
  type DropReason,
  type Held,
  type Proxy,
  type Vote,
} from './approval.js';
import { approversAt, peopleIn } from './escalation.js';

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

/** Whether a person is an approver of a step at an instant, as one of its own or after its escalation. */
const isApproverAt = (approval: Approval, place: number, voter: Voter, at: Date): boolean =>
  approversAt(approval, place, at).some((approvers) => isApprover(approvers, voter));

/** Anybody who could vote in some step may stop the call. @throws approval_own_call, approval_not_eligible */
export function assertApproverOfAny(approval: Approval, voter: Voter, now: Date): void {
  assertMayDecide(approval, voter);
  if (!approval.need.steps.some((_, place) => isApproverAt(approval, place, voter, now))) {
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
  const mayStand = voter !== undefined && !isOwn(approval, voter) && isApproverAt(approval, vote.step, voter, vote.at);
  return mayStand && mayStillCast(approval, vote, present) ? undefined : 'ineligible';
}

/** Whoever cast a vote in another's name must still be somebody who may decide on this call. */
function mayStillCast(approval: Approval, { by }: Vote, present: Present): boolean {
  if (by === null) return true;
  const delegate = present.get(by.userId);
  return delegate !== undefined && delegate.mayApprove && delegate.agentId === null && !isOwn(approval, delegate);
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

/** One vote about to be cast: whose it is, and the hand that casts it, where that is another's. */
export interface Ballot {
  readonly voter: Voter;
  readonly proxy: { readonly delegate: Voter; readonly delegationId: DelegationId } | null;
}

/** Somebody's own vote. */
export const ownBallot = (voter: Voter): Ballot => ({ voter, proxy: null });

function hasPart(approval: Approval, { voter, proxy }: Ballot): boolean {
  const people = peopleIn(approval);
  return people.has(voter.userId) || (proxy !== null && people.has(proxy.delegate.userId));
}

/**
 * Whether this vote could be cast now; the reason when not. A vote in another's name takes that person's place in the step:
 * their roles count, both keep from deciding on calls of their own, and whoever had a part in one vote has none in a second.
 * @throws approval_own_call, approval_not_eligible
 */
export function assertMayVote(approval: Approval, ballot: Ballot, now: Date): void {
  const { voter, proxy } = ballot;
  assertMayDecide(approval, voter);
  if (proxy !== null) assertMayDecide(approval, proxy.delegate);
  if (hasPart(approval, ballot)) {
    const detail =
      proxy === null
        ? 'You have voted on this call; nobody votes twice.'
        : 'You or the person whose vote this is have voted on this call; nobody votes twice.';
    throw new ChaperoneError('approval_not_eligible', { detail });
  }
  const place = currentStep(approval);
  const step = approval.need.steps[place];
  if (step === undefined || !isApproverAt(approval, place, voter, now)) {
    const waits =
      step === undefined
        ? 'nobody'
        : `${approversAt(approval, place, now).map(named).join(' or ')} (step "${step.name}")`;
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
  ballot: Ballot,
  vote: Pick<Vote, 'note' | 'at' | 'rememberSeconds'>,
  seal: (vote: Omit<Vote, 'seal'>) => string,
): Approval {
  assertOpen(approval, vote.at);
  assertMayVote(approval, ballot, vote.at);
  const { userId, login } = ballot.voter;
  const by = proxyOf(ballot);
  const cast = { ...vote, userId, login, by, step: currentStep(approval), digest: approval.digest, dropped: null };
  const votes = [...approval.votes, { ...cast, seal: seal(cast) }];
  const next: Approval = { ...approval, votes, updatedAt: vote.at };
  return isComplete(next) ? move(next, 'approved', vote.at) : next;
}

function proxyOf({ proxy }: Ballot): Proxy | null {
  if (proxy === null) return null;
  const { userId, login } = proxy.delegate;
  return { userId, login, delegationId: proxy.delegationId };
}

/** A step with the number of votes that count. */
export const tally = (approval: Approval): readonly number[] =>
  approval.need.steps.map((_, place) => countOf(approval, place));
