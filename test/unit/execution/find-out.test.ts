import { describe, expect, it } from '@jest/globals';
import type { Arrival } from '../../../src/execution/call.js';
import { makeFindOut } from '../../../src/execution/find-out.js';
import { newCallId } from '../../../src/kernel/ids.js';

const CALL = newCallId((count) => new Uint8Array(count).fill(3));
const found = (arrival: Partial<Arrival> | null, writes: () => Promise<boolean> = () => Promise.resolve(true)) =>
  makeFindOut({
    calls: {
      arrivalOf: () =>
        Promise.resolve(arrival && { stage: 'ended', status: null, code: null, objectId: null, ...arrival }),
    },
    writesArrivals: writes,
  })(CALL);

describe('what became of a call, by what WordPress wrote down', () => {
  it.each<[string, Partial<Arrival> | null, unknown]>([
    ['nothing was written down in its time', null, { result: 'unclear' }],
    ['it never arrived', { stage: 'awaited' }, { result: 'not_done' }],
    ['it began', { stage: 'begun' }, 'unfinished'],
    ['it was done', { status: 201, objectId: 7 }, { result: 'done', entityId: 7 }],
    ['it was done to something without a number', { status: 200 }, { result: 'done' }],
    ['it was refused', { status: 403, code: 'rest_cannot_create' }, { result: 'not_done' }],
    ['it was refused in words of nobody’s', { status: 400 }, { result: 'unclear' }],
    ['it was refused after a part was done', { status: 403, code: 'rest_cannot_update' }, { result: 'unclear' }],
    ['a custom field was of the wrong type', { status: 400, code: 'rest_invalid_type' }, { result: 'unclear' }],
    ['it failed, which may come after the deed', { status: 500, code: 'wp_die' }, { result: 'unclear' }],
  ])('%s', async (_what, arrival, wanted) => {
    const answer = await found(arrival);
    if (typeof wanted === 'string') expect(answer).toBe(wanted);
    else expect(answer).toMatchObject(wanted as object);
    expect(JSON.stringify(answer)).not.toMatch(/null|undefined/);
  });

  it('an older plugin, which writes nothing down, proves nothing, and one that can’t be asked is asked later', async () => {
    expect(await found({ stage: 'awaited' }, () => Promise.resolve(false))).toMatchObject({ result: 'unclear' });
    expect(await found({ stage: 'awaited' }, () => Promise.reject(new Error('down')))).toBe('later');
  });
});
