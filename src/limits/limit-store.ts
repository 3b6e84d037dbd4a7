import type { LimitWindow, Micros } from './window.js';

/** One rule's limit on one key. */
export interface LimitDemand {
  /** The rule's id: state is kept per rule id and key. */
  readonly rule: string;
  /** Whom or what is counted, from `limitKey`. */
  readonly key: string;
  readonly limit: number;
  readonly window: LimitWindow;
}

/** How one demand stands after the decision. */
export interface LimitStanding {
  readonly rule: string;
  readonly limit: number;
  /** Whether this limit alone had room for the call. */
  readonly admits: boolean;
  /** How many more calls it admits now. */
  readonly remaining: number;
  /** Whole seconds, rounded up, until it will admit more than `remaining` calls. */
  readonly resetSeconds: number;
  readonly windowSeconds: number;
}

export interface LimitVerdict {
  /** The call was counted under every demand; otherwise it was counted under none. For a peek: it would be. */
  readonly admitted: boolean;
  /** The rules that had no room, in the order of the demands. */
  readonly refusedBy: readonly string[];
  /** Whole seconds, rounded up, until each of those rules has room for one call; 0 when the call was admitted. */
  readonly retryAfterSeconds: number;
  /** In the order of the demands. */
  readonly standings: readonly LimitStanding[];
  /** The instant of the decision by the store's clock, in microseconds since the epoch. */
  readonly at: Micros;
}

/** The memory of all replicas for limits. */
export interface LimitStore {
  /**
   * Counts one call under all demands, or under none when any of them has no room, by the store's clock and in one round trip.
   * Exact over any number of replicas. A peek counts nothing. Rejects when it can't know: the caller then refuses the call.
   */
  consume(demands: readonly LimitDemand[], options?: { readonly peek?: boolean }): Promise<LimitVerdict>;
  /**
   * Forgets states that count no more, looking at no more than `limit` of them, and answers how many it forgot. Called now and
   * then, it gets round to all.
   */
  purge(limit: number): Promise<number>;
  close(): Promise<void>;
}

/** The largest limit that is kept: far above what a policy may ask for, and small enough to be exact in every store. */
const MOST = 100_000_000;
const LONGEST_SECONDS = 366 * 86_400;

/** Throws a RangeError unless every demand can be kept as it is written: a limit that is misread would admit too much. */
export function checkDemands(demands: readonly LimitDemand[]): void {
  const names = new Set<string>();
  for (const { rule, key, limit, window } of demands) {
    if (!Number.isSafeInteger(limit) || limit < 1 || limit > MOST)
      throw new RangeError(`${rule}: no limit is ${limit}`);
    if (window.kind === 'rolling' && !isWindowLength(window.seconds))
      throw new RangeError(`${rule}: no window has ${window.seconds} seconds`);
    const name = JSON.stringify([rule, key]);
    if (names.has(name)) throw new RangeError(`${rule}: demanded twice for one call`);
    names.add(name);
  }
}

const isWindowLength = (seconds: number): boolean =>
  Number.isSafeInteger(seconds) && seconds >= 1 && seconds <= LONGEST_SECONDS;
