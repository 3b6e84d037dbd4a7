import { beforeEach, describe, expect, it } from '@jest/globals';
import { makeFreshReading, type FreshReading } from '../../../src/kernel/fresh-reading.js';

let reads: number;
let time: number;
let fails: boolean;
let reading: FreshReading<number>;
beforeEach(() => {
  [reads, time, fails] = [0, 0, false];
  reading = makeFreshReading(
    () => {
      reads += 1;
      return fails ? Promise.reject(new Error('out of reach')) : Promise.resolve(reads);
    },
    () => time,
  );
});

describe('a fresh reading', () => {
  it('that began before somebody came is nothing to them', async () => {
    reading.begin();
    const moment = reading.moment();
    expect(await reading.since(moment)).toBe(2);
  });

  it('that began after they came serves all of them, once it is read', async () => {
    const moments = [reading.moment(), reading.moment()];
    reading.begin();
    expect(await Promise.all(moments.map((moment) => reading.since(moment)))).toEqual([1, 1]);
    expect(await reading.since(moments[0])).toBe(1);
    expect(reads).toBe(1);
  });

  it('is made anew for who shows no moment', async () => {
    expect(await reading.since()).toBe(1);
    expect(await reading.since()).toBe(2);
  });

  it('that failed serves nobody who asks afterwards', async () => {
    fails = true;
    const moment = reading.moment();
    reading.begin();
    await expect(reading.since(moment)).rejects.toThrow('out of reach');
    fails = false;
    expect(await reading.since(moment)).toBe(2);
  });

  it('may be so old as is said, and no older', async () => {
    reading.begin();
    time = 1_000;
    expect(await reading.recent(1_000)).toBe(1);
    time = 1_001;
    expect(await reading.recent(1_000)).toBe(2);
  });
});
