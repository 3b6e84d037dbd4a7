import { canonicalJson } from '../kernel/canonical-json.js';
import { DEFAULT_NEED, type ApprovalNeed, type Approvers, type NeededStep } from '../policy/approval-need.js';
import type { Decision } from '../policy/decision.js';
import type { Approval } from './approval.js';

/** What an `ask` waits for; the contract's default (section 8) where the policy says nothing of it. */
export function needOf(decision: Decision & { readonly approval?: ApprovalNeed | null }): ApprovalNeed {
  return decision.approval ?? DEFAULT_NEED;
}

const within = (few: readonly string[] = [], many: readonly string[] = []): boolean =>
  few.every((each) => many.includes(each));

const isAnybody = ({ roles, users }: Approvers): boolean => roles === undefined && users === undefined;

/** Whoever may vote in `voted` may vote in `asked` too, and enough of them have. */
function meets(voted: NeededStep, asked: NeededStep): boolean {
  if (voted.quorum < asked.quorum) return false;
  if (!areWithin(voted.approvers, [asked.approvers])) return false;
  if (voted.escalate === undefined) return true;
  const { afterSeconds, to } = voted.escalate;
  const later = asked.escalate !== undefined && asked.escalate.afterSeconds <= afterSeconds ? [asked.escalate.to] : [];
  return areWithin(to, [asked.approvers, ...later]);
}

function areWithin(few: Approvers, many: readonly Approvers[]): boolean {
  if (many.some(isAnybody)) return true;
  if (isAnybody(few)) return false;
  const roles = many.flatMap((each) => each.roles ?? []);
  const users = many.flatMap((each) => each.users ?? []);
  return within(few.roles, roles) && within(few.users, users);
}

/** Each asked step is met by a voted one of its own, in the same order. */
export function covers(voted: readonly NeededStep[], asked: readonly NeededStep[]): boolean {
  let place = 0;
  for (const step of asked) {
    while (place < voted.length && !isMetAt(voted, place, step)) place += 1;
    if (place === voted.length) return false;
    place += 1;
  }
  return true;
}

function isMetAt(voted: readonly NeededStep[], place: number, asked: NeededStep): boolean {
  const step = voted[place];
  return step !== undefined && meets(step, asked);
}

/** Why the present policy wants more than what people voted under; undefined when it doesn't. */
export function stricterThan(approval: Approval, asked: ApprovalNeed, now: Date): string | undefined {
  if (!covers(approval.need.steps, asked.steps)) return 'The policy now asks for other or more approvals.';
  const oldest = new Date(approval.createdAt.getTime() + asked.expiresInSeconds * 1_000);
  if (now >= oldest) return 'Under the present policy this approval would have expired.';
  const isEdited = canonicalJson(approval.proposed) !== canonicalJson(approval.effective);
  if (isEdited && !asked.allowEdits) return 'The present policy allows no edits.';
  return undefined;
}
