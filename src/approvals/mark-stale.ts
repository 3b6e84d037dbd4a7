import { move, type Approval } from './approval.js';
import { makeChange } from './change.js';
import { assertNotEnded } from './ended.js';
import { approvalEntry, NOBODY } from './entries.js';
import { staleError, type StaleReason } from './resolve.js';
import type { ChangeDeps } from './stores.js';

export type MarkStale = (approval: Approval, why: StaleReason) => Promise<never>;

/**
 * Ends an approval whose ground has changed, says in the log what had, and refuses. When somebody was faster (it ran,
 * or was stopped), theirs stands and is reported. @throws approval_stale, approval_resolved
 */
export function makeMarkStale(deps: ChangeDeps): MarkStale {
  const change = makeChange(deps);
  return async (approval, why) => {
    await change(approval.id, async (locked, at, stores) => {
      await assertNotEnded(stores, locked);
      const changed = why.changed.map((each) => ({ ...each }));
      return {
        next: { ...move(locked, 'stale', at), resolution: { changed } },
        entries: [
          {
            ...approvalEntry('approval.stale', locked, { actor: NOBODY, at }, { changed }),
            code: 'approval_stale',
            ...(why.findings === undefined ? {} : { findings: why.findings.map((each) => ({ ...each })) }),
          },
        ],
      };
    });
    throw staleError(approval, why);
  };
}
