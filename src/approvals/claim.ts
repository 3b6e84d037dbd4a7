import type { NewAuditEntry } from '../audit/audit-entry.js';
import { ChaperoneError } from '../kernel/errors.js';
import { isComplete, isPastExpiry, move, type Approval } from './approval.js';
import { isGenuine, isIntact, type Seal } from './binding.js';
import { notFound, write } from './change.js';
import { assertNotEnded } from './ended.js';
import { NOBODY } from './entries.js';
import type { Grant } from './grant.js';
import { grantEntry } from './remember.js';
import type { ChangeDeps } from './stores.js';

/** What is written with the claim, for its instant: that it was claimed, and what is about to be done. */
export type ClaimEntries = (approval: Approval, at: Date) => readonly NewAuditEntry[];
/** The grant that a claim makes, for its instant; undefined where nobody wanted the call remembered. */
export type Remembering = (approval: Approval, at: Date) => Grant | undefined;
export type Claim = (checked: Approval, entries: ClaimEntries, remember?: Remembering) => Promise<Approval>;

/** Approved by enough genuine votes for exactly these arguments, or a suggestion, which needs none. */
function mayRun(approval: Approval, seal: Seal): boolean {
  if (approval.kind === 'suggestion') return approval.state === 'suggested';
  const genuine = approval.votes.filter((vote) => isGenuine(approval.id, vote, seal));
  return approval.state === 'approved' && isComplete({ ...approval, votes: genuine });
}

/**
 * Takes an approval for running, once: of any number of claims, over any number of replicas, one gets it. In the same
 * transaction the call's row says `running` and the log says what is about to be done. `checked` is the approval as it
 * was when everything about it was checked; when it isn't that any more, nothing is claimed. Rejecting and cancelling look at
 * the same locked row, so one of them and the claim wins, and what was called off never runs.
 * A suggestion may be claimed with other arguments than are stored: those of the person who applies it.
 * @throws approval_resolved, approval_expired
 */
export function makeClaim({ inTransaction, clock, seal }: ChangeDeps & { readonly seal: Seal }): Claim {
  return (checked, entries, remember) =>
    inTransaction(async (stores) => {
      const locked = await stores.approvals.lock(checked.id);
      if (locked === undefined) throw notFound();
      const at = clock.now();
      // What was called off meanwhile is named by its state.
      const running = move(locked, 'running', at);
      const isSame = checked.kind === 'suggestion' || locked.digest === checked.digest;
      if (!isSame || !isIntact(locked, seal) || !isIntact(checked, seal) || !mayRun(locked, seal)) {
        throw new ChaperoneError('approval_resolved');
      }
      if (isPastExpiry(locked, at)) throw new ChaperoneError('approval_expired');
      await assertNotEnded(stores, locked);
      const { effective, digest, seal: stamp } = checked;
      const next = { ...running, effective, digest, seal: stamp };
      const grant = remember?.({ ...next, votes: locked.votes }, at);
      const remembered = grant && grantEntry('approval.remembered', grant, { actor: NOBODY, at });
      if (grant !== undefined) await stores.grants.insert(grant);
      const all = [...entries(next, at), ...(remembered === undefined ? [] : [{ ...remembered, callId: next.callId }])];
      await write(stores, locked, { next, entries: all });
      return next;
    });
}
