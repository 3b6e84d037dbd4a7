import { __, _n, sprintf } from '@wordpress/i18n';
import type { Tone } from '../parts/verdict.js';
import type { Named, Step } from './answers.js';

const STATES: Readonly<Record<string, readonly [Tone, () => string]>> = {
  pending: ['wait', () => __('waits', 'chaperone')],
  suggested: ['wait', () => __('suggested', 'chaperone')],
  approved: ['wait', () => __('approved, about to run', 'chaperone')],
  running: ['wait', () => __('running', 'chaperone')],
  succeeded: ['good', () => __('done', 'chaperone')],
  failed: ['bad', () => __('failed', 'chaperone')],
  unknown: ['bad', () => __('outcome unknown', 'chaperone')],
  rejected: ['bad', () => __('rejected', 'chaperone')],
  expired: ['quiet', () => __('expired', 'chaperone')],
  cancelled: ['quiet', () => __('taken back', 'chaperone')],
  stale: ['quiet', () => __('out of date', 'chaperone')],
};

export const STATE_NAMES = Object.keys(STATES);
export const toneOfState = (state: string): Tone => STATES[state]?.[0] ?? 'quiet';
export const wordOfState = (state: string): string => STATES[state]?.[1]() ?? state;

export const isOpenState = (state: string): boolean => state === 'pending' || state === 'suggested';

/** Nothing has taken it up for running yet, so it can be called off. */
export const isStoppableState = (state: string): boolean => isOpenState(state) || state === 'approved';

/** Whom a step waits for. */
export const approversOf = ({ approvers }: Step): string => namesOf(approvers);

export function namesOf({ roles = [], users = [] }: Named): string {
  const names = [...roles, ...users.map((login) => `@${login}`)];
  return names.length === 0 ? __('anybody who may approve', 'chaperone') : names.join(', ');
}

/** Whose hand cast whose vote. */
export const inTheNameOf = (hand: string, name: string): string =>
  /* translators: 1: login of who voted, 2: login of the person whose vote it is. */
  sprintf(__('%1$s, in the name of %2$s', 'chaperone'), hand, name);

export function stepProgress(steps: readonly Step[]): string {
  const current = steps.find((step) => step.current);
  if (current === undefined) return '';
  if (current.quorum === 1) return current.name;
  /* translators: 1: name of a step, 2: votes so far, 3: votes needed. */
  return sprintf(__('%1$s, %2$d of %3$d votes', 'chaperone'), current.name, current.votes, current.quorum);
}

const CHANGED: Readonly<Record<string, () => string>> = {
  target: () => __('The content was changed, moved or removed.', 'chaperone'),
  policy: () => __('The policy now refuses it, or asks for more.', 'chaperone'),
  agent: () => __('The agent was suspended or removed.', 'chaperone'),
  capability: () => __('The agent lost a right in WordPress.', 'chaperone'),
  arguments: () => __('The tool reads the arguments otherwise now.', 'chaperone'),
  votes: () => __('Somebody who approved may no longer do so.', 'chaperone'),
  kill_switch: () => __('All agents were stopped in between.', 'chaperone'),
  stored: () => __('The stored call doesn’t fit its seal: somebody changed it in the database.', 'chaperone'),
};
export const wordsOfChange = (what: string): string => CHANGED[what]?.() ?? what;

const EVENTS: Readonly<Record<string, () => string>> = {
  'call.decision': () => __('The policy decided', 'chaperone'),
  'call.intent': () => __('About to be carried out', 'chaperone'),
  'call.outcome': () => __('Carried out', 'chaperone'),
  'approval.requested': () => __('Held for people', 'chaperone'),
  'approval.voted': () => __('Approved', 'chaperone'),
  'approval.dropped': () => __('A vote was dropped', 'chaperone'),
  'approval.reopened': () => __('Waits again for', 'chaperone'),
  'approval.edited': () => __('Edited the arguments', 'chaperone'),
  'approval.commented': () => __('Commented', 'chaperone'),
  'approval.rejected': () => __('Rejected', 'chaperone'),
  'approval.cancelled': () => __('Taken back by the agent', 'chaperone'),
  'approval.expired': () => __('Expired', 'chaperone'),
  'approval.stale': () => __('Out of date', 'chaperone'),
  'approval.escalated': () => __('Waited too long, others may vote too', 'chaperone'),
  'approval.reconciled': () => __('Looked for on the site', 'chaperone'),
  'approval.remembered': () => __('Remembered for a while', 'chaperone'),
  'approval.grant_used': () => __('Answered by a remembered approval', 'chaperone'),
  'approval.renewed': () => __('Asked anew', 'chaperone'),
  'approval.claimed': () => __('Taken up for running', 'chaperone'),
};
export const wordOfEvent = (kind: string): string => EVENTS[kind]?.() ?? kind;

export const countOfVotes = (count: number): string =>
  sprintf(/* translators: %d: number of votes. */ _n('%d vote', '%d votes', count, 'chaperone'), count);

const READ_BACK: Readonly<Record<string, () => string>> = {
  done: () => __('On the site it is as the call wanted it.', 'chaperone'),
  not_done: () => __('On the site it is as it was before.', 'chaperone'),
  unclear: () => __('What the site shows doesn’t tell whether it was done.', 'chaperone'),
};
export const wordsOfReadBack = (result: string): string => READ_BACK[result]?.() ?? result;

/** What the bridge or the sidecar says to somebody who may not vote. */
export function whyNot(code: string | null): string {
  switch (code) {
    case 'approval_own_call':
      return __('This call was made by your own account or agent, so somebody else decides.', 'chaperone');
    case 'voted':
      return __('You have voted. The call waits for others.', 'chaperone');
    case 'approval_not_eligible':
      return __('The step that waits names other people.', 'chaperone');
    default:
      return __('You can’t decide on this call.', 'chaperone');
  }
}
