import { ChaperoneError } from '../kernel/errors.js';
import type { Approval } from './approval.js';
import { peopleIn } from './escalation.js';
import { assertApproverOfAny, assertMayDecide, assertMayVote, ownBallot, type Ballot, type Voter } from './voting.js';

/** Why somebody can't: a refusal's code, or that they have voted already. */
export type Barrier = 'approval_own_call' | 'approval_not_eligible' | 'voted';

/** What a person could do with a call now, as far as its state lets them; null where nothing stands in the way. For screens: a deed is checked again. */
export interface Chances {
  readonly vote: Barrier | null;
  readonly reject: Barrier | null;
}

export function chancesOf(approval: Approval, voter: Voter, now: Date): Chances {
  const reject = barrierOf(() => {
    assertApproverOfAny(approval, voter, now);
  });
  if (approval.kind === 'suggestion') return { vote: reject, reject };
  const hasVoted = peopleIn(approval).has(voter.userId);
  const vote = (): void => {
    assertMayVote(approval, ownBallot(voter), now);
  };
  return { vote: hasVoted ? 'voted' : barrierOf(vote), reject };
}

/** Whether somebody could cast another's vote on an open call now. */
export const mayVoteFor = (approval: Approval, ballot: Ballot, now: Date): boolean =>
  approval.kind === 'approval' &&
  barrierOf(() => {
    assertMayVote(approval, ballot, now);
  }) === null;

/** Whether somebody could stop a call in another's name now. */
export const mayRejectFor = (approval: Approval, { voter, proxy }: Ballot, now: Date): boolean =>
  barrierOf(() => {
    if (proxy !== null) assertMayDecide(approval, proxy.delegate);
    assertApproverOfAny(approval, voter, now);
  }) === null;

function barrierOf(check: () => void): Barrier | null {
  try {
    check();
    return null;
  } catch (error) {
    const isOwnCall = error instanceof ChaperoneError && error.code === 'approval_own_call';
    return isOwnCall ? 'approval_own_call' : 'approval_not_eligible';
  }
}
