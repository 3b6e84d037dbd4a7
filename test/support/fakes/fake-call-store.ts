import type { Arrival, CallRecord, NewCall, ReadBack } from '../../../src/execution/call.js';
import type { CallStore } from '../../../src/execution/call-store.js';
import { readUndoKey } from '../../../src/execution/undo-key.js';
import type { AgentId, CallId } from '../../../src/kernel/ids.js';

const oldestFirst = (calls: readonly CallRecord[]): CallRecord[] =>
  [...calls].sort((a, b) => a.updatedAt.getTime() - b.updatedAt.getTime());

/** Calls in memory, with a copy to go back to when a transaction fails. */
export class FakeCallStore implements CallStore {
  #calls: readonly CallRecord[] = [];
  readonly #awaited = new Set<CallId>();

  snapshot(): () => void {
    const calls = this.#calls;
    return () => {
      this.#calls = calls;
    };
  }

  insert(record: NewCall): Promise<boolean> {
    const taken = this.#calls.some(
      ({ agentId, idempotencyKey }) =>
        idempotencyKey !== null && agentId === record.agentId && idempotencyKey === record.idempotencyKey,
    );
    if (!taken && record.state === 'running') this.#awaited.add(record.id);
    if (!taken) this.#calls = [...this.#calls, { readBack: null, ...record }];
    return Promise.resolve(!taken);
  }

  finish(id: CallId, { state, answer, at }: Parameters<CallStore['finish']>[1]): Promise<boolean> {
    const running = this.#calls.find((call) => call.id === id && call.state === 'running');
    this.#calls = this.#calls.map((call) =>
      call === running ? { ...call, state, answer: call.answer ?? answer, updatedAt: at } : call,
    );
    return Promise.resolve(running !== undefined);
  }

  settle(id: CallId, { from, to, at }: Parameters<CallStore['settle']>[1]): Promise<boolean> {
    const held = this.#calls.find((call) => call.id === id && call.state === from);
    this.#calls = this.#calls.map((call) => (call === held ? { ...call, state: to, updatedAt: at } : call));
    if (held !== undefined && to === 'running') this.#awaited.add(id);
    return Promise.resolve(held !== undefined);
  }

  get(id: CallId): Promise<CallRecord | undefined> {
    return Promise.resolve(this.#calls.find((call) => call.id === id));
  }

  byIdempotencyKey(agentId: AgentId, key: string): Promise<CallRecord | undefined> {
    return Promise.resolve(this.#calls.find((call) => call.agentId === agentId && call.idempotencyKey === key));
  }

  lastUndo(agentId: AgentId, of: CallId): Promise<CallRecord | undefined> {
    const attempts = this.#calls.filter(
      (call) => call.agentId === agentId && readUndoKey(call.idempotencyKey)?.of === of,
    );
    return Promise.resolve(attempts.at(-1));
  }

  runningSince(before: Date, limit: number): Promise<readonly CallRecord[]> {
    const lost = this.#calls.filter(({ state, updatedAt }) => state === 'running' && updatedAt < before);
    return Promise.resolve(oldestFirst(lost).slice(0, limit));
  }

  unknownSince(before: Date, limit: number): Promise<readonly CallRecord[]> {
    const open = this.#calls.filter(
      ({ state, answer, readBack, updatedAt }) =>
        state === 'unknown' && answer?.status !== 202 && readBack === null && updatedAt < before,
    );
    return Promise.resolve(oldestFirst(open).slice(0, limit));
  }

  /** Nothing ever arrives from here. */
  arrivalOf(id: CallId): Promise<Arrival | null> {
    const awaited = { stage: 'awaited', status: null, code: null, objectId: null } as const;
    return Promise.resolve(this.#awaited.has(id) ? awaited : null);
  }

  keepReadBack(id: CallId, readBack: ReadBack): Promise<boolean> {
    const open = this.#calls.find((call) => call.id === id && call.readBack === null);
    this.#calls = this.#calls.map((call) => (call === open ? { ...call, readBack } : call));
    return Promise.resolve(open !== undefined);
  }
}
