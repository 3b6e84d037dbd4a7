import { DAYS, type TimeWindow } from '../document.js';
import { formatClock, formatLocal } from './local-time.js';

/** A window in words: "mon, tue 09:00–18:00", "daily 22:00–06:00", "2026-11-27 00:00 to 2026-12-01 00:00". */
export function describeWindow(window: TimeWindow): string {
  if (window.kind === 'dated') return `${formatLocal(window.from)} to ${formatLocal(window.to)}`;
  const days = window.days.length === DAYS.length ? 'daily' : window.days.join(', ');
  return `${days} ${formatClock(window.from)}–${formatClock(window.to)}`;
}
