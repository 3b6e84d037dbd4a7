import { DAY, type ReadyWindow } from './windows.js';
import type { Zone } from './zone.js';

/** How far ahead a next allowed instant is looked for. */
const HORIZON = 366 * DAY;
/** After as many days without a change of offset or a dated edge, weekly windows only repeat themselves. */
const CYCLE = 8 * DAY;
/** Tests in one search. More than people's windows need; a bound for the others. */
const MOST_TESTS = 20_000;

/**
 * The first instant after `now` (milliseconds) at which `allowed` holds for the zone's local time, exact to the
 * millisecond; undefined when there is none within a year. Within a stretch of constant offset, local time only
 * ever starts to be allowed at an edge of a window, so edges and changes of offset are all that is tried.
 */
export function nextAllowed(
  zone: Zone,
  now: number,
  windows: readonly ReadyWindow[],
  allowed: (local: number) => boolean,
): number | undefined {
  const daily = sorted(windows.flatMap((window) => window.daily));
  const dated = sorted(windows.flatMap((window) => window.dated));
  let tests = 0;
  for (let span = zone.spanAt(now); ; span = zone.spanAt(span.end)) {
    const from = Math.max(now, span.start);
    const until = Math.min(span.end, now + HORIZON);
    for (const local of edges(from + span.offset, until + span.offset, daily, dated)) {
      tests += 1;
      if (tests > MOST_TESTS) return undefined;
      if (allowed(local)) return local - span.offset;
    }
    if (until < span.end || span.end >= now + HORIZON) return undefined;
  }
}

/** Local times from `from` to before `until` at which something may change, in order; `from` itself is the first. */
function* edges(from: number, until: number, daily: readonly number[], dated: readonly number[]): Generator<number> {
  yield from;
  const ahead = dated.filter((edge) => edge > from && edge < until);
  let fresh = from;
  let day = Math.floor(from / DAY) * DAY;
  while (day < until) {
    const ofDay = [...daily.map((time) => day + time), ...ahead.filter((edge) => edge >= day && edge < day + DAY)];
    for (const edge of sorted(ofDay)) {
      if (edge > from && edge < until) yield edge;
      if (ahead.includes(edge)) fresh = edge;
    }
    day += DAY;
    if (day - fresh > CYCLE) {
      const next = ahead.find((edge) => edge >= day);
      if (next === undefined) return;
      fresh = next;
      day = Math.floor(next / DAY) * DAY;
    }
  }
}

function sorted(numbers: readonly number[]): readonly number[] {
  return [...new Set(numbers)].sort((left, right) => left - right);
}
