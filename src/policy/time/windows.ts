import { DAYS, type Day, type TimeWindow, type WeeklyWindow } from '../document.js';

export const MINUTE = 60_000;
export const DAY = 86_400_000;

/** Whether a local time lies in a window. */
export type WindowTest = (local: number) => boolean;

/** A window made ready: its test, and the local times at which it can open or close. */
export interface ReadyWindow {
  readonly holds: WindowTest;
  /** Milliseconds after local midnight, of every day. */
  readonly daily: readonly number[];
  /** Local times of one single day. */
  readonly dated: readonly number[];
}

/**
 * Windows are half-open predicates over local wall-clock time, not spans of instants: on a day of 23 or 25 hours they
 * open and close when the clock on the wall says so, and an hour that comes twice counts twice.
 */
export function readyWindow(window: TimeWindow): ReadyWindow {
  if (window.kind === 'dated') {
    const { from, to } = window;
    return { holds: (local) => from <= local && local < to, daily: [], dated: [from, to] };
  }
  return { holds: weeklyTest(window), daily: [0, window.from * MINUTE, (window.to * MINUTE) % DAY], dated: [] };
}

/** A window that crosses midnight belongs to the day on which it starts: its morning is that of the day after. */
function weeklyTest({ days, from, to }: WeeklyWindow): WindowTest {
  const opens = from * MINUTE;
  const closes = to * MINUTE;
  const holdsOn = DAYS.map((day) => days.includes(day));
  const on = (weekday: number): boolean => holdsOn[weekday] ?? false;
  if (opens < closes) {
    return (local) => {
      const time = timeOfDay(local);
      return opens <= time && time < closes && on(weekdayOf(local));
    };
  }
  return (local) => {
    const time = timeOfDay(local);
    if (time >= opens) return on(weekdayOf(local));
    return time < closes && on((weekdayOf(local) + 6) % 7);
  };
}

/** Milliseconds since local midnight, also before 1970. */
function timeOfDay(local: number): number {
  return ((local % DAY) + DAY) % DAY;
}

/** 0 is a Sunday; 1970-01-01 was a Thursday. */
function weekdayOf(local: number): number {
  return (((Math.floor(local / DAY) + 4) % 7) + 7) % 7;
}

export function dayOf(local: number): Day {
  return DAYS[weekdayOf(local)] ?? 'sun';
}
