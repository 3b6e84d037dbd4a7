import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { limitKey } from '../../src/limits/keys.js';
import type { LimitDemand, LimitStore, LimitVerdict } from '../../src/limits/limit-store.js';
import { SECOND, type LimitWindow, type Micros } from '../../src/limits/window.js';
import { randomRuns } from './limit-runs.js';

/** Two stores over one memory, as two replicas have it, whose clock the test sets. */
export interface LimitSubject {
  readonly stores: readonly [LimitStore, LimitStore];
  readonly setClock: (micros: Micros) => Promise<void>;
  /** What counts no more expires by itself, so that there is nothing to purge. */
  readonly expires?: boolean;
  /** Forgets everything. */
  readonly clear: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

export const micros = (iso: string): Micros => Date.parse(iso) * 1_000;
const NOON = micros('2026-11-22T12:00:00Z');
const rolling = (seconds: number): LimitWindow => ({ kind: 'rolling', seconds });
const calendar = (unit: 'hour' | 'day', zone: string): LimitWindow => ({ kind: 'calendar', unit, zone });

export function aDemand(changes: Partial<LimitDemand> = {}): LimitDemand {
  return { rule: 'hourly', key: '[["user","7"]]', limit: 3, window: rolling(3_600), ...changes };
}

/** What every store of limits promises. */
export function limitStoreContract(name: string, make: () => Promise<LimitSubject>): void {
  describe(`the limit store contract: ${name}`, () => {
    let subject: LimitSubject;
    beforeAll(async () => {
      subject = await make();
    }, 90_000);
    afterAll(() => subject.stop());
    beforeEach(async () => {
      await subject.clear();
      await subject.setClock(NOON);
    });

    const consume = (...demands: LimitDemand[]): Promise<LimitVerdict> => subject.stores[0].consume(demands);
    const admits = async (...demands: LimitDemand[]): Promise<boolean> => (await consume(...demands)).admitted;
    /** How many of that many attempts are admitted at an instant. */
    const admittedAt = async (at: Micros | string, attempts: number, demand: LimitDemand): Promise<number> => {
      await subject.setClock(typeof at === 'string' ? micros(at) : at);
      const verdicts = await Promise.all(Array.from({ length: attempts }, () => admits(demand)));
      return verdicts.filter((admitted) => admitted).length;
    };

    it('admits a limit’s worth, says what is left and for how long, and then refuses', async () => {
      const left: unknown[] = [];
      for (let call = 0; call < 4; call += 1) {
        const { admitted, refusedBy, retryAfterSeconds, standings } = await consume(aDemand());
        left.push([admitted, refusedBy, retryAfterSeconds, standings[0]?.remaining, standings[0]?.resetSeconds]);
        await subject.setClock(NOON + (call + 1) * SECOND);
      }
      expect(left).toEqual([
        [true, [], 0, 2, 3_600],
        [true, [], 0, 1, 3_599],
        [true, [], 0, 0, 3_598],
        [false, ['hourly'], 3_597, 0, 3_597],
      ]);
      expect(await consume()).toMatchObject({ admitted: true, standings: [] });
    });

    it('counts an admission for exactly one span: not a microsecond less, not one more', async () => {
      expect(await admittedAt(NOON, 2, aDemand())).toBe(2);
      expect(await admittedAt(NOON + 1_800 * SECOND, 2, aDemand())).toBe(1);
      const edge = NOON + 3_600 * SECOND;
      expect(await admittedAt(edge - 1, 2, aDemand())).toBe(0);
      expect(await admittedAt(edge, 3, aDemand())).toBe(2);
      expect(await admittedAt(edge + 1_800 * SECOND - 1, 1, aDemand())).toBe(0);
      expect(await admittedAt(edge + 1_800 * SECOND, 3, aDemand())).toBe(1);
    });

    it('does not let twice the limit through around the full hour, as fixed windows do', async () => {
      const demand = aDemand({ limit: 60 });
      expect(await admittedAt(micros('2026-11-22T12:59:59.999Z'), 61, demand)).toBe(60);
      expect(await admittedAt('2026-11-22T13:00:00Z', 1, demand)).toBe(0);
      expect(await admittedAt(micros('2026-11-22T13:59:59.999Z') - 1, 1, demand)).toBe(0);
      expect(await admittedAt('2026-11-22T13:59:59.999Z', 61, demand)).toBe(60);
    });

    it('does not let the limit and its refill through in one span, as a token bucket does', async () => {
      const demand = aDemand({ limit: 10, window: rolling(10) });
      let count = 0;
      for (let tenth = 0; tenth < 100; tenth += 1) count += await admittedAt(NOON + (tenth * SECOND) / 10, 1, demand);
      expect(count).toBe(10);
    });

    it.each([
      ['hour', 'Europe/Berlin', '2026-11-22T13:00:00Z', '2026-11-22T14:00:00Z'],
      ['hour', 'Asia/Kolkata', '2026-11-22T12:30:00Z', '2026-11-22T13:30:00Z'],
      ['hour', '+05:45', '2026-11-22T12:15:00Z', '2026-11-22T13:15:00Z'],
      ['day', 'Europe/Berlin', '2026-11-21T23:00:00Z', '2026-11-22T23:00:00Z'],
      ['day', 'America/New_York', '2026-03-08T05:00:00Z', '2026-03-09T04:00:00Z'],
      ['day', 'America/New_York', '2026-11-01T04:00:00Z', '2026-11-02T05:00:00Z'],
      ['day', 'Australia/Lord_Howe', '2026-04-04T13:00:00Z', '2026-04-05T13:30:00Z'],
      ['day', 'Australia/Lord_Howe', '2026-10-03T13:30:00Z', '2026-10-04T13:00:00Z'],
      ['hour', 'America/New_York', '2026-11-01T05:00:00Z', '2026-11-01T06:00:00Z'],
      ['hour', 'America/New_York', '2026-11-01T06:00:00Z', '2026-11-01T07:00:00Z'],
      ['hour', 'America/New_York', '2026-03-08T06:00:00Z', '2026-03-08T07:00:00Z'],
      ['hour', 'Australia/Lord_Howe', '2026-04-04T15:00:00Z', '2026-04-04T15:30:00Z'],
    ] as const)('keeps the calendar %s in %s from %s to %s', async (unit, zone, start, end) => {
      for (const limit of [3, 200]) {
        const demand = aDemand({ rule: `${unit}${limit}`, limit, window: calendar(unit, zone) });
        expect(await admittedAt(micros(start) - 1, limit + 1, demand)).toBe(limit);
        expect(await admittedAt(start, limit - 1, demand)).toBe(limit - 1);
        expect(await admittedAt(micros(end) - 1, 2, demand)).toBe(1);
        const { retryAfterSeconds, standings } = await consume(demand);
        const seconds = (micros(end) - micros(start)) / SECOND;
        expect([retryAfterSeconds, standings[0]?.windowSeconds]).toEqual([1, seconds]);
        expect(await admittedAt(end, limit, demand)).toBe(limit);
      }
    });

    it('counts under all limits or under none', async () => {
      const [wide, middle, narrow] = [5, 4, 2].map((limit) => aDemand({ rule: `limit ${limit}`, limit }));
      if (wide === undefined || middle === undefined || narrow === undefined) throw new Error('three demands');
      expect([await admits(narrow, wide, middle), await admits(wide, middle, narrow)]).toEqual([true, true]);
      const refused = await consume(wide, narrow, middle);
      expect(refused).toMatchObject({ admitted: false, refusedBy: ['limit 2'], retryAfterSeconds: 3_600 });
      expect(refused.standings.map(({ admits: one, remaining }) => [one, remaining])).toEqual([
        [true, 3],
        [false, 0],
        [true, 2],
      ]);
      for (let attempt = 0; attempt < 5; attempt += 1) await consume(wide, middle, narrow);
      expect(await admittedAt(NOON, 9, middle)).toBe(2);
      expect(await admittedAt(NOON, 9, wide)).toBe(3);
      expect(await consume(wide, middle, narrow)).toMatchObject({ refusedBy: ['limit 5', 'limit 4', 'limit 2'] });
    });

    it('takes nothing for a refused call: room comes back as if it had never been tried', async () => {
      expect(await admittedAt(NOON, 50, aDemand())).toBe(3);
      expect(await admittedAt(NOON + 3_599 * SECOND, 50, aDemand())).toBe(0);
      expect(await admittedAt(NOON + 3_600 * SECOND, 50, aDemand())).toBe(3);
    });

    it('peeks without counting, and foresees what a call would hear', async () => {
      const peek = (): Promise<LimitVerdict> => subject.stores[1].consume([aDemand()], { peek: true });
      for (let attempt = 0; attempt < 10; attempt += 1)
        expect(await peek()).toMatchObject({ admitted: true, standings: [{ remaining: 3, resetSeconds: 3_600 }] });
      expect(await admittedAt(NOON, 4, aDemand())).toBe(3);
      expect(await peek()).toMatchObject({ admitted: false, refusedBy: ['hourly'], retryAfterSeconds: 3_600 });
    });

    it('keeps rules apart, and keys', async () => {
      const one = aDemand({ limit: 1 });
      expect(await admits(one)).toBe(true);
      expect(await admits({ ...one, rule: 'Hourly' })).toBe(true);
      expect(await admits({ ...one, key: '[["user","8"]]' })).toBe(true);
      expect(await admits(one)).toBe(false);
    });

    it('counts IPv6 addresses by their /64, and IPv4 inside IPv6 as IPv4', async () => {
      const from = (ip: string): LimitDemand => {
        const key = limitKey(['ip'], { user: 7, agent: 'a', ip, tool: 't', site: 's' });
        return aDemand({ limit: 1, key: key ?? '' });
      };
      expect(await admits(from('2001:db8:0:1::1'))).toBe(true);
      expect(await admits(from('2001:DB8:0:1:ffff::2'))).toBe(false);
      expect(await admits(from('2001:db8:0:2::1'))).toBe(true);
      expect(await admits(from('192.0.2.7'))).toBe(true);
      expect(await admits(from('::ffff:192.0.2.7'))).toBe(false);
    });

    it('is exact under 2,000 concurrent calls over two replicas, for a limit of 100', async () => {
      const demand = aDemand({ limit: 100 });
      const verdicts = await Promise.all(
        Array.from({ length: 2_000 }, (_, call) => subject.stores[call % 2 === 0 ? 0 : 1].consume([demand])),
      );
      const admitted = verdicts.filter((verdict) => verdict.admitted);
      console.info(
        `${name}: ${verdicts.length} concurrent calls at a limit of 100 over 2 replicas, ${admitted.length} admitted`,
      );
      expect(admitted).toHaveLength(100);
      const left = admitted.map(({ standings }) => standings[0]?.remaining ?? -1).sort((a, b) => a - b);
      expect(left).toEqual(Array.from({ length: 100 }, (_, index) => index));
    });

    it('stays all-or-none and exact when limits of concurrent calls overlap', async () => {
      const site = aDemand({ rule: 'site', key: 'site', limit: 70 });
      const demandsOf = (call: number): LimitDemand[] => {
        const user = aDemand({ rule: 'user', key: `user ${call % 7}`, limit: 20 });
        return call % 3 === 0 ? [user, site] : [site, user];
      };
      const verdicts = await Promise.all(
        Array.from({ length: 400 }, (_, call) => subject.stores[call % 2 === 0 ? 0 : 1].consume(demandsOf(call))),
      );
      expect(verdicts.filter(({ admitted }) => admitted)).toHaveLength(70);
      const users = Array.from({ length: 7 }, (_, user) => aDemand({ rule: 'user', key: `user ${user}`, limit: 20 }));
      const seen = await Promise.all(users.map((user) => subject.stores[0].consume([user], { peek: true })));
      const used = seen.map(({ standings }) => 20 - (standings[0]?.remaining ?? 0));
      expect(used.reduce((sum, count) => sum + count, 0)).toBe(70);
    });

    it('admits nothing extra when the clock goes back, and goes on when it has caught up', async () => {
      expect(await admittedAt(NOON, 2, aDemand())).toBe(2);
      const daily = aDemand({ rule: 'daily', window: calendar('day', 'UTC') });
      expect(await admittedAt(NOON, 2, daily)).toBe(2);
      const yesterday = NOON - 86_400 * SECOND;
      expect(await admittedAt(yesterday, 2, aDemand())).toBe(1);
      expect(await admittedAt(yesterday, 2, daily)).toBe(1);
      expect(await consume(aDemand())).toMatchObject({ admitted: false, retryAfterSeconds: 90_000 });
      expect(await admittedAt(NOON + 3_599 * SECOND, 1, aDemand())).toBe(0);
      expect(await admittedAt(NOON + 3_600 * SECOND, 4, aDemand())).toBe(3);
      expect(await admittedAt(NOON + 12 * 3_600 * SECOND, 4, daily)).toBe(3);
    });

    it('keeps what was counted when a limit or its window is changed', async () => {
      const counts = (limit: number, window = rolling(3_600)): LimitDemand => aDemand({ limit, window });
      expect(await admittedAt(NOON, 50, counts(200))).toBe(50);
      expect(await admittedAt(NOON + SECOND, 99, counts(60))).toBe(10);
      expect(await admittedAt(NOON + SECOND, 9, counts(40))).toBe(0);
      expect(await admittedAt(NOON + SECOND, 99, counts(70))).toBe(10);
      expect(await admittedAt(NOON + SECOND, 999, counts(200))).toBe(130);
      for (const limit of [1, 200, 63, 150]) expect(await admittedAt(NOON + SECOND, 9, counts(limit))).toBe(0);
      expect(await admittedAt(NOON + SECOND, 999, counts(1_000))).toBe(800);
      for (const limit of [1, 999]) expect(await admittedAt(NOON + SECOND, 9, counts(limit))).toBe(0);
      expect(await admittedAt(NOON + SECOND, 9, counts(200, calendar('day', 'UTC')))).toBe(0);
      expect(await admittedAt(NOON + 3_602 * SECOND, 99, counts(60))).toBe(60);
      expect(await admittedAt(NOON + 3_603 * SECOND, 999, counts(200))).toBe(140);
    });

    it('hears of a changed limit through one of two replicas, while the other still has the old one', async () => {
      const verdicts = await Promise.all(
        Array.from({ length: 300 }, (_, call) =>
          subject.stores[call % 2 === 0 ? 0 : 1].consume([aDemand({ limit: call % 2 === 0 ? 50 : 100 })]),
        ),
      );
      const admitted = verdicts.filter((verdict) => verdict.admitted).length;
      expect(admitted).toBeGreaterThanOrEqual(50);
      expect(admitted).toBeLessThanOrEqual(100);
    });

    it('forgets what counts no more, in small steps, and nothing else', async () => {
      for (let user = 0; user < 10; user += 1) await consume(aDemand({ key: `user ${user}`, limit: 1 }));
      await consume(aDemand({ key: 'a longer one', limit: 1, window: rolling(7_200) }));
      const sweep = async (): Promise<number> => {
        let forgotten = 0;
        for (let step = 0; step < 12; step += 1) forgotten += await subject.stores[0].purge(3);
        return forgotten;
      };
      await subject.setClock(NOON + 3_600 * SECOND - 1);
      expect(await sweep()).toBe(0);
      await subject.setClock(NOON + 3_600 * SECOND);
      expect(await sweep()).toBe(subject.expires === true ? 0 : 10);
      expect(await admits(aDemand({ key: 'a longer one', limit: 1, window: rolling(7_200) }))).toBe(false);
      expect(await admits(aDemand({ key: 'user 1', limit: 1 }))).toBe(true);
    });

    it('refuses to keep what it cannot count', async () => {
      const wrong: LimitDemand[][] = [
        [aDemand({ limit: 0 })],
        [aDemand({ limit: 1.5 })],
        [aDemand({ window: rolling(0) })],
        [aDemand({ window: calendar('day', 'Mars/Olympus') })],
        [aDemand(), aDemand()],
      ];
      for (const demands of wrong) await expect(consume(...demands)).rejects.toThrow(RangeError);
      expect(await admittedAt(NOON, 4, aDemand())).toBe(3);
    });

    it('decides random runs as the arithmetic of its own does, in any order and at any clock', async () => {
      const compared = await randomRuns(subject, 400);
      console.info(`${name}: ${compared} verdicts in random runs, all as the pure core has them`);
      expect(compared).toBeGreaterThan(300);
    });
  });
}
