import { actorOf, type Principal } from '../identity/principal.js';
import { ChaperoneError } from '../kernel/errors.js';
import type { ApprovalId, WpUserId } from '../kernel/ids.js';
import { assertOpen, assertStoppable, move, type Approval } from './approval.js';
import { makeChange, notFound } from './change.js';
import type { ReadDelegations } from './delegate.js';
import { assertNotEnded } from './ended.js';
import { approvalEntry } from './entries.js';
import type { ChangeDeps } from './stores.js';
import { voterOf } from './voters.js';
import { assertApproverOfAny, assertMayDecide } from './voting.js';

export interface Said {
  readonly id: ApprovalId;
  readonly principal: Principal;
  readonly note: string | null;
}

export interface Rejecting extends Said {
  /** The person as whom it is stopped, where their votes were delegated. */
  readonly inNameOf?: WpUserId;
  /** The digest that was shown to whoever stops it; another one now means that somebody edited meanwhile. */
  readonly digest?: string;
}

/**
 * Stops a call, up to the instant at which it is taken up for running; any approver of any step may, or who has the votes of
 * one. @throws not_found, approval_*
 */
export function makeReject(
  deps: ChangeDeps & { readonly ballotFor: ReadDelegations['ballotFor'] },
): (said: Rejecting) => Promise<Approval> {
  const change = makeChange(deps);
  return async ({ id, principal, note, inNameOf, digest }) => {
    const { voter, proxy } = await deps.ballotFor(principal, inNameOf);
    return change(id, async (approval, at, stores) => {
      assertStoppable(approval, at);
      assertMayDecide(approval, voterOf(principal));
      assertApproverOfAny(approval, voter, at);
      assertAsShown(approval, digest);
      await assertNotEnded(stores, approval);
      const { userId, login } = principal;
      const named = proxy === null ? {} : { inNameOf: voter.login, delegationId: proxy.delegationId };
      const resolution = { by: { userId, login }, note, ...named };
      const who = { actor: actorOf(principal), at };
      return {
        next: { ...move(approval, 'rejected', at), resolution },
        entries: [approvalEntry('approval.rejected', approval, who, { login, note, ...named })],
      };
    });
  };
}

/** Says something about an open approval; it is kept in the log and shown in its history. @throws not_found, approval_* */
export function makeComment(deps: ChangeDeps): (said: Said) => Promise<Approval> {
  const change = makeChange(deps);
  return ({ id, principal, note }) =>
    change(id, (approval, at) => {
      assertOpen(approval, at);
      assertMayDecide(approval, voterOf(principal));
      const { login } = principal;
      return {
        next: approval,
        entries: [approvalEntry('approval.commented', approval, { actor: actorOf(principal), at }, { login, note })],
      };
    });
}

/** The agent takes its call back, up to the same instant. To anybody else the approval doesn't exist. @throws not_found, approval_resolved, approval_expired */
export function makeCancel(deps: ChangeDeps): (said: Said) => Promise<Approval> {
  const change = makeChange(deps);
  return ({ id, principal, note }) =>
    change(id, async (approval, at, stores) => {
      if (principal.agentId === null || principal.agentId !== approval.requester.agentId) throw notFound();
      assertStoppable(approval, at);
      await assertNotEnded(stores, approval);
      return {
        next: { ...move(approval, 'cancelled', at), resolution: { note } },
        entries: [approvalEntry('approval.cancelled', approval, { actor: actorOf(principal), at }, { note })],
      };
    });
}

export interface Stale {
  readonly what: 'stored' | 'agent' | 'capability' | 'arguments' | 'target' | 'policy' | 'votes' | 'kill_switch';
  readonly detail: string;
}

/** What a refused run has to say; `findings` are those of the policy that would refuse the call now. */
export interface StaleReason {
  readonly changed: readonly Stale[];
  readonly findings?: readonly object[];
}

/** The refusal of a run whose ground has changed. */
export function staleError({ id, callId }: Approval, { changed, findings }: StaleReason): ChaperoneError {
  return new ChaperoneError('approval_stale', {
    ...(changed[0] === undefined ? {} : { detail: changed[0].detail }),
    members: { approvalId: id, callId, changed, ...(findings === undefined ? {} : { findings }) },
  });
}

const EDITED: Stale = { what: 'arguments', detail: 'Somebody edited the arguments meanwhile; look at them again.' };

/** What people say about a call is about what they were shown of it. @throws approval_stale */
export function assertAsShown(approval: Approval, digest: string | undefined): void {
  if (digest !== undefined && digest !== approval.digest) throw staleError(approval, { changed: [EDITED] });
}
