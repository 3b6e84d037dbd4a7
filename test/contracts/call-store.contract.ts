import { beforeEach, describe, expect, it } from '@jest/globals';
import type { CallRecord } from '../../src/execution/call.js';
import type { CallStore } from '../../src/execution/call-store.js';
import { newAgentId, newCallId, type WpUserId } from '../../src/kernel/ids.js';

let count = 0;
const random = (length: number): Uint8Array => new Uint8Array(length).map((_, at) => (count >> at) & 31);

/** A running call of one agent, unless `changes` say otherwise. */
export function aCall(changes: Partial<CallRecord> = {}): CallRecord {
  count += 1;
  const at = new Date('2026-11-22T20:00:00.123Z');
  return {
    id: newCallId(random),
    agentId: AGENT,
    userId: 7 as WpUserId,
    idempotencyKey: null,
    requestDigest: 'a'.repeat(64),
    tool: 'posts.create',
    state: 'running',
    answer: null,
    readBack: null,
    createdAt: at,
    updatedAt: at,
    ...changes,
  };
}

const AGENT = newAgentId((length) => new Uint8Array(length));
const OTHER_AGENT = newAgentId((length) => new Uint8Array(length).fill(1));
const ANSWER = { status: 200, body: { status: 'executed', words: 'Füße 🦶 \u0000', none: null, deep: [{ a: [1.5] }] } };
const minutesLater = (minutes: number): Date => new Date(Date.UTC(2026, 10, 22, 20, minutes));

/** What every store of calls promises. `make` answers with an empty one. */
export function callStoreContract(name: string, make: () => Promise<CallStore>): void {
  describe(`calls ${name}`, () => {
    let store: CallStore;
    beforeEach(async () => {
      store = await make();
    });

    it('gives a call back as it was put in, running or ended', async () => {
      const running = aCall({ idempotencyKey: 'order-17' });
      const denied = aCall({ state: 'denied', answer: { status: 403, body: ANSWER.body } });
      expect(await store.insert(running)).toBe(true);
      expect(await store.insert(denied)).toBe(true);
      expect(await store.get(running.id)).toEqual(running);
      expect(await store.get(denied.id)).toEqual(denied);
      expect(await store.byIdempotencyKey(AGENT, 'order-17')).toEqual(running);
    });

    it('knows nothing of what was never put in', async () => {
      expect(await store.get(aCall().id)).toBeUndefined();
      expect(await store.byIdempotencyKey(AGENT, 'order-17')).toBeUndefined();
    });

    it('takes an idempotency key once for each agent, exactly as it is spelt, and any number of calls without one', async () => {
      const first = aCall({ idempotencyKey: 'Order-17' });
      expect(await store.insert(first)).toBe(true);
      expect(await store.insert(aCall({ idempotencyKey: 'Order-17' }))).toBe(false);
      expect(await store.insert(aCall({ idempotencyKey: 'order-17' }))).toBe(true);
      expect(await store.insert(aCall({ idempotencyKey: 'Order-17', agentId: OTHER_AGENT }))).toBe(true);
      expect(await store.insert(aCall())).toBe(true);
      expect(await store.insert(aCall())).toBe(true);
      expect((await store.byIdempotencyKey(AGENT, 'Order-17'))?.id).toBe(first.id);
    });

    it('keeps an idempotency key of 255 characters whole', async () => {
      const long = 'k'.repeat(254);
      expect(await store.insert(aCall({ idempotencyKey: `${long}1` }))).toBe(true);
      expect(await store.insert(aCall({ idempotencyKey: `${long}2` }))).toBe(true);
      expect(await store.insert(aCall({ idempotencyKey: `${long}1` }))).toBe(false);
    });

    it('ends a running call once', async () => {
      const call = aCall();
      await store.insert(call);
      const at = minutesLater(1);
      expect(await store.finish(call.id, { state: 'succeeded', answer: ANSWER, at })).toBe(true);
      expect(await store.finish(call.id, { state: 'unknown', answer: { status: 504, body: {} }, at })).toBe(false);
      expect(await store.get(call.id)).toEqual({ ...call, state: 'succeeded', answer: ANSWER, updatedAt: at });
    });

    it('ends neither a call that was denied nor one that is not there', async () => {
      const call = aCall({ state: 'denied', answer: ANSWER });
      await store.insert(call);
      const end = { state: 'failed', answer: ANSWER, at: minutesLater(1) } as const;
      expect(await store.finish(call.id, end)).toBe(false);
      expect(await store.finish(aCall().id, end)).toBe(false);
      expect(await store.get(call.id)).toEqual(call);
    });

    it('lists what has been running since before an instant, oldest first, no more than asked for', async () => {
      const [third, first, second] = [3, 1, 2].map((minutes) => aCall({ updatedAt: minutesLater(minutes) }));
      const ended = aCall({ updatedAt: minutesLater(0), state: 'unknown', answer: ANSWER });
      for (const call of [third, first, second, ended]) if (call !== undefined) await store.insert(call);
      const ids = async (before: Date, limit: number) => (await store.runningSince(before, limit)).map(({ id }) => id);
      expect(await ids(minutesLater(3), 10)).toEqual([first?.id, second?.id]);
      expect(await ids(minutesLater(9), 2)).toEqual([first?.id, second?.id]);
      expect(await ids(minutesLater(1), 10)).toEqual([]);
    });

    it('awaits a call at WordPress from when it runs, whether it ran at once or people held it before', async () => {
      const [running, held, denied] = [aCall(), aCall({ state: 'pending_approval' }), aCall({ state: 'denied' })];
      for (const call of [running, held, denied]) await store.insert(call);
      const awaited = { stage: 'awaited', status: null, code: null, objectId: null };
      const of = (call: CallRecord) => store.arrivalOf(call.id);
      expect([await of(running), await of(held), await of(denied), await of(aCall())]).toEqual([
        awaited,
        null,
        null,
        null,
      ]);
      await store.settle(held.id, { from: 'pending_approval', to: 'running', at: minutesLater(1) });
      expect(await of(held)).toEqual(awaited);
    });

    it('finds the calls of unknown outcome that nobody held and nothing was found out about, oldest first', async () => {
      const of = (minutes: number, changes: Partial<CallRecord> = {}): CallRecord =>
        aCall({ updatedAt: minutesLater(minutes), state: 'unknown', answer: ANSWER, ...changes });
      const [first, second] = [of(1), of(2)];
      const held = of(1, { answer: { status: 202, body: {} } });
      for (const call of [second, held, first, of(1, { state: 'failed' }), of(5)]) await store.insert(call);
      const ids = async (limit: number) => (await store.unknownSince(minutesLater(3), limit)).map(({ id }) => id);
      expect([await ids(9), await ids(1)]).toEqual([[first.id, second.id], [first.id]]);
      const readBack = { result: 'done', detail: 'Füße', entityId: 7, at: '2026-11-22T20:04:00.000Z' } as const;
      expect(await store.keepReadBack(first.id, readBack)).toBe(true);
      expect(await store.keepReadBack(first.id, { ...readBack, result: 'unclear' })).toBe(false);
      expect(await ids(9)).toEqual([second.id]);
      expect(await store.get(first.id)).toEqual({ ...first, readBack });
    });
  });
}
