import { zoneOf, type Zone } from '../policy/time/zone.js';

export type CalendarUnit = 'hour' | 'day';

/** Milliseconds since the epoch, half-open. */
export interface CalendarBounds {
  readonly start: number;
  readonly end: number;
}

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** No zone was ever further from UTC than 15:56 (Asia/Manila, before 1845). */
const FARTHEST_OFFSET = 16 * HOUR;

/**
 * The hour or day of a zone's calendar that holds an instant; windows of one unit and zone divide all time without gap or
 * overlap. Throws a RangeError when there is no such zone.
 *
 * A day lasts from the first instant of a local date to the first instant of the next one, so it has 23, 24, 24.5 or 25 hours,
 * and where clocks go back over midnight, the hour shown again belongs to the day that began before it.
 * An hour begins whenever the clock shows minute 0 or is changed, so an hour that the clocks show twice is two
 * windows, and no window is longer than 60 minutes (Lord Howe's half hours are windows of 30).
 */
export function calendarBounds(unit: CalendarUnit, zoneId: string, at: number): CalendarBounds {
  const zone = zoneOf(zoneId);
  return unit === 'hour' ? hourAt(zone, at) : dayAt(zone, at);
}

function hourAt(zone: Zone, at: number): CalendarBounds {
  const { start, end, offset } = zone.spanAt(at);
  const shown = Math.floor((at + offset) / HOUR) * HOUR - offset;
  return { start: Math.max(start, shown), end: Math.min(end, shown + HOUR) };
}

function dayAt(zone: Zone, at: number): CalendarBounds {
  const midnight = Math.floor((at + zone.spanAt(at).offset) / DAY) * DAY;
  const edges = [-DAY, 0, DAY, 2 * DAY].map((days) => firstInstantOf(zone, midnight + days));
  const start = edges.filter((edge) => edge <= at).at(-1) ?? -Infinity;
  return { start, end: edges.find((edge) => edge > at) ?? Infinity };
}

/** The first instant at which the zone's clock shows this local time or, where it was skipped, a later one. */
function firstInstantOf(zone: Zone, local: number): number {
  for (let at = local - FARTHEST_OFFSET; ;) {
    const { end, offset } = zone.spanAt(at);
    const reached = Math.max(at, local - offset);
    if (reached < end) return reached;
    at = end;
  }
}
