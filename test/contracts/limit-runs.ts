import { expect } from '@jest/globals';
import type { LimitDemand } from '../../src/limits/limit-store.js';
import { SECOND, type LimitWindow } from '../../src/limits/window.js';
import { FakeLimitStore } from '../support/fakes/fake-limit-store.js';
import type { LimitSubject } from './limit-store.contract.js';
import { fractionsFrom } from '../../dev/draws.js';

const WINDOWS: readonly LimitWindow[] = [
  { kind: 'rolling', seconds: 1 },
  { kind: 'rolling', seconds: 10 },
  { kind: 'calendar', unit: 'hour', zone: 'Europe/Berlin' },
  { kind: 'calendar', unit: 'day', zone: 'Australia/Lord_Howe' },
];
const LIMITS = [1, 5, 63, 64, 130];

/** Calls with random demands at random instants, some together, beside the fake, which is nothing but the pure core. */
export async function randomRuns(subject: LimitSubject, steps: number): Promise<number> {
  const random = fractionsFrom(20_261_122);
  const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)] as T;
  let now = Date.UTC(2026, 3, 4, 14, 59, 55) * 1_000;
  const fake = new FakeLimitStore(() => now);
  let compared = 0;
  for (let step = 0; step < steps; step += 1) {
    const leap = pick([0, 1, 30_000, 200_000, SECOND, -SECOND, 10 * SECOND - 1]);
    now += random() < 0.02 ? 3_600 * SECOND : leap;
    await subject.setClock(now);
    const rules = [0, 1, 2].filter(() => random() < 0.6);
    const demands = rules.map((rule): LimitDemand => ({
      rule: `rule ${rule}`,
      key: `key ${Math.floor(random() * 2)}`,
      limit: LIMITS[random() < 0.1 ? Math.floor(random() * LIMITS.length) : rule + 1] ?? 1,
      window: WINDOWS[random() < 0.1 ? Math.floor(random() * WINDOWS.length) : rule] ?? { kind: 'rolling', seconds: 1 },
    }));
    const peek = random() < 0.1;
    const calls = random() < 0.2 ? Math.ceil(random() * 40) : 1;
    const want = await Promise.all(Array.from({ length: calls }, () => fake.consume(demands, { peek })));
    const got = await Promise.all(Array.from({ length: calls }, () => subject.stores[0].consume(demands, { peek })));
    if (demands.length > 0) expect({ step, got }).toEqual({ step, got: want });
    compared += calls;
  }
  return compared;
}
