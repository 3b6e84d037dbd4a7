import type { NewAuditEntry } from '../audit/audit-entry.js';
import { ChaperoneError } from '../kernel/errors.js';
import { isJsonObject } from '../kernel/json.js';
import { assertOpen, isOpen, type Approval } from './approval.js';
import { withoutTexts, type ApprovalStore, type ApprovalSummary } from './approval-store.js';
import { makeChange } from './change.js';
import { approvalEntry, NOBODY } from './entries.js';
import { escalatedStep } from './escalation.js';
import type { ApprovalStores, ChangeDeps } from './stores.js';

const PAGE = 200;

/**
 * The entry that a step's further approvers may vote now: once for each time that a step waited too long. The approval must
 * be locked, so that of two who find that out one writes it.
 */
export async function escalationEntries(
  { trail }: Pick<ApprovalStores, 'trail'>,
  approval: Approval,
  at: Date,
): Promise<readonly NewAuditEntry[]> {
  const escalated = isOpen(approval.state) ? escalatedStep(approval, at) : undefined;
  if (escalated === undefined) return [];
  const { place } = escalated;
  const dueAt = escalated.at.toISOString();
  const before = await trail.list({ callId: approval.callId, kind: 'approval.escalated' }, { limit: PAGE });
  const isWritten = before.some(
    ({ detail }) => isJsonObject(detail) && detail['step'] === place && detail['dueAt'] === dueAt,
  );
  if (isWritten) return [];
  const step = approval.need.steps[place];
  const { roles = [], users = [] } = step?.escalate?.to ?? {};
  const detail = { step: place, stepName: step?.name ?? '', dueAt, roles: [...roles], users: [...users] };
  return [approvalEntry('approval.escalated', approval, { actor: NOBODY, at }, detail)];
}

/**
 * Writes down which steps have escalated, so that people are told. Nothing depends on it: who may vote follows from the time. Safe
 * to run in every replica. @returns how many were written
 */
export function makeEscalateApprovals(
  deps: ChangeDeps & { readonly approvals: Pick<ApprovalStore, 'list'> },
): () => Promise<number> {
  const change = makeChange(deps);
  /** What the log has already, as far as this process knows. */
  let known = new Set<string>();
  const keyOf = (each: ApprovalSummary): string | undefined => {
    const escalated = escalatedStep(withoutTexts(each), deps.clock.now());
    return escalated && `${each.id} ${escalated.place} ${escalated.at.getTime()}`;
  };
  const escalate = async ({ id }: ApprovalSummary): Promise<number> => {
    let written = 0;
    await change(id, async (approval, at, stores) => {
      assertOpen(approval, at);
      const entries = await escalationEntries(stores, approval, at);
      written = entries.length;
      return { next: approval, entries };
    });
    return written;
  };
  return async () => {
    let written = 0;
    const seen = new Set<string>();
    for await (const each of openWithEscalations(deps)) {
      const key = keyOf(each);
      if (key === undefined) continue;
      seen.add(key);
      if (!known.has(key)) written += await escalate(each).catch(ignoreEnded);
    }
    known = seen;
    return written;
  };
}

/** Somebody decided it meanwhile. */
function ignoreEnded(error: unknown): number {
  if (error instanceof ChaperoneError) return 0;
  throw error;
}

async function* openWithEscalations({
  approvals,
  clock,
}: {
  readonly approvals: Pick<ApprovalStore, 'list'>;
  readonly clock: ChangeDeps['clock'];
}): AsyncGenerator<ApprovalSummary> {
  for (let before: number | undefined; ;) {
    const page = await approvals.list({
      ...{ group: 'open', escalating: true, limit: PAGE, now: clock.now() },
      ...(before === undefined ? {} : { before }),
    });
    yield* page;
    before = page.at(-1)?.seq;
    if (page.length < PAGE) return;
  }
}
