import type { CredentialKind } from '../audit/audit-entry.js';
import { ChaperoneError } from '../kernel/errors.js';
import type { AgentId, ApprovalId, CallId, DelegationId, KeyId, PolicyVersion, WpUserId } from '../kernel/ids.js';
import type { Json, JsonObject } from '../kernel/json.js';
import type { ApprovalNeed } from '../policy/approval-need.js';

/** `suggested`: kept for a person who carries it out under their own name. `running` is entered once and never again. */
export const APPROVAL_STATES = [
  'pending',
  'suggested',
  'approved',
  'running',
  'succeeded',
  'failed',
  'unknown',
  'rejected',
  'expired',
  'cancelled',
  'stale',
] as const;
export type ApprovalState = (typeof APPROVAL_STATES)[number];

/** Everything that can follow a state. What isn't named here can't happen. */
const FOLLOWS: Readonly<Record<ApprovalState, readonly ApprovalState[]>> = {
  pending: ['approved', 'rejected', 'expired', 'cancelled', 'stale'],
  suggested: ['running', 'rejected', 'expired', 'cancelled', 'stale'],
  approved: ['running', 'rejected', 'expired', 'cancelled', 'stale'],
  running: ['succeeded', 'failed', 'unknown'],
  succeeded: [],
  failed: [],
  unknown: [],
  rejected: [],
  expired: [],
  cancelled: [],
  stale: [],
};

/** Who asked, as it was then: the call is decided again and run with this. */
export interface Requester {
  readonly agentId: AgentId;
  readonly userId: WpUserId;
  readonly login: string;
  readonly credential: CredentialKind;
  readonly keyId: KeyId | null;
  readonly ip: string | null;
}

export type DropReason = 'edited' | 'ineligible' | 'step_reopened' | 'not_genuine';

/** Who cast a vote in another's name, and by which delegation. */
export interface Proxy {
  readonly userId: WpUserId;
  readonly login: string;
  readonly delegationId: DelegationId;
}

export interface Vote {
  readonly step: number;
  /** Whose vote it is: the roles of this person count. */
  readonly userId: WpUserId;
  readonly login: string;
  /** Null: they cast it themselves. */
  readonly by: Proxy | null;
  /** For how long this person would have the call remembered; null: this once. */
  readonly rememberSeconds: number | null;
  readonly note: string | null;
  readonly at: Date;
  /** The approval's digest when the vote was cast: a vote is for exact arguments, never for the approval as such. */
  readonly digest: string;
  readonly seal: string;
  readonly dropped: { readonly at: Date; readonly why: DropReason } | null;
}

/** What the digest covers: all that people are shown and all that will be done. */
export interface Held {
  readonly id: ApprovalId;
  readonly callId: CallId;
  readonly kind: 'approval' | 'suggestion';
  readonly requester: Requester;
  readonly tool: string;
  /** The arguments after parsing, as the agent asked and as they would be carried out now. */
  readonly proposed: JsonObject;
  readonly effective: JsonObject;
  readonly reason: string | null;
  /** In words: `post 12`, and its title. */
  readonly target: string | null;
  readonly title: string | null;
  /** The fields of the target that its tool declares, as they were. */
  readonly before: JsonObject | null;
  /** Over those fields and the time of the last change. Null where the call touches nothing that exists. */
  readonly targetDigest: string | null;
  readonly policyVersion: PolicyVersion | null;
  readonly findings: Json;
  readonly need: ApprovalNeed;
  readonly createdAt: Date;
  readonly expiresAt: Date;
}

export interface Outcome {
  readonly status: number;
  readonly body: JsonObject;
}

export interface Approval extends Held {
  readonly state: ApprovalState;
  readonly digest: string;
  readonly seal: string;
  /** In the order in which they were cast, dropped ones included. */
  readonly votes: readonly Vote[];
  /** How it ended without running: who, why, what had changed. */
  readonly resolution: JsonObject | null;
  readonly outcome: Outcome | null;
  readonly updatedAt: Date;
}

/** The approval in its next state. @throws approval_resolved, approval_expired */
export function move(approval: Approval, to: ApprovalState, now: Date): Approval {
  if (!FOLLOWS[approval.state].includes(to)) throw resolved(approval.state);
  return { ...approval, state: to, updatedAt: now };
}

/** Whether people can still decide. */
export const isOpen = (state: ApprovalState): boolean => state === 'pending' || state === 'suggested';

/** Whether the call can still be called off: until it is taken up for running, which is decided on the same locked row. */
export const isStoppable = (state: ApprovalState): boolean => FOLLOWS[state].includes('rejected');

/** Compared with the present instant, never with what a sweeper has marked. The last instant is past it. */
export const isPastExpiry = ({ expiresAt }: Pick<Held, 'expiresAt'>, now: Date): boolean => now >= expiresAt;

/** The state as people should see it: what is past its expiry has expired, swept or not. */
export function shownState(approval: Approval, now: Date): ApprovalState {
  const canExpire = FOLLOWS[approval.state].includes('expired');
  return canExpire && isPastExpiry(approval, now) ? 'expired' : approval.state;
}

function assertState(approval: Approval, now: Date, isFit: (state: ApprovalState) => boolean): void {
  const state = shownState(approval, now);
  if (state === 'expired') throw new ChaperoneError('approval_expired');
  if (!isFit(state)) throw resolved(state);
}

/** @throws approval_expired, approval_resolved */
export const assertOpen = (approval: Approval, now: Date): void => assertState(approval, now, isOpen);

/** @throws approval_expired, approval_resolved */
export const assertStoppable = (approval: Approval, now: Date): void => assertState(approval, now, isStoppable);

function resolved(state: ApprovalState): ChaperoneError {
  return new ChaperoneError('approval_resolved', {
    detail: `This approval is ${state}.`,
    members: { approvalStatus: state },
  });
}

/** Votes that count as far as the votes themselves tell: not dropped, and for what would be done now. */
export const liveVotes = ({ votes, digest }: Approval): readonly Vote[] =>
  votes.filter((vote) => vote.dropped === null && vote.digest === digest);

/** How many different people have approved a step. */
export function countOf(approval: Approval, step: number): number {
  return new Set(liveVotes(approval).flatMap((vote) => (vote.step === step ? [vote.userId] : []))).size;
}

/** The place of the first step that still waits; the number of steps when none does. */
export function currentStep(approval: Approval): number {
  const { steps } = approval.need;
  const waiting = steps.findIndex(({ quorum }, place) => countOf(approval, place) < Math.max(1, quorum));
  return waiting === -1 ? steps.length : waiting;
}

/** A need without a step can't be met: nothing is ever approved by nobody. */
export const isComplete = (approval: Approval): boolean =>
  approval.need.steps.length > 0 && currentStep(approval) === approval.need.steps.length;
