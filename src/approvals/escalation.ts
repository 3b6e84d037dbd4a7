import type { WpUserId } from '../kernel/ids.js';
import type { Approvers } from '../policy/approval-need.js';
import { currentStep, liveVotes, type Approval } from './approval.js';

/** Since when a step has waited: since the last vote of the steps before it, or since it was asked. */
function waitsSince(approval: Approval, place: number): Date {
  const votes = liveVotes(approval).filter(({ step }) => step < place);
  return votes.reduce((latest, { at }) => (at > latest ? at : latest), approval.createdAt);
}

/**
 * The instant from which a step's further approvers may vote; undefined where it names none, or hasn't begun. It follows from
 * instants that are sealed (the asking, the votes before), so no timer has to have run.
 */
export function escalatesAt(approval: Approval, place: number): Date | undefined {
  const escalate = approval.need.steps[place]?.escalate;
  if (escalate === undefined || place > currentStep(approval)) return undefined;
  return new Date(waitsSince(approval, place).getTime() + escalate.afterSeconds * 1_000);
}

/** All who may vote in a step at an instant: any of these. */
export function approversAt(approval: Approval, place: number, at: Date): readonly Approvers[] {
  const step = approval.need.steps[place];
  if (step === undefined) return [];
  const due = escalatesAt(approval, place);
  return step.escalate === undefined || due === undefined || at < due
    ? [step.approvers]
    : [step.approvers, step.escalate.to];
}

/** The step that waits and whose time has passed. */
export function escalatedStep(
  approval: Approval,
  now: Date,
): { readonly place: number; readonly at: Date } | undefined {
  const place = currentStep(approval);
  const at = escalatesAt(approval, place);
  return at !== undefined && now >= at ? { place, at } : undefined;
}

/** Everybody whose hand or name is in a vote that counts: nobody of them has a second one. */
export function peopleIn(approval: Approval): ReadonlySet<WpUserId> {
  return new Set(liveVotes(approval).flatMap(({ userId, by }) => (by === null ? [userId] : [userId, by.userId])));
}
