import { available, nowFor, type History } from './admission.js';
import type { LimitDemand, LimitStanding, LimitVerdict } from './limit-store.js';
import { readable } from './refit.js';
import { frameAt, SECOND, type LimitWindow, type Micros } from './window.js';

/** What a store knows of one demand once it has decided. */
export interface Outcome {
  readonly demand: LimitDemand;
  readonly history: History;
  /** The instant that the history was judged at: the store's clock, or the last admission when that is later. */
  readonly now: Micros;
  /** Admissions that the history holds but that were decided after this call. */
  readonly later?: number;
}

/** The verdict on a call whose demands stand like this. `admitted` is what the store did, `at` its clock. */
export function verdictOf(admitted: boolean, outcomes: readonly Outcome[], at: Micros): LimitVerdict {
  const standings = outcomes.map((outcome) => standingOf(admitted, outcome, at));
  const refusing = admitted ? [] : standings.filter(({ admits }) => !admits);
  return {
    admitted,
    refusedBy: refusing.map(({ rule }) => rule),
    retryAfterSeconds: Math.max(0, ...refusing.map(({ resetSeconds }) => resetSeconds)),
    standings,
    at,
  };
}

/** The verdict that a call would get at this instant, when nothing is counted. */
export function foreseen(demands: readonly Pick<Outcome, 'demand' | 'history'>[], at: Micros): LimitVerdict {
  const outcomes = demands.map(({ demand, history }) => ({
    demand,
    history: readable(history, demand.limit),
    now: nowFor(history, at),
  }));
  const admitted = outcomes.every(
    ({ demand, history, now }) => available(history, demand.limit, frameAt(demand.window, now).floor) >= 1,
  );
  return verdictOf(admitted, outcomes, at);
}

/** Nothing was demanded, so nothing was counted. */
export const nothingDemanded = (at: Micros): LimitVerdict => verdictOf(true, [], at);

function standingOf(admitted: boolean, { demand, history, now, later = 0 }: Outcome, at: Micros): LimitStanding {
  const { rule, limit, window } = demand;
  const frame = frameAt(window, now);
  const free = available(history, limit, frame.floor) + later;
  const remaining = Math.max(0, free);
  const reset = moreThan(remaining - later, history, limit, window, now);
  return {
    rule,
    limit,
    admits: admitted || free >= 1,
    remaining,
    resetSeconds: Math.ceil((reset - at) / SECOND),
    windowSeconds: frame.seconds,
  };
}

/** The instant from which more than `most` calls will be admitted, when none is admitted meanwhile. */
function moreThan(most: number, history: History, limit: number, window: LimitWindow, now: Micros): Micros {
  const { floor, end } = frameAt(window, now);
  if (window.kind === 'calendar') return end;
  const counting = history.stamps.filter((stamp) => stamp >= floor);
  const frees = counting.find((stamp) => available(history, limit, stamp + 1) > most);
  return frees === undefined ? end : frees + window.seconds * SECOND;
}
