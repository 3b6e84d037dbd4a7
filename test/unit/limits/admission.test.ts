import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  available,
  counted,
  emptyHistory,
  groupSizeOf,
  nowFor,
  record,
  regroup,
  STAMPS_KEPT,
  total,
} from '../../../src/limits/admission.js';
import { refit } from '../../../src/limits/refit.js';
import { fractionsFrom } from '../../../dev/draws.js';

const WINDOW = 1_000_000;
const floorAt = (now: number): number => now - WINDOW + 1;

/** Every admission of one key in order, and how many of them lie in the window that ends at an instant. */
class TrueLog {
  readonly instants: number[] = [];
  #first = 0;

  countAt(now: number): number {
    while (this.#first < this.instants.length && (this.instants[this.#first] ?? 0) <= now - WINDOW) this.#first += 1;
    return this.instants.length - this.#first;
  }
}

/** Attempts at random instants, some in bursts, more than fill the limit. Answers the most that any span held and the most refused while free. */
function simulate(limit: number, seed: number): { most: number; free: number; stamps: number } {
  const random = fractionsFrom(seed);
  const log = new TrueLog();
  let history = emptyHistory(groupSizeOf(limit));
  let [clock, most, free, stamps] = [1_000 * WINDOW, 0, 0, 0];
  const pace = WINDOW / limit;
  for (let attempt = 0; attempt < 3 * limit + 300; attempt += 1) {
    const kind = random();
    if (kind < 0.5) clock += Math.floor(random() * pace * 2);
    else if (kind < 0.5 + Math.min(0.005, 0.5 / limit)) clock += Math.floor(random() * 1.2 * WINDOW);
    else if (kind < 0.6) clock += 1;
    const now = nowFor(history, clock - (random() < 0.05 ? Math.floor(random() * WINDOW) : 0));
    const used = log.countAt(now);
    if (available(history, limit, floorAt(now)) >= 1) {
      history = record(history, floorAt(now), now, 1);
      log.instants.push(now);
      most = Math.max(most, used + 1);
    } else free = Math.max(free, limit - used);
    stamps = Math.max(stamps, history.stamps.length);
  }
  return { most, free, stamps };
}

describe('admissions', () => {
  it('never fill a span beyond the limit, and are refused only while less than a sixtieth is free', () => {
    const random = fractionsFrom(7);
    const some = Array.from({ length: 20 }, () => Math.ceil(random() * 1_500));
    const limits = [1, 2, 3, 59, 60, 61, 62, 63, 64, 65, 119, 120, 126, 127, 1_000, 9_999, 40_000, ...some];
    let filled = 0;
    for (const limit of limits) {
      const { most, free, stamps } = simulate(limit, limit);
      expect({ limit, over: Math.max(0, most - limit) }).toEqual({ limit, over: 0 });
      expect({ limit, free, allowed: free <= (limit <= 60 ? 0 : limit / 60) }).toEqual({ limit, free, allowed: true });
      expect(stamps).toBeLessThanOrEqual(STAMPS_KEPT);
      if (most > limit - groupSizeOf(limit)) filled += 1;
    }
    expect(filled).toBe(limits.length);
  });

  it('are grouped so that 63 groups hold the limit and one group is within a sixtieth, for every limit to 100,000', () => {
    const wrong: number[] = [];
    for (let limit = 1; limit <= 100_000; limit += 1) {
      const size = groupSizeOf(limit);
      const exact = limit > 60 || size === 1;
      if (!exact || size - 1 > limit / 60 || size * (STAMPS_KEPT - 1) < limit) wrong.push(limit);
    }
    expect(wrong).toEqual([]);
  });

  it('are recorded many at a time as one after the other', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 400 }),
        fc.array(fc.record({ wait: fc.integer({ min: 0, max: WINDOW }), count: fc.integer({ min: 1, max: 64 }) })),
        (limit, steps) => {
          let [at, together, single] = [5 * WINDOW, emptyHistory(groupSizeOf(limit)), emptyHistory(groupSizeOf(limit))];
          for (const { wait, count } of steps) {
            at += wait;
            const room = Math.max(0, Math.min(count, available(together, limit, floorAt(at))));
            if (room > 0) together = record(together, floorAt(at), at, room);
            for (let one = 0; one < count; one += 1)
              if (available(single, limit, floorAt(at)) >= 1) single = record(single, floorAt(at), at, 1);
            expect(together).toEqual(single);
          }
        },
      ),
    );
  });

  it('count for no less long after they are grouped anew', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: WINDOW / 4 }), { minLength: 1, maxLength: 300 }),
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 0, max: 2 * WINDOW }),
        (waits, from, to, later) => {
          let [at, history] = [5 * WINDOW, emptyHistory(from)];
          for (const wait of waits) history = record(history, 0, (at += wait), 1);
          const anew = regroup(history, to);
          const now = at + later;
          const kept = Math.min(counted(history, floorAt(now)), (STAMPS_KEPT - 1) * to);
          expect(counted(anew, floorAt(now))).toBeGreaterThanOrEqual(kept);
          expect(total(regroup(history, from * 2))).toBe(total(history));
        },
      ),
    );
  });

  it('stay in coarser groups while they would not fit in finer ones, and become finer when they count no more', () => {
    const window = { kind: 'rolling', seconds: 1 } as const;
    const now = 9 * WINDOW;
    const history = record(emptyHistory(groupSizeOf(1_000)), floorAt(now), now, 900);
    const demand = { rule: 'r', key: 'k', limit: 10, window };
    const kept = { history, keepUntil: now + WINDOW };
    expect(refit(kept, demand, now)).toEqual(history);
    expect(refit(kept, demand, now + WINDOW)).toEqual(emptyHistory(1));
    expect(refit({ ...kept, keepUntil: now + 60 * WINDOW }, demand, now + WINDOW)).toEqual(history);
    expect(refit(kept, { ...demand, limit: 5_000 }, now).groupSize).toBe(groupSizeOf(5_000));
  });
});
