import { ChaperoneError } from '../kernel/errors.js';
import type { ApprovalId } from '../kernel/ids.js';
import { isPastExpiry, move } from './approval.js';
import type { ApprovalStore } from './approval-store.js';
import { makeChange } from './change.js';
import { assertNotEnded } from './ended.js';
import { approvalEntry, NOBODY } from './entries.js';
import type { ChangeDeps } from './stores.js';

const BATCH = 200;

/**
 * Marks what is past its expiry. Nothing depends on it: whoever decides compares with the present instant. Safe to run
 * in every replica. @returns how many were marked
 */
export function makeExpireApprovals(
  deps: ChangeDeps & { readonly approvals: Pick<ApprovalStore, 'due'> },
): () => Promise<number> {
  const change = makeChange(deps);
  const expire = async (id: ApprovalId): Promise<boolean> => {
    try {
      await change(id, async (approval, at, stores) => {
        if (!isPastExpiry(approval, at)) throw new ChaperoneError('approval_resolved');
        await assertNotEnded(stores, approval);
        const expiresAt = approval.expiresAt.toISOString();
        return {
          next: move(approval, 'expired', at),
          entries: [approvalEntry('approval.expired', approval, { actor: NOBODY, at }, { expiresAt })],
        };
      });
      return true;
    } catch (error) {
      if (error instanceof ChaperoneError && error.code === 'approval_resolved') return false;
      throw error;
    }
  };
  return async () => {
    let marked = 0;
    for (const id of await deps.approvals.due(deps.clock.now(), BATCH)) if (await expire(id)) marked += 1;
    return marked;
  };
}
