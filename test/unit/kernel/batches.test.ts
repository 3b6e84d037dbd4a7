import { describe, expect, it } from '@jest/globals';
import { makeBatches, type Joined } from '../../../src/kernel/batches.js';

type Batch = readonly Joined<number, number>[];

function aWorkshop(changes: { lanes?: number; mostItems?: number; mostWaiting?: number } = {}): {
  add: (item: number) => Promise<number>;
  batches: Batch[];
  finish: (failure?: Error) => void;
} {
  const batches: Batch[] = [];
  const pending: ((failure?: Error) => void)[] = [];
  const add = makeBatches<number, number>({
    lanes: 1,
    mostItems: 10,
    mostWaiting: 100,
    full: () => new Error('full'),
    ...changes,
    run: (batch) => {
      batches.push(batch);
      return new Promise((resolve, reject) => {
        pending.push((failure) => {
          if (failure === undefined) resolve();
          else reject(failure);
        });
      });
    },
  });
  return { add, batches, finish: (failure) => pending.shift()?.(failure) };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
const itemsOf = (batches: readonly Batch[]): number[][] => batches.map((batch) => batch.map(({ item }) => item));

describe('batches', () => {
  it('join what comes in together, and what comes in while work is under way', async () => {
    const { add, batches, finish } = aWorkshop();
    const results = [add(1), add(2)];
    await turn();
    results.push(add(3), add(4), add(5));
    await turn();
    expect(itemsOf(batches)).toEqual([[1, 2]]);
    for (const { item, resolve } of batches[0] ?? []) resolve(item * 10);
    finish();
    await turn();
    expect(itemsOf(batches)).toEqual([
      [1, 2],
      [3, 4, 5],
    ]);
    for (const { item, resolve } of batches[1] ?? []) resolve(item * 10);
    finish();
    expect(await Promise.all(results)).toEqual([10, 20, 30, 40, 50]);
  });

  it('use as many lanes as they may, and no batch is larger than it may be', async () => {
    const { add, batches } = aWorkshop({ lanes: 2, mostItems: 3 });
    void Array.from({ length: 10 }, (_, item) => add(item));
    await turn();
    expect(itemsOf(batches)).toEqual([
      [0, 1, 2],
      [3, 4, 5],
    ]);
  });

  it('reject what a failed batch left, keep what it settled, and go on', async () => {
    const { add, batches, finish } = aWorkshop();
    const settled = Promise.allSettled([add(1), add(2)]);
    await turn();
    batches[0]?.[0]?.resolve(10);
    finish(new Error('gone'));
    expect(await settled).toMatchObject([{ value: 10 }, { reason: { message: 'gone' } }]);
    const next = add(3);
    await turn();
    finish();
    await expect(next).rejects.toThrow('without a result');
  });

  it('refuse at once what is too much to wait', async () => {
    const { add } = aWorkshop({ mostWaiting: 2 });
    void add(1);
    void add(2);
    await expect(add(3)).rejects.toThrow('full');
  });
});
