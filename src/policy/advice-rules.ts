import type { LimitWindow, PolicyDocument, RateLimitRule, TimeRule, TimeWindow } from './document.js';
import { DAY, readyWindow } from './time/windows.js';

/** More windows than people write; a rule with more of them is left alone. */
const MOST_WINDOWS = 20;

/** What a rule of time amounts to when its windows fill the whole week; undefined when they don't. */
export function alwaysHolds({ match, allow, blackout, onViolation }: TimeRule): string | undefined {
  if (blackout !== undefined && fillsTheWeek(blackout))
    return `This rule's blackout fills the whole week: it ${onViolation === 'deny' ? 'denies' : 'holds'} every call that it is about, at any time.`;
  // One that asks for the address still denies where there is none to be known.
  if (match.ips !== undefined) return undefined;
  if (allow !== undefined && blackout === undefined && fillsTheWeek(allow))
    return 'This rule never objects to anything: its hours fill the whole week.';
  return undefined;
}

/** Windows only begin and end at their edges, so each day's edges are all that is looked at. */
function fillsTheWeek(windows: readonly TimeWindow[]): boolean {
  const weekly = windows.filter(({ kind }) => kind === 'weekly');
  if (weekly.length === 0 || windows.length > MOST_WINDOWS) return false;
  const ready = weekly.map(readyWindow);
  const edges = new Set([0, ...ready.flatMap(({ daily }) => daily)]);
  return [0, 1, 2, 3, 4, 5, 6].every((day) =>
    [...edges].every((edge) => ready.some(({ holds }) => holds(day * DAY + edge))),
  );
}

/**
 * Whether the limit `under` can't be reached because `over`, which counts at least the same calls for the same
 * subjects, is full before. Above sixty, a limit may count as full while a sixtieth of it is free (section 8 of the
 * contract), so only a clear distance counts.
 */
export function isBeneath(
  over: RateLimitRule,
  under: RateLimitRule,
  policy: Pick<PolicyDocument, 'timezone'>,
): boolean {
  if (over === under || over.limit > under.limit - Math.ceil(under.limit / 60)) return false;
  const same = over.per.length === under.per.length && over.per.every((subject) => under.per.includes(subject));
  const zone = ({ timezone }: RateLimitRule): string => timezone ?? policy.timezone;
  return same && contains(over.window, under.window, zone(over) === zone(under));
}

/** Whether every window of one kind lies within one of the other kind. */
function contains(over: LimitWindow, under: LimitWindow, sameZone: boolean): boolean {
  if (over.kind === 'rolling') return under.kind === 'rolling' && over.seconds >= under.seconds;
  return under.kind === 'calendar' && sameZone && (over.unit === 'day' || under.unit === 'hour');
}
