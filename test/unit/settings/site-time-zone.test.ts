import { describe, expect, it } from '@jest/globals';
import { makeSiteTimeZone, siteTimeZone } from '../../../src/settings/site-time-zone.js';

describe("the site's time zone, as wp_timezone_string() has it", () => {
  it.each([
    ['Europe/Berlin', '0', 'Europe/Berlin'],
    ['Europe/Berlin', undefined, 'Europe/Berlin'],
    ['', '5.5', '+05:30'],
    ['', '-3.5', '-03:30'],
    ['', '12.75', '+12:45'],
    ['', '-0.5', '-00:30'],
    ['', '14', '+14:00'],
    ['', '0', '+00:00'],
    ['', '', '+00:00'],
    [undefined, undefined, '+00:00'],
  ])('of %j and %j is %s', (name, offset, zone) => {
    expect(siteTimeZone(name, offset)).toBe(zone);
  });

  it.each(['x', '5,5', 'NaN', '1e9', 'Infinity', '16'])(
    'is an error for the offset %j: hours would be judged wrongly',
    (offset) => {
      expect(() => siteTimeZone('', offset)).toThrow('gmt_offset');
    },
  );

  it('is read afresh each time', async () => {
    const rows: Record<string, string> = { timezone_string: 'Europe/Berlin', gmt_offset: '' };
    const read = makeSiteTimeZone({ read: (name) => Promise.resolve(rows[name]) });
    expect(await read()).toBe('Europe/Berlin');
    rows['timezone_string'] = 'Asia/Tokyo';
    expect(await read()).toBe('Asia/Tokyo');
  });
});
