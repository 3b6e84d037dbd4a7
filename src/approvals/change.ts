import type { NewAuditEntry } from '../audit/audit-entry.js';
import { ChaperoneError } from '../kernel/errors.js';
import type { ApprovalId } from '../kernel/ids.js';
import type { Approval } from './approval.js';
import type { ApprovalStores, ChangeDeps, HeldCallState } from './stores.js';

/** What comes of looking at a locked approval. */
export interface Change {
  readonly next: Approval;
  readonly entries: readonly NewAuditEntry[];
}

export const notFound = (): ChaperoneError => new ChaperoneError('not_found', { detail: 'There is no such approval.' });

export const heldStateOf = ({ kind }: Approval): HeldCallState =>
  kind === 'suggestion' ? 'suggested' : 'pending_approval';

type CallEnding = 'running' | 'rejected' | 'expired' | 'cancelled' | 'stale';
const ENDINGS: readonly string[] = ['running', 'rejected', 'expired', 'cancelled', 'stale'] satisfies CallEnding[];
const isEnding = (state: string): state is CallEnding => ENDINGS.includes(state);

/** The state beside the entries, and the call's row with them; whatever doesn't fit undoes all of it. */
export async function write(stores: ApprovalStores, from: Approval, { next, entries }: Change): Promise<void> {
  const { state } = next;
  const moved = state !== from.state;
  const call = { from: heldStateOf(from), at: next.updatedAt };
  const fits =
    (next === from || (await stores.approvals.save(from, next))) &&
    (!moved || !isEnding(state) || (await stores.calls.settle(from.callId, { ...call, to: state })));
  if (!fits) throw new ChaperoneError('approval_resolved');
  await stores.audit.append(entries);
}

/** Looks at one approval while nobody else can change it, and writes what comes of it. @throws not_found */
export function makeChange({ inTransaction, clock }: ChangeDeps) {
  return (
    id: ApprovalId,
    decide: (approval: Approval, now: Date, stores: ApprovalStores) => Change | Promise<Change>,
  ): Promise<Approval> =>
    inTransaction(async (stores) => {
      const approval = await stores.approvals.lock(id);
      if (approval === undefined) throw notFound();
      const change = await decide(approval, clock.now(), stores);
      await write(stores, approval, change);
      return change.next;
    });
}
