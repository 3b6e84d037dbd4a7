import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { getSettings, setSettings } from '@wordpress/date';
import { dayStarts } from '../../../wp-bridge/admin/src/policy/day-starts.js';

const BEFORE = getSettings();
const berlin = { offset: 1, offsetFormatted: '1', string: 'Europe/Berlin', abbr: 'CET' };
const hoursOf = (starts: readonly Date[]): number[] =>
  starts.slice(1).map((start, day) => (start.getTime() - (starts[day] as Date).getTime()) / 3_600_000);

describe('the days of a week in the site’s zone', () => {
  beforeAll(() => setSettings({ ...BEFORE, timezone: berlin }));
  afterAll(() => setSettings(BEFORE));

  it('are seven dates, each once, where one of them has 25 hours', () => {
    const starts = dayStarts(new Date('2026-10-23T00:30:00+02:00'), 8);
    expect(starts[0]?.toISOString()).toBe('2026-10-22T22:00:00.000Z');
    expect(starts[7]?.toISOString()).toBe('2026-10-29T23:00:00.000Z');
    expect(hoursOf(starts)).toEqual([24, 24, 25, 24, 24, 24, 24]);
  });

  it('are seven dates, each once, where one of them has 23 hours', () => {
    const starts = dayStarts(new Date('2027-03-26T23:30:00+01:00'), 8);
    expect(starts[0]?.toISOString()).toBe('2027-03-25T23:00:00.000Z');
    expect(starts[7]?.toISOString()).toBe('2027-04-01T22:00:00.000Z');
    expect(hoursOf(starts)).toEqual([24, 24, 23, 24, 24, 24, 24]);
  });
});
