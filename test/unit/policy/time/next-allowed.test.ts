import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { DAYS, type TimeWindow } from '../../../../src/policy/document.js';
import { nextAllowed } from '../../../../src/policy/time/next-allowed.js';
import { readyWindow, type ReadyWindow } from '../../../../src/policy/time/windows.js';
import { zoneOf, type Zone } from '../../../../src/policy/time/zone.js';
import { cpuMilliseconds } from '../../../support/cpu-time.js';

const MINUTE = 60_000;
const DAY = 1_440 * MINUTE;
const ZONES = ['UTC', 'America/New_York', 'Europe/Berlin', 'Australia/Lord_Howe', 'Pacific/Chatham', '+05:30'];
/** Around the nights on which those zones change their clocks, and an ordinary day. */
const STARTS = ['2026-03-07', '2026-03-28', '2026-04-04', '2026-10-03', '2026-10-24', '2026-10-31', '2026-07-15'];

const weekly = fc
  .record({
    kind: fc.constant('weekly' as const),
    days: fc.subarray([...DAYS], { minLength: 1 }),
    from: fc.integer({ min: 0, max: 1_439 }),
    to: fc.integer({ min: 1, max: 1_440 }),
  })
  .filter(({ from, to }) => from !== to);
const dated = fc
  .tuple(fc.constantFrom(...STARTS), fc.integer({ min: -3_000, max: 3_000 }), fc.integer({ min: 1, max: 4_000 }))
  .map(([date, shift, length]) => {
    const from = Date.parse(`${date}T00:00Z`) + shift * MINUTE;
    return { kind: 'dated' as const, from, to: from + length * MINUTE };
  });
const window: fc.Arbitrary<TimeWindow> = fc.oneof(weekly, dated);

const allowedBy = (open: readonly ReadyWindow[], closed: readonly ReadyWindow[]) => (local: number) =>
  (open.length === 0 || open.some(({ holds }) => holds(local))) && !closed.some(({ holds }) => holds(local));

/** Minute by minute, as one would look at the clock on the wall. */
function bruteForce(zone: Zone, now: number, days: number, allowed: (local: number) => boolean): number | undefined {
  for (let at = Math.floor(now / MINUTE + 1) * MINUTE; at < now + days * DAY; at += MINUTE) {
    if (allowed(at + zone.spanAt(at).offset)) return at;
  }
  return undefined;
}

describe('the next allowed instant', () => {
  it('is the one that counting minutes finds', () => {
    let found = 0;
    fc.assert(
      fc.property(
        fc.array(window, { maxLength: 3 }),
        fc.array(window, { maxLength: 3 }),
        fc.constantFrom(...ZONES),
        fc.constantFrom(...STARTS),
        fc.integer({ min: 0, max: 4 * DAY }),
        (open, closed, zoneId, start, shift) => {
          const zone = zoneOf(zoneId);
          const now = Date.parse(`${start}T00:00Z`) - DAY + shift;
          const [opened, shut] = [open.map(readyWindow), closed.map(readyWindow)];
          const allowed = allowedBy(opened, shut);
          fc.pre(!allowed(now + zone.spanAt(now).offset));
          const next = nextAllowed(zone, now, [...opened, ...shut], allowed);
          const expected = bruteForce(zone, now, 9, allowed);
          if (expected === undefined) return next === undefined || next >= now + 9 * DAY - MINUTE;
          found += 1;
          return next === expected;
        },
      ),
      { numRuns: 2_000 },
    );
    console.info(`next allowed instants: ${found} found twice, by edges and by counting minutes`);
    expect(found).toBeGreaterThan(500);
  }, 60_000);

  const berlin = zoneOf('Europe/Berlin');
  const next = (from: string, ...windows: TimeWindow[]): string | undefined => {
    const ready = windows.map(readyWindow);
    const at = nextAllowed(berlin, Date.parse(from), ready, allowedBy([], ready));
    return at === undefined ? undefined : new Date(at).toISOString();
  };
  const everyDay: TimeWindow = { kind: 'weekly', days: DAYS, from: 0, to: 1_440 };

  it('lies behind a long dated blackout', () => {
    const from = Date.UTC(2026, 0, 1);
    const freeze: TimeWindow = { kind: 'dated', from, to: Date.UTC(2026, 8, 1, 7, 30) };
    expect(next('2026-01-05T00:00:30.500Z', freeze)).toBe('2026-09-01T05:30:00.000Z');
  });

  it('is exact where a window ends in an hour that does not exist', () => {
    const night: TimeWindow = { kind: 'weekly', days: ['sun'], from: 60, to: 150 };
    expect(next('2026-03-29T00:30:00Z', night)).toBe('2026-03-29T01:00:00.000Z');
  });

  it('comes between the two passes through an hour that repeats', () => {
    const night: TimeWindow = { kind: 'weekly', days: ['sun'], from: 60, to: 150 };
    expect(next('2026-10-25T00:10:00Z', night)).toBe('2026-10-25T00:30:00.000Z');
    expect(next('2026-10-25T01:10:00Z', night)).toBe('2026-10-25T01:30:00.000Z');
  });

  it('is none when every minute is closed, found without counting a year', () => {
    const began = cpuMilliseconds();
    expect(next('2026-01-05T00:00:00Z', everyDay)).toBeUndefined();
    expect(cpuMilliseconds() - began).toBeLessThan(500);
  });

  it('is none when the year ahead is closed', () => {
    const freeze: TimeWindow = { kind: 'dated', from: 0, to: Date.UTC(2040, 0, 1) };
    expect(next('2026-01-05T00:00:00Z', freeze)).toBeUndefined();
  });
});
