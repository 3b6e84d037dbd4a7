import type { NewAuditEntry } from '../audit/audit-entry.js';
import { redact } from '../audit/redact.js';
import { actorOf } from '../identity/principal.js';
import { ChaperoneError } from '../kernel/errors.js';
import type { JsonObject } from '../kernel/json.js';
import { currentStep, isOpen, type Approval } from './approval.js';
import { bind, sealVote, type Seal } from './binding.js';
import type { Change } from './change.js';
import { approvalEntry, dropEntries } from './entries.js';
import { reopenedEntries } from './reopening.js';
import type { Said } from './resolve.js';
import { assertMayVote, castVote, dropAll, type Ballot, type Rechecked } from './voting.js';

/** A vote about to be cast: for which arguments, as whom, and with which words. */
export interface Wanted {
  readonly edit: JsonObject | undefined;
  readonly ballot: Ballot;
  readonly input: Said & { readonly rememberSeconds?: number };
}

/** The approval with other arguments, sealed. */
export function rebind(approval: Approval, effective: JsonObject, seal: Seal): Approval {
  const changed = { ...approval, effective };
  return { ...changed, ...bind(changed, seal) };
}

/**
 * What comes of a vote: of the edit that it brings, and of the vote itself, where it may be cast after that. `dropped` are the
 * votes that were found not to count any more. @throws approval_own_call, approval_not_eligible
 */
export function cast(
  seal: Seal,
  { approval: checked, dropped }: Rechecked,
  { edit, ballot, input }: Wanted,
  at: Date,
): Change {
  const { principal, note, rememberSeconds = null } = input;
  assertMayVote(checked, ballot, at);
  const who = { actor: actorOf(principal), at };
  const { login } = principal;
  const edited = edit === undefined ? undefined : editedBy(seal, checked, edit, at);
  const base = edited?.approval ?? checked;
  const gone = [...dropped, ...(edited?.dropped ?? [])];
  const entries: NewAuditEntry[] = [...(edited?.entries ?? [])];
  if (edited !== undefined) {
    const detail = { login, note, formerDigest: checked.digest };
    entries.push({ ...approvalEntry('approval.edited', base, who, detail), arguments: redact(base.effective) });
    if (!mayVoteNow(base, ballot, at)) {
      return { next: base, entries: [...entries, ...reopenedEntries(base, gone, at)] };
    }
  }
  const next = castVote(base, ballot, { note, at, rememberSeconds }, (each) => sealVote(base.id, each, seal));
  entries.push(approvalEntry('approval.voted', base, who, { login, note, ...votedDetail(base, next, ballot) }));
  // A vote that opens another step tells of it itself.
  if (currentStep(next) === currentStep(base)) entries.push(...reopenedEntries(next, gone, at));
  return { next, entries };
}

/** Which step it was, whose vote it is, and which step waits from now on, where that is another. */
function votedDetail(base: Approval, next: Approval, { voter, proxy }: Ballot): JsonObject {
  const [step, waiting] = [currentStep(base), currentStep(next)];
  const opened = waiting === step ? undefined : next.need.steps[waiting];
  return {
    ...{ step, stepName: base.need.steps[step]?.name ?? '' },
    ...(proxy === null ? {} : { inNameOf: voter.login, delegationId: proxy.delegationId }),
    ...(opened === undefined ? {} : { waitsFor: opened.name, waitsAt: waiting }),
  };
}

/** The edit stands first, with nobody's vote. */
function editedBy(seal: Seal, checked: Approval, args: JsonObject, at: Date): Rechecked & Pick<Change, 'entries'> {
  const voided = dropAll(checked, at);
  const approval = rebind({ ...voided.approval, updatedAt: at }, args, seal);
  return { approval, dropped: voided.dropped, entries: dropEntries(checked, voided.dropped, at) };
}

/** Whoever edits in a later step isn't always an approver of the first one, which waits again after an edit. */
function mayVoteNow(approval: Approval, ballot: Ballot, at: Date): boolean {
  try {
    assertMayVote(approval, ballot, at);
    return isOpen(approval.state);
  } catch (error) {
    if (error instanceof ChaperoneError) return false;
    throw error;
  }
}
