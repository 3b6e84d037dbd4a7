import type { Finding } from './decision.js';
import type { LimitSubject, LimitWindow } from './document.js';
import type { Position } from './source/positions.js';

/** Counts are kept beside the site's own tables, so there is one site. */
export const SITE = 'site';

/** A window with the zone whose hours or days it counts, by its own name: never `site`. */
export type ZonedWindow =
  Extract<LimitWindow, { kind: 'rolling' }> | (Extract<LimitWindow, { kind: 'calendar' }> & { readonly zone: string });

/** That a call be counted under one rule of `rateLimits`. Counting takes a store, so it is done outside of the evaluator. */
export interface LimitDemand {
  readonly rule: string;
  readonly source?: Position;
  readonly per: readonly LimitSubject[];
  /** Who and what the call is counted for. Whatever `per` names is there. */
  readonly subjects: Readonly<Record<LimitSubject, string | number | undefined>>;
  readonly limit: number;
  readonly window: ZonedWindow;
}

/** What the store of counts says of a demand for which it has no room. */
export interface FullLimit {
  /** Whole seconds until there is room again, and that instant. */
  readonly retryAfter: number;
  readonly at: Date;
}

/** The finding of a call that a limit has no room for. */
export function limitFinding(demand: LimitDemand, { retryAfter, at }: FullLimit): Finding {
  const { rule, source } = demand;
  return {
    rule,
    block: 'rateLimits',
    effect: 'deny',
    code: 'rate_limited',
    message: `The policy allows ${inWords(demand)}, and there is no room for more now; try again in ${retryAfter} s.`,
    ...(source === undefined ? {} : { source }),
    unlock: { at: at.toISOString(), retryAfter },
  };
}

const WHOSE: Readonly<Record<LimitSubject, string>> = {
  user: 'user',
  agent: 'agent',
  ip: 'address',
  tool: 'tool',
  site: 'site',
};

/** "100 calls in 3600 s for each user and tool", "500 calls a day (Europe/Berlin) for the whole site". */
function inWords({ limit, window, per }: LimitDemand): string {
  const calls = limit === 1 ? '1 call' : `${limit} calls`;
  const time = window.kind === 'rolling' ? `in ${window.seconds} s` : `per ${window.unit} (${window.zone})`;
  const each = per.filter((subject) => subject !== 'site').map((subject) => WHOSE[subject]);
  return `${calls} ${time} for ${each.length === 0 ? 'the whole site' : `each ${each.join(' and ')}`}`;
}
