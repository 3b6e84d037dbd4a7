import { GROUPS, groupSizeOf, nowFor, regroup, since, total, type History } from './admission.js';
import type { LimitDemand } from './limit-store.js';
import { frameAt, type Micros } from './window.js';

/** A history, and the instant from which none of it counts under any window that it was ever written for. */
export interface KeptHistory {
  readonly history: History;
  readonly keepUntil: Micros;
}

/**
 * The history in the groups that a demand needs, after the limit of its rule was changed. Coarser ones are always made at
 * once. Finer ones hold less, so a history that wouldn't fit stays as it is: it counts more than the new limit anyway, and a
 * replica that still has the old limit must find all of it.
 */
export function refit({ history, keepUntil }: KeptHistory, { limit, window }: LimitDemand, clock: Micros): History {
  const wanted = groupSizeOf(limit);
  const last = history.stamps.at(-1);
  if (history.groupSize <= wanted || last === undefined) return regroup(history, wanted);
  const longer = keepUntil > frameAt(window, last).end;
  const live = longer ? history : since(history, frameAt(window, nowFor(history, clock)).floor);
  return total(live) <= GROUPS * wanted ? regroup(live, wanted) : history;
}

/** The history as a look at it takes it: never in finer groups than it has. */
export const readable = (history: History, limit: number): History =>
  regroup(history, Math.max(history.groupSize, groupSizeOf(limit)));
