import { delta } from './diff-delta.js';
import { namedList } from './diff-words.js';
import { DAYS, type TimeRule, type TimeWindow } from './document.js';
import { describeWindow } from './time/describe.js';

const DAY_NAMES = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];

/** The days on which each span of hours is open, and windows that aren't weekly under their own words. */
function daysByHours(windows: readonly TimeWindow[]): ReadonlyMap<string, ReadonlySet<string>> {
  const found = new Map<string, Set<string>>();
  for (const window of windows) {
    const hours = describeWindow(window.kind === 'weekly' ? { ...window, days: DAYS } : window);
    const days = window.kind === 'weekly' ? window.days.map((day) => DAY_NAMES[DAYS.indexOf(day)] ?? day) : [hours];
    found.set(hours, new Set([...(found.get(hours) ?? []), ...days]));
  }
  return found;
}

/** Hours that came and went: by their days where the hours themselves stayed, and in full where they didn't. */
export function windowChanges(id: string, name: 'allow' | 'blackout', from: TimeRule, to: TimeRule): readonly string[] {
  const [old, fresh] = [from[name], to[name]];
  const verb = name === 'allow' ? 'covers' : 'forbids';
  if (old === undefined && fresh === undefined) return [];
  if (old === undefined)
    return [
      `The rule ${id} now ${verb} ${namedList((fresh ?? []).map(describeWindow))}${name === 'allow' ? ' alone' : ''}.`,
    ];
  if (fresh === undefined) return [`The rule ${id} no longer names hours that it ${verb}.`];
  const [before, after] = [daysByHours(old), daysByHours(fresh)];
  const lost = [...before.keys()].filter((hours) => !after.has(hours));
  const found = [...after.keys()].filter((hours) => !before.has(hours));
  const named = (wanted: readonly string[], windows: readonly TimeWindow[]): string =>
    namedList(
      windows
        .filter((window) =>
          wanted.includes(describeWindow(window.kind === 'weekly' ? { ...window, days: DAYS } : window)),
        )
        .map(describeWindow),
    );
  const sentences = [...after].flatMap(([hours, days]) => {
    const { added, gone } = delta([...(before.get(hours) ?? days)], [...days]);
    return [
      ...(added.length > 0 ? [`The rule ${id} now also ${verb} ${namedList(added)}.`] : []),
      ...(gone.length > 0 ? [`The rule ${id} no longer ${verb} ${namedList(gone)}.`] : []),
    ];
  });
  if (lost.length > 0 && found.length > 0)
    return [...sentences, `The rule ${id} now ${verb} ${named(found, fresh)} instead of ${named(lost, old)}.`];
  if (found.length > 0) return [...sentences, `The rule ${id} now also ${verb} ${named(found, fresh)}.`];
  return lost.length > 0 ? [...sentences, `The rule ${id} no longer ${verb} ${named(lost, old)}.`] : sentences;
}
