import type { Clock } from '../kernel/clock.js';
import { ChaperoneError } from '../kernel/errors.js';
import type { ApprovalId } from '../kernel/ids.js';
import type { ApprovalStore } from './approval-store.js';
import { TAMPERED, type RunApproved } from './approve.js';
import { isIntact, type Seal } from './binding.js';
import type { MarkStale } from './mark-stale.js';

/** Longer than the checks between the last vote and the claim can take with every deadline in them. */
export const UNCLAIMED_AFTER_MS = 180_000;
const BATCH = 20;

/**
 * Calls with their last vote whose process stopped, or lost WordPress, before the claim: nothing was done yet, so they
 * are run now, after the same checks and by the same claim. What was claimed is never touched here.
 * @returns how many were run or ended
 */
export function makeResumeApproved(deps: {
  readonly approvals: Pick<ApprovalStore, 'get' | 'unclaimed'>;
  readonly seal: Seal;
  readonly runApproved: RunApproved;
  readonly markStale: MarkStale;
  readonly clock: Clock;
}): () => Promise<number> {
  const resume = async (id: ApprovalId): Promise<void> => {
    const approval = await deps.approvals.get(id);
    if (approval?.state !== 'approved') return;
    if (!isIntact(approval, deps.seal)) await deps.markStale(approval, { changed: [TAMPERED] });
    await deps.runApproved(approval, null);
  };
  return async () => {
    const now = deps.clock.now();
    const before = new Date(now.getTime() - UNCLAIMED_AFTER_MS);
    let resumed = 0;
    for (const id of await deps.approvals.unclaimed(before, now, BATCH)) {
      try {
        await resume(id);
        resumed += 1;
      } catch (error) {
        // Said in the log already, or a trouble that may have passed at the next sweep.
        if (!(error instanceof ChaperoneError)) throw error;
      }
    }
    return resumed;
  };
}
