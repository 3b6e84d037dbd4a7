import { parseDuration } from '../policy/decode/words.js';
import { calendarBounds, type CalendarUnit } from './calendar.js';

/** Microseconds since the epoch, as the store's clock has them. Exact in a double until the year 2255. */
export type Micros = number;

/** Any span of this many seconds, wherever it starts. */
export interface RollingWindow {
  readonly kind: 'rolling';
  readonly seconds: number;
}

/** The hour or the day that the clocks of a zone show. `zone` is an IANA name or an offset such as `+05:30`. */
export interface CalendarWindow {
  readonly kind: 'calendar';
  readonly unit: CalendarUnit;
  readonly zone: string;
}

export type LimitWindow = RollingWindow | CalendarWindow;

export const SECOND: Micros = 1_000_000;
const LONGEST_DAYS = 366;

/**
 * The window that a policy writes: `"<n>s|m|h|d"` rolls, `"hour"` and `"day"` are those of the calendar in `zone`
 * (design, section 8). Undefined when it is neither, or rolls over more than 366 days.
 */
export function parseWindow(text: string, zone: string): LimitWindow | undefined {
  if (text === 'hour' || text === 'day') return { kind: 'calendar', unit: text, zone };
  const seconds = parseDuration(text, LONGEST_DAYS);
  return seconds === undefined ? undefined : { kind: 'rolling', seconds };
}

/** What a window is at one instant. */
export interface Frame {
  /** The first microsecond whose admissions count. An admission exactly one rolling window ago counts no more. */
  readonly floor: Micros;
  /** When an admission made at that instant stops to count. */
  readonly end: Micros;
  /** How long the window is, in seconds: a calendar day may have 82,800 or 90,000. */
  readonly seconds: number;
}

/** The frame of a window at an instant. */
export function frameAt(window: LimitWindow, now: Micros): Frame {
  if (window.kind === 'rolling') {
    const length = window.seconds * SECOND;
    return { floor: now - length + 1, end: now + length, seconds: window.seconds };
  }
  const { start, end } = calendarBounds(window.unit, window.zone, Math.floor(now / 1000));
  return { floor: start * 1000, end: end * 1000, seconds: Math.ceil((end - start) / 1000) };
}

/**
 * Four edges, in microseconds: where the calendar window before the one at `near` starts, where that one starts and ends, and where the one after
 * it ends. A store picks the window by its own clock, so that an edge falls where the store's clock has it.
 */
export function edgesAround(window: CalendarWindow, near: Micros): readonly [Micros, Micros, Micros, Micros] {
  const at = (milliseconds: number) => calendarBounds(window.unit, window.zone, milliseconds);
  const { start, end } = at(Math.floor(near / 1000));
  return [at(start - 1).start * 1000, start * 1000, end * 1000, at(end).end * 1000];
}
