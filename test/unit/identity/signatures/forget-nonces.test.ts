import { expect, it } from '@jest/globals';
import { makeForgetNonces } from '../../../../src/identity/signatures/forget-nonces.js';

const NOON = Date.UTC(2026, 10, 26, 12);
const MINUTE = 60_000;

function forgetting(left: number) {
  const asked: Date[] = [];
  let [rest, elapsed, set] = [left, 0, 0];
  const forget = makeForgetNonces({
    clock: { now: () => new Date(NOON + elapsed + set) },
    elapsed: () => elapsed,
    nonces: {
      purge: (before, limit) => {
        asked.push(before);
        const now = Math.min(limit, rest);
        rest -= now;
        return Promise.resolve(now);
      },
    },
  });
  return {
    forget,
    asked,
    left: () => rest,
    /** Sweeps for so many minutes, one each. */
    pass: async (minutes: number): Promise<number> => {
      let forgotten = 0;
      for (let minute = 0; minute < minutes; minute += 1) {
        forgotten += await forget();
        elapsed += MINUTE;
      }
      return forgotten;
    },
    setClock: (milliseconds: number): void => {
      set += milliseconds;
    },
  };
}

it('goes on until none is left, so that no load of signed requests outgrows it', async () => {
  const { forget, asked, left, pass } = forgetting(30_500);
  expect(await pass(15)).toBe(0);
  expect(await forget()).toBe(30_500);
  expect(left()).toBe(0);
  expect(asked).toHaveLength(31);
  expect(new Set(asked.map((each) => each.toISOString()))).toEqual(new Set(['2026-11-26T12:05:00.000Z']));
});

it('leaves the rest to the next sweep', async () => {
  const { forget, asked, left, pass } = forgetting(1_000_000);
  await pass(15);
  expect(await forget()).toBe(50_000);
  expect(left()).toBe(950_000);
  expect(asked).toHaveLength(50);
});

it.each([
  ['forward', 60 * MINUTE],
  ['back', -60 * MINUTE],
])('a clock that is set %s makes it forget nothing for longer than a signature lives', async (_way, by) => {
  const { forget, pass, setClock } = forgetting(10);
  await pass(14);
  setClock(by);
  expect(await pass(5)).toBe(0);
  setClock(-by);
  expect(await pass(15)).toBe(0);
  expect(await forget()).toBe(10);
});

it('a clock that is kept right by small steps is a steady one', async () => {
  const { forget, pass, setClock } = forgetting(10);
  for (let minute = 0; minute < 15; minute += 1) {
    await pass(1);
    setClock(minute % 2 === 0 ? 400 : -500);
  }
  expect(await forget()).toBe(10);
});
