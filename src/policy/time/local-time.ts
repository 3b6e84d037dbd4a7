import { MINUTE, DAY } from './windows.js';

/** `HH:MM` as minutes after midnight; `24:00` (1440) only where a day may end. Undefined when it isn't a time. */
export function parseClock(text: string, mayEndDay: boolean): number | undefined {
  if (mayEndDay && text === '24:00') return 1440;
  const parts = /^([01][0-9]|2[0-3]):([0-5][0-9])$/.exec(text);
  return parts === null ? undefined : Number(parts[1]) * 60 + Number(parts[2]);
}

/** `YYYY-MM-DDTHH:MM` as milliseconds of a calendar without zones. Undefined when there is no such date or time. */
export function parseLocal(text: string): number | undefined {
  const parts = /^([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}:[0-9]{2})$/.exec(text);
  if (parts === null) return undefined;
  const minutes = parseClock(parts[4] ?? '', false);
  const [year, month, day] = [Number(parts[1]), Number(parts[2]), Number(parts[3])];
  const midnight = Date.UTC(year, month - 1, day);
  const date = new Date(midnight);
  const exists = date.getUTCFullYear() === year && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  return minutes === undefined || !exists ? undefined : midnight + minutes * MINUTE;
}

/** Minutes after midnight as `HH:MM`. */
export function formatClock(minutes: number): string {
  return `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
}

/** A calendar time as `YYYY-MM-DD HH:MM`, for messages. */
export function formatLocal(local: number): string {
  const date = new Date(Math.floor(local / MINUTE) * MINUTE).toISOString();
  return `${date.slice(0, 10)} ${date.slice(11, 16)}`;
}

export const MINUTES_OF_DAY = DAY / MINUTE;
