import { dateI18n, getSettings } from '@wordpress/date';
import { __, _n, sprintf } from '@wordpress/i18n';

/** In the site's zone and in its own format; what WordPress itself would print. */
export const longTime = (at: Date | string): string =>
  dateI18n(getSettings().formats.datetime, typeof at === 'string' ? new Date(at) : at, undefined);

/** To the second, for logs. */
export const exactTime = (at: string): string => dateI18n('Y-m-d H:i:s', new Date(at), undefined);

export const dayOf = (at: Date): string => dateI18n(getSettings().formats.date, at, undefined);
export const hourOf = (at: Date): string => dateI18n('H:i', at, undefined);

const MINUTE = 60;
const HOUR = 3_600;
const DAY = 86_400;

/** A length of time in its largest unit. */
export function spanOf(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < MINUTE)
    return sprintf(/* translators: %d: seconds. */ _n('%d second', '%d seconds', whole, 'chaperone'), whole);
  if (whole < HOUR) {
    const minutes = Math.round(whole / MINUTE);
    return sprintf(/* translators: %d: minutes. */ _n('%d minute', '%d minutes', minutes, 'chaperone'), minutes);
  }
  if (whole < 2 * DAY) {
    const hours = Math.round(whole / HOUR);
    return sprintf(/* translators: %d: hours. */ _n('%d hour', '%d hours', hours, 'chaperone'), hours);
  }
  const days = Math.round(whole / DAY);
  return sprintf(/* translators: %d: days. */ _n('%d day', '%d days', days, 'chaperone'), days);
}

/** Since or until, in words. */
export function sinceOrUntil(at: string, now: Date): string {
  const seconds = (now.getTime() - Date.parse(at)) / 1_000;
  if (Math.abs(seconds) < 10) return __('just now', 'chaperone');
  return seconds > 0
    ? sprintf(/* translators: %s: a length of time. */ __('%s ago', 'chaperone'), spanOf(seconds))
    : sprintf(/* translators: %s: a length of time. */ __('in %s', 'chaperone'), spanOf(-seconds));
}

/** An instant as a field of type datetime-local wants it, in the site's zone. */
export const localInput = (at: string): string => dateI18n('Y-m-d\\TH:i', new Date(at), undefined);
