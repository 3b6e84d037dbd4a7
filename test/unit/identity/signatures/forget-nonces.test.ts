import { expect, it } from '@jest/globals';
import { makeForgetNonces } from '../../../../src/identity/signatures/forget-nonces.js';

const NOW = new Date('2026-11-26T12:00:00Z');

function forgetting(left: number) {
  const asked: Date[] = [];
  let rest = left;
  const forget = makeForgetNonces({
    clock: { now: () => NOW },
    nonces: {
      purge: (before, limit) => {
        asked.push(before);
        const now = Math.min(limit, rest);
        rest -= now;
        return Promise.resolve(now);
      },
    },
  });
  return { forget, asked, left: () => rest };
}

it('goes on until none is left, so that no load of signed requests outgrows it', async () => {
  const { forget, asked, left } = forgetting(30_500);
  expect(await forget()).toBe(30_500);
  expect(left()).toBe(0);
  expect(asked).toHaveLength(31);
  expect(new Set(asked.map((each) => each.toISOString()))).toEqual(new Set(['2026-11-26T11:50:00.000Z']));
});

it('leaves the rest to the next sweep', async () => {
  const { forget, asked, left } = forgetting(1_000_000);
  expect(await forget()).toBe(50_000);
  expect(left()).toBe(950_000);
  expect(asked).toHaveLength(50);
});
