import { describe, expect, it } from '@jest/globals';
import { Temporal } from 'temporal-polyfill';
import { calendarBounds } from '../../../src/limits/calendar.js';
import { edgesAround, frameAt, parseWindow } from '../../../src/limits/window.js';
import { fractionsFrom } from '../../../dev/draws.js';

const ZONES = [
  'UTC',
  'Europe/Berlin',
  'Europe/London',
  'Europe/Dublin',
  'America/New_York',
  'America/St_Johns',
  'America/Sao_Paulo',
  'America/Havana',
  'America/Santiago',
  'Africa/Casablanca',
  'Africa/Cairo',
  'Asia/Kolkata',
  'Asia/Kathmandu',
  'Asia/Beirut',
  'Asia/Tehran',
  'Australia/Lord_Howe',
  'Pacific/Chatham',
  'Pacific/Apia',
  'Pacific/Kiritimati',
  '+05:45',
  '-09:30',
] as const;
const FROM = Date.UTC(2000, 0, 1);
const SPAN = Date.UTC(2030, 0, 1) - FROM;

const local = (at: number, zone: string): Temporal.ZonedDateTime =>
  Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone);

/** The day that holds an instant. Where clocks go back over midnight (St John's, until 2011), the new day goes on. */
function temporalDay(at: number, zone: string): { start: number; end: number } {
  const startOf = (date: Temporal.PlainDate): number => date.toZonedDateTime(zone).epochMilliseconds;
  const shown = local(at, zone).toPlainDate();
  const date = startOf(shown.add({ days: 1 })) <= at ? shown.add({ days: 1 }) : shown;
  return { start: startOf(date), end: startOf(date.add({ days: 1 })) };
}

/** Random instants, and each zone's changes of clock with what lies around them. */
function instantsOf(zone: string): number[] {
  const random = fractionsFrom(zone.length * 7_919);
  const instants = Array.from({ length: 60 }, () => FROM + Math.floor(random() * SPAN));
  for (const year of [2010, 2024]) {
    let change = local(Date.UTC(year, 0, 1), zone).getTimeZoneTransition('next');
    while (change !== null && change.epochMilliseconds < Date.UTC(year + 3, 0, 1)) {
      for (const hours of [-25, -2, -1, -0.5, 0, 0.5, 1, 2, 25])
        for (const less of [0, 1]) instants.push(change.epochMilliseconds + hours * 3_600_000 - less);
      change = change.getTimeZoneTransition('next');
    }
  }
  return instants;
}

describe('calendar windows', () => {
  it('are the days that Temporal has, of whatever length', () => {
    const lengths = new Set<number>();
    const wrong: unknown[] = [];
    let checked = 0;
    for (const zone of ZONES)
      for (const at of instantsOf(zone)) {
        const { start, end } = temporalDay(at, zone);
        const bounds = calendarBounds('day', zone, at);
        if (bounds.start !== start || bounds.end !== end) wrong.push({ zone, at, bounds });
        lengths.add((end - start) / 3_600_000);
        checked += 1;
      }
    console.info(
      `${checked} days in ${ZONES.length} zones as Temporal has them, ${[...lengths].sort().join(', ')} hours long`,
    );
    for (const length of [23, 23.5, 24, 24.5, 25]) expect(lengths).toContain(length);
  });

  it('are hours that begin at minute 0 or when the clock is changed, and hold one hour of one offset', () => {
    const wrong: unknown[] = [];
    for (const zone of ZONES)
      for (const at of instantsOf(zone)) {
        const { start, end } = calendarBounds('hour', zone, at);
        const [first, last, next, before] = [start, end - 1, end, start - 1].map((edge) => local(edge, zone));
        if (first === undefined || last === undefined || next === undefined || before === undefined) throw new Error();
        const holds = start <= at && at < end && end - start <= 3_600_000;
        const same = last.hour === first.hour && last.offset === first.offset && last.day === first.day;
        const edge = (one: Temporal.ZonedDateTime, other: Temporal.ZonedDateTime): boolean =>
          other.minute === 0 || one.offset !== other.offset;
        if (!holds || !same || !edge(before, first) || !edge(last, next)) wrong.push({ zone, at, start, end });
      }
    expect(wrong).toEqual([]);
  });

  it('follow one another without gap or overlap through days on which clocks change', () => {
    for (const unit of ['hour', 'day'] as const)
      for (const zone of ZONES) {
        let { end: at } = calendarBounds(unit, zone, Date.UTC(2026, 0, 1));
        for (let count = 0; count < (unit === 'day' ? 800 : 9_000); count += 1) {
          const { start, end } = calendarBounds(unit, zone, at);
          if (start !== at || end <= at) throw new Error(`${zone}: ${unit} from ${start} to ${end} at ${at}`);
          at = end;
        }
        expect(at).toBeGreaterThan(Date.UTC(2026, 11, 1));
      }
  });

  it('are two for an hour that the clocks show twice', () => {
    const passes = ['2026-11-01T05:30:00Z', '2026-11-01T06:30:00Z'].map((iso) =>
      calendarBounds('hour', 'America/New_York', Date.parse(iso)),
    );
    expect(passes.map(({ start }) => new Date(start).toISOString())).toEqual([
      '2026-11-01T05:00:00.000Z',
      '2026-11-01T06:00:00.000Z',
    ]);
  });

  it('are read from what a policy writes', () => {
    expect(parseWindow('day', 'Europe/Berlin')).toEqual({ kind: 'calendar', unit: 'day', zone: 'Europe/Berlin' });
    expect(['90s', '5m', '1h', '366d'].map((text) => parseWindow(text, 'UTC'))).toEqual(
      [90, 300, 3_600, 31_622_400].map((seconds) => ({ kind: 'rolling', seconds })),
    );
    for (const text of ['', '0s', '1.5h', '-1h', '367d', 'week', '1H', ' 1h'])
      expect(parseWindow(text, 'UTC')).toBeUndefined();
  });

  it('have edges in microseconds, half-open', () => {
    const window = { kind: 'calendar', unit: 'day', zone: 'Australia/Lord_Howe' } as const;
    const [before, start, end, after] = edgesAround(window, Date.parse('2026-04-05T00:00:00Z') * 1_000);
    expect([start - before, end - start, after - end].map((length) => length / 3_600_000_000)).toEqual([24, 24.5, 24]);
    expect([end - 1, end].map((at) => frameAt(window, at).floor)).toEqual([start, end]);
    expect(frameAt(window, start).seconds).toBe(88_200);
  });
});
