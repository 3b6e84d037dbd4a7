import { getDate } from '@wordpress/date';
import { localInput } from '../site/time.js';

const DAY_MS = 86_400_000;

/**
 * The instants at which today and the days after it begin in the site's zone. Counted on the calendar: where the clocks
 * change, a day isn't 24 hours long, and steps of hours would meet one date twice or pass over another.
 */
export function dayStarts(now: Date, count: number): readonly Date[] {
  const today = Date.parse(`${localInput(now.toISOString()).slice(0, 10)}T00:00Z`);
  const dates = Array.from({ length: count }, (_, day) => new Date(today + day * DAY_MS).toISOString().slice(0, 10));
  return dates.map((date) => getDate(`${date}T00:00`));
}
