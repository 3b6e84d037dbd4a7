import type { Principal } from '../identity/principal.js';
import { canonicalJson } from '../kernel/canonical-json.js';
import { ChaperoneError } from '../kernel/errors.js';
import type { WpUserId } from '../kernel/ids.js';
import type { JsonObject } from '../kernel/json.js';
import { assertOpen, liveVotes, type Approval, type Outcome } from './approval.js';
import type { ApprovalStore } from './approval-store.js';
import { isGenuine, isIntact, type Seal } from './binding.js';
import { cast, rebind, type Wanted } from './casting.js';
import { notFound, write } from './change.js';
import type { ReadDelegations } from './delegate.js';
import { dropEntries } from './entries.js';
import { escalationEntries } from './escalate.js';
import type { MarkStale } from './mark-stale.js';
import { reopenedEntries } from './reopening.js';
import { assertAsShown, type Said, type Stale } from './resolve.js';
import type { ApprovalStores, ChangeDeps } from './stores.js';
import { voterOf, type LoadPresent } from './voters.js';
import { assertApproverOfAny, assertMayDecide, dropForged, recheck, type Ballot, type Present } from './voting.js';

/** Checks everything about an approved call again, claims it and runs it; for a suggestion, under its applier's name. */
export type RunApproved = (approval: Approval, applier: Principal | null) => Promise<Outcome>;

/** Other arguments through schema, capability, target and policy; returns them after parsing, or refuses. */
export type ReviewEdit = (approval: Approval, args: JsonObject) => Promise<JsonObject>;

export interface Approving extends Said {
  /** Other arguments than those that are shown. */
  readonly args?: JsonObject;
  /** The person whose vote this is, where it was delegated. */
  readonly inNameOf?: WpUserId;
  /** For how many seconds the same may be done again without asking, where everybody who votes wants that. */
  readonly rememberSeconds?: number;
  /** The digest that was shown to whoever votes; another one now means that somebody edited meanwhile. */
  readonly digest?: string;
}

export interface Approved {
  readonly approval: Approval;
  /** Null while further votes are needed. */
  readonly outcome: Outcome | null;
}

export interface ApproveDeps extends ChangeDeps {
  readonly approvals: Pick<ApprovalStore, 'get'>;
  readonly seal: Seal;
  /** Throws while nothing may run. */
  readonly killSwitch: () => Promise<void>;
  readonly loadPresent: LoadPresent;
  readonly ballotFor: ReadDelegations['ballotFor'];
  readonly reviewEdit: ReviewEdit;
  readonly runApproved: RunApproved;
  readonly markStale: MarkStale;
}

/** Each attempt sees one more vote of somebody else, so this is how many may vote at the same instant. */
const ATTEMPTS = 200;

export const TAMPERED: Stale = {
  what: 'stored',
  detail: 'The stored call or its steps were changed outside Chaperone.',
};

/**
 * A vote for exactly the arguments that are stored, or for those that it brings. The last one runs the call. For a
 * suggestion there are no steps: whoever approves carries it out under their own name.
 * @throws not_found, kill_switch_on, approval_*, and what the arguments are refused with
 */
export function makeApprove(deps: ApproveDeps): (input: Approving) => Promise<Approved> {
  return async (input) => {
    await deps.killSwitch();
    const ballot = await deps.ballotFor(input.principal, input.inNameOf);
    const seen = await look(deps, input, ballot);
    assertRemembers(seen, input);
    const edit = await editOf(deps, seen, input.args);
    if (seen.kind === 'suggestion') return apply(deps, seen, edit, input);
    const approval = await vote(deps, seen, { edit, ballot, input });
    if (approval.state !== 'approved') return { approval, outcome: null };
    const outcome = await deps.runApproved(approval, null);
    return { approval: (await deps.approvals.get(approval.id)) ?? approval, outcome };
  };
}

async function look(
  deps: ApproveDeps,
  { id, principal, digest }: Approving,
  { voter, proxy }: Ballot,
): Promise<Approval> {
  const seen = await deps.approvals.get(id);
  if (seen === undefined) throw notFound();
  const now = deps.clock.now();
  assertOpen(seen, now);
  assertMayDecide(seen, voterOf(principal));
  if (!isIntact(seen, deps.seal)) return deps.markStale(seen, { changed: [TAMPERED] });
  assertApproverOfAny(seen, voter, now);
  if (proxy !== null && seen.kind === 'suggestion') {
    throw new ChaperoneError('approval_not_eligible', { detail: 'A suggestion is carried out under one’s own name.' });
  }
  assertAsShown(seen, digest);
  return seen;
}

/** @throws args_invalid */
function assertRemembers({ kind, target, targetDigest }: Approval, { rememberSeconds }: Approving): void {
  if (rememberSeconds === undefined) return;
  if (kind === 'approval' && target !== null && targetDigest !== null) return;
  throw new ChaperoneError('args_invalid', {
    detail:
      'remember: only a change of something that exists can be remembered, so that it is known what may be repeated.',
  });
}

const isSame = (left: JsonObject, right: JsonObject): boolean => canonicalJson(left) === canonicalJson(right);

/** The arguments after parsing; undefined when they are those that stand already. */
async function editOf(
  deps: ApproveDeps,
  seen: Approval,
  args: JsonObject | undefined,
): Promise<JsonObject | undefined> {
  if (args === undefined || isSame(args, seen.effective)) return undefined;
  if (!seen.need.allowEdits && seen.kind !== 'suggestion') {
    throw new ChaperoneError('approval_not_eligible', { detail: 'The rules of this approval allow no edits.' });
  }
  const parsed = await deps.reviewEdit(seen, args);
  return isSame(parsed, seen.effective) ? undefined : parsed;
}

async function apply(
  deps: ApproveDeps,
  seen: Approval,
  edit: JsonObject | undefined,
  { principal }: Approving,
): Promise<Approved> {
  const wanted = edit === undefined ? seen : rebind(seen, edit, deps.seal);
  const outcome = await deps.runApproved(wanted, principal);
  return { approval: (await deps.approvals.get(seen.id)) ?? seen, outcome };
}

type Attempt =
  | { readonly kind: 'again'; readonly seen: Approval }
  | { readonly kind: 'done'; readonly approval: Approval }
  | { readonly kind: 'refused'; readonly error: ChaperoneError };

/** Votes until nobody else's vote came between reading people's present roles and writing. */
async function vote(deps: ApproveDeps, first: Approval, wanted: Wanted): Promise<Approval> {
  for (let seen = first, attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const present = await deps.loadPresent(seen);
    const known = new Set(liveVotes(seen).map(({ userId }) => userId));
    const answer = await deps.inTransaction<Attempt>(async (stores) => {
      const locked = await stores.approvals.lock(seen.id);
      if (locked === undefined) throw notFound();
      assertOpen(locked, deps.clock.now());
      assertAsShown(locked, first.digest);
      if (liveVotes(locked).some(({ userId }) => !known.has(userId))) return { kind: 'again', seen: locked };
      return tryVote(deps, stores, locked, { present, ...wanted });
    });
    if (answer.kind === 'refused') throw answer.error;
    if (answer.kind === 'done') return answer.approval;
    seen = answer.seen;
  }
  throw new ChaperoneError('overloaded', { detail: 'Too many people vote at this instant.', retryAfter: 1 });
}

/** Votes that no longer count are dropped for good, even when this one is refused then. */
async function tryVote(
  deps: ApproveDeps,
  stores: ApprovalStores,
  locked: Approval,
  { present, ...wanted }: Wanted & { readonly present: Present },
): Promise<Attempt> {
  const at = deps.clock.now();
  const genuine = dropForged(locked, (each) => isGenuine(locked.id, each, deps.seal), at);
  const checked = recheck(genuine.approval, present, at);
  const dropped = [...genuine.dropped, ...checked.dropped];
  const drops = [...dropEntries(locked, dropped, at), ...(await escalationEntries(stores, checked.approval, at))];
  try {
    const { next, entries } = cast(deps.seal, { approval: checked.approval, dropped }, wanted, at);
    await write(stores, locked, { next, entries: [...drops, ...entries] });
    return { kind: 'done', approval: next };
  } catch (error) {
    if (!(error instanceof ChaperoneError) || drops.length === 0) throw error;
    const entries = [...drops, ...reopenedEntries(checked.approval, dropped, at)];
    await write(stores, locked, { next: checked.approval, entries });
    return { kind: 'refused', error };
  }
}
