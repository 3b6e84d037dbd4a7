import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { covers } from '../../../src/approvals/need.js';
import type { NeededStep } from '../../../src/policy/approval-need.js';
import { MOVES, NEEDS, play, type Move } from './rounds.js';
import { rounds } from '../../support/rounds.js';

const ROUNDS = rounds('APPROVAL_ROUNDS', { usual: 400, published: 10_000 });

const aMove: fc.Arbitrary<Move> = fc.record({
  kind: fc.constantFrom(...MOVES),
  who: fc.nat({ max: 5 }),
  pick: fc.nat({ max: 11 }),
});

describe('no sequence of events', () => {
  it('runs a call twice, after its end, with too few votes, or with a vote that does not count', async () => {
    let [moves, ran] = [0, 0];
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...NEEDS),
        fc.array(aMove, { minLength: 3, maxLength: 14 }),
        async (need, chosen) => {
          moves += chosen.length;
          const { breaches, runs } = await play(need, chosen);
          ran += runs;
          expect(breaches).toEqual([]);
        },
      ),
      { numRuns: ROUNDS },
    );
    process.stdout.write(`approvals: ${ROUNDS} rounds, ${moves} moves, ${ran} calls ran, 0 breaches\n`);
    expect(ran).toBeGreaterThan(ROUNDS / 50);
  }, 600_000);
});

describe('what was voted covers what is asked now', () => {
  const aStep: fc.Arbitrary<NeededStep> = fc.record({
    name: fc.constant('s'),
    quorum: fc.integer({ min: 1, max: 3 }),
    approvers: fc.oneof(
      fc.constant({}),
      fc.record({ roles: fc.uniqueArray(fc.constantFrom('a', 'b', 'c'), { minLength: 1 }) }),
    ),
  });
  const steps = fc.array(aStep, { minLength: 1, maxLength: 4 });

  it('itself, and anything with steps left out, fewer people or more approvers', () => {
    fc.assert(
      fc.property(steps, fc.nat({ max: 3 }), (voted, place) => {
        expect(covers(voted, voted)).toBe(true);
        expect(
          covers(
            voted,
            voted.filter((_, each) => each !== place),
          ),
        ).toBe(true);
        expect(
          covers(
            voted,
            voted.map((step) => ({ ...step, quorum: 1, approvers: {} })),
          ),
        ).toBe(true);
      }),
    );
  });

  it('never one step more, one person more, or approvers that were not asked', () => {
    fc.assert(
      fc.property(steps, aStep, fc.nat({ max: 3 }), (voted, more, at) => {
        const place = at % voted.length;
        expect(covers(voted, [...voted, more])).toBe(false);
        const change = (step: Partial<NeededStep>) =>
          voted.map((each, number) => (number === place ? { ...each, ...step } : each));
        expect(covers(voted, change({ quorum: 9 }))).toBe(false);
        expect(covers(voted, change({ approvers: { roles: ['nobody'] } }))).toBe(false);
      }),
    );
  });
});
