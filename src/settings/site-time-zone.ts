import type { CoreOptions } from './core-options.js';

/**
 * The site's zone as `wp_timezone_string()` gives it: the option `timezone_string`, or the option `gmt_offset` in hours
 * as `+05:30`. An unreadable offset is an error, since hours of a policy would be judged in the wrong zone.
 */
export function siteTimeZone(timezoneString: string | undefined, gmtOffset: string | undefined): string {
  if (timezoneString !== undefined && timezoneString !== '') return timezoneString;
  const hours = Number(gmtOffset === undefined || gmtOffset === '' ? '0' : gmtOffset);
  if (!Number.isFinite(hours) || Math.abs(hours) > 15)
    throw new Error(`the site's gmt_offset is unusable: ${String(gmtOffset)}`);
  const minutes = Math.round(Math.abs(hours) * 60);
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${hours < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}

/** The zone as it is now; an administrator who changes it changes the hours of the next decision. */
export function makeSiteTimeZone(options: CoreOptions): () => Promise<string> {
  return async () => {
    const [timezoneString, gmtOffset] = await Promise.all([
      options.read('timezone_string'),
      options.read('gmt_offset'),
    ]);
    return siteTimeZone(timezoneString, gmtOffset);
  };
}
