import { expect, it } from '@jest/globals';
import { makeForgetLimits } from '../../../src/limits/forget-limits.js';

/** A table in which one row of `each` counts no more, walked through as the store does it. */
function walking(rows: number, each: number) {
  let [left, dead] = [rows, Math.floor(rows / each)];
  const asked: number[] = [];
  return {
    asked,
    dead: () => dead,
    forget: makeForgetLimits({
      purge: (limit) => {
        asked.push(limit);
        const some = Math.min(dead, Math.floor(Math.min(limit, left) / each));
        left -= Math.min(limit, left);
        dead -= some;
        return Promise.resolve(some);
      },
    }),
  };
}

it('forgets a flood of guesses within one sweep, although each step looks at a thousand rows alone', async () => {
  const table = walking(40_000, 1);
  expect(await table.forget()).toBe(40_000);
  expect(table.dead()).toBe(0);
  expect(new Set(table.asked)).toEqual(new Set([1_000]));
});

it('goes on while every fourth row is one to forget', async () => {
  const table = walking(40_000, 4);
  expect(await table.forget()).toBe(10_000);
});

it('looks once where hardly anything is to be forgotten, however long the table is', async () => {
  const table = walking(1_000_000, 100);
  expect(await table.forget()).toBe(10);
  expect(table.asked).toHaveLength(1);
});

it('leaves the rest of a larger flood to the next sweep', async () => {
  const table = walking(1_000_000, 1);
  expect(await table.forget()).toBe(50_000);
  expect(table.asked).toHaveLength(50);
});
