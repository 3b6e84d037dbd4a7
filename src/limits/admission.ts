import type { Micros } from './window.js';

/**
 * When calls were admitted under one rule and key: the newest 64 groups of `groupSize` admissions, each by the instant of its
 * last one. All groups are taken for full but the newest, which holds `filled`.
 */
export interface History {
  readonly groupSize: number;
  readonly filled: number;
  /** Never decreasing, newest last. */
  readonly stamps: readonly Micros[];
}

/** Groups that a full limit is divided into: no more ever count at a time. */
export const GROUPS = 63;
/** One more than `GROUPS`, since the newest group may be begun while the oldest still counts. */
export const STAMPS_KEPT = 64;

/**
 * How many admissions share an instant. Up to a limit of 63 each has its own, so the log is exact; above, a group counts
 * until its last admission is a window old, so at most `groupSize - 1`, less than a sixty-third of the limit, is
 * refused while free. The contract allows a sixtieth above 60 (design, section 8).
 */
export const groupSizeOf = (limit: number): number => Math.ceil(limit / GROUPS);

export const emptyHistory = (groupSize: number): History => ({ groupSize, filled: 0, stamps: [] });

/** A clock that went back stands still here until it has caught up: nothing that counts can be made to look older. */
export const nowFor = (history: History, clock: Micros): Micros => Math.max(clock, history.stamps.at(-1) ?? clock);

/** How many admissions it holds, whether they count or not. */
export const total = ({ groupSize, filled, stamps }: History): number =>
  stamps.length === 0 ? 0 : filled + (stamps.length - 1) * groupSize;

/** The part of it from `floor` on. */
export function since(history: History, floor: Micros): History {
  const stamps = history.stamps.filter((stamp) => stamp >= floor);
  return stamps.length === 0 ? emptyHistory(history.groupSize) : { ...history, stamps };
}

/** How many admissions count whose instant is `floor` or later. Never too few; too many by less than one group. */
export const counted = (history: History, floor: Micros): number => total(since(history, floor));

/**
 * How many more calls may be admitted now. Negative when the limit was lowered below what counts.
 * That no span holds more than `limit` follows: among any `limit + 1` admissions in a row, the last was admitted while
 * fewer than `limit` counted, and all that were made within the window count.
 */
export const available = (history: History, limit: number, floor: Micros): number => limit - counted(history, floor);

/** The history after `count` more admissions at `now`. A group none of which counts any more is not filled up. */
export function record(history: History, floor: Micros, now: Micros, count: number): History {
  const { groupSize, stamps } = history;
  const newest = stamps.at(-1);
  const open = newest !== undefined && newest >= floor && history.filled < groupSize;
  const room = open ? groupSize - history.filled : 0;
  const added = Math.ceil(Math.max(0, count - room) / groupSize);
  const kept = open ? stamps.slice(0, -1) : stamps;
  const written = Array.from({ length: added + (open ? 1 : 0) }, () => now);
  return {
    groupSize,
    filled: added === 0 ? history.filled + count : count - room - (added - 1) * groupSize,
    stamps: [...kept, ...written].slice(-STAMPS_KEPT),
  };
}

/**
 * The same admissions in groups of another size. Every admission is taken for as late as its group's last one, so none
 * counts for less long; what lies further back than 64 new groups reach is lost (see `refit`).
 */
export function regroup(history: History, groupSize: number): History {
  const { stamps } = history;
  if (groupSize === history.groupSize || stamps.length === 0) return { ...history, groupSize };
  const all = total(history);
  const groups = Math.ceil(all / groupSize);
  const first = Math.max(0, groups - STAMPS_KEPT);
  const stampOf = (admission: number): Micros => stamps[Math.ceil(admission / history.groupSize) - 1] ?? 0;
  return {
    groupSize,
    filled: all - (groups - 1) * groupSize,
    stamps: Array.from({ length: groups - first }, (_, index) =>
      stampOf(Math.min(all, (first + index + 1) * groupSize)),
    ),
  };
}
