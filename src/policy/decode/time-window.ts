import { DAYS, type TimeWindow } from '../document.js';
import { parseClock, parseLocal } from '../time/local-time.js';
import { fault, MISTAKEN, quoted } from './context.js';
import { listOf, objectOf, optional, required, withoutRepeats, type Decoder } from './decoder.js';
import { oneOf, text } from './values.js';

const when = text('a time such as "09:00", or a date and time such as "2026-11-27T00:00"', 40);
const shape = objectOf('a window', {
  days: optional(withoutRepeats(listOf(oneOf(DAYS), 'days', DAYS.length))),
  from: required(when),
  to: required(when),
});

/** A weekly window (`from` and `to` are times of the day) or a dated one (both are dates with a time). */
export const timeWindow: Decoder<TimeWindow> = (spot, context) => {
  const raw = shape(spot, context);
  if (raw === MISTAKEN) return MISTAKEN;
  const ends = spot.node.children ?? [];
  const place = (name: 'from' | 'to' | 'days') => {
    const property = ends.find(({ children }) => children?.[0]?.value === name);
    return { node: property?.children?.[1] ?? spot.node, pointer: `${spot.pointer}/${name}` };
  };
  const outcome = isDated(raw.from) || isDated(raw.to) ? datedWindow(raw) : weeklyWindow(raw);
  return 'kind' in outcome ? outcome : fault(context, place(outcome.at), outcome.message);
};

interface RawWindow {
  readonly days?: readonly (typeof DAYS)[number][];
  readonly from: string;
  readonly to: string;
}
interface Mistake {
  readonly at: 'from' | 'to' | 'days';
  readonly message: string;
}

function isDated(written: string): boolean {
  return written.includes('T') || written.includes('-');
}

function datedWindow({ days, from, to }: RawWindow): TimeWindow | Mistake {
  const [start, end] = [parseLocal(from), parseLocal(to)];
  if (start === undefined) return { at: 'from', message: noDate(from) };
  if (end === undefined) return { at: 'to', message: noDate(to) };
  if (days !== undefined)
    return { at: 'days', message: 'A window with dates has no "days"; leave them out, or write times alone.' };
  if (end <= start) return { at: 'to', message: 'A window with dates must end after it begins.' };
  return { kind: 'dated', from: start, to: end };
}

function weeklyWindow({ days, from, to }: RawWindow): TimeWindow | Mistake {
  const [start, end] = [parseClock(from, false), parseClock(to, true)];
  if (start === undefined) return { at: 'from', message: noClock(from) };
  if (end === undefined) return { at: 'to', message: noClock(to) };
  if (start === end)
    return { at: 'to', message: 'A window must not end when it begins; the whole day is "00:00" to "24:00".' };
  return { kind: 'weekly', days: days ?? DAYS, from: start, to: end === 0 ? 1440 : end };
}

function noDate(written: string): string {
  return `${quoted(written)} isn't a date and time of the calendar; write both ends like "2026-11-27T09:00", without a zone.`;
}

function noClock(written: string): string {
  return `${quoted(written)} isn't a time of the day; write hours and minutes like "09:00" (a day ends at "24:00").`;
}
