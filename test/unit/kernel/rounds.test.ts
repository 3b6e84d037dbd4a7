import { expect, it } from '@jest/globals';
import { inRounds, oneAtATime } from '../../../src/kernel/rounds.js';

const stepsOf = (found: readonly number[]) => {
  const left = [...found];
  return { left, step: () => Promise.resolve(left.shift() ?? 0) };
};

it.each<[string, readonly number[], number, number]>([
  ['stops at the first that finds less than enough', [10, 10, 4, 10], 24, 1],
  ['asks once when there is nothing', [0, 10], 0, 1],
  ['leaves to the next sweep what more rounds would do', [10, 10, 10, 10, 10], 30, 2],
])('%s', async (_name, found, done, left) => {
  const steps = stepsOf(found);
  expect(await inRounds(steps.step, { enough: 10, rounds: 3 })).toBe(done);
  expect(steps.left).toHaveLength(left);
});

it('fails with the step that fails', async () => {
  await expect(inRounds(() => Promise.reject(new Error('away')), { enough: 1 })).rejects.toThrow('away');
});

it('joins work that is under way, and begins anew once that has ended or failed', async () => {
  let begun = 0;
  let end: (() => void) | undefined;
  const work = oneAtATime(async () => {
    begun += 1;
    await new Promise<void>((resolve) => {
      end = resolve;
    });
    if (begun === 2) throw new Error('away');
    return begun;
  });
  const [first, joined] = [work(), work()];
  end?.();
  expect(await Promise.all([first, joined])).toEqual([1, 1]);
  const failing = work();
  end?.();
  await expect(failing).rejects.toThrow('away');
  const last = work();
  end?.();
  expect(await last).toBe(3);
});
