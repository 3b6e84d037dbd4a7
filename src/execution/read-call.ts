import { shownState, type Approval } from '../approvals/approval.js';
import type { ApprovalStore } from '../approvals/approval-store.js';
import type { Clock } from '../kernel/clock.js';
import type { CallId } from '../kernel/ids.js';
import type { CallRecord, CallState } from './call.js';
import type { CallStore } from './call-store.js';

export interface SeenCall {
  readonly call: CallRecord;
  /** Of a call that people held. */
  readonly approval: Approval | undefined;
}

export type ReadCall = (id: CallId) => Promise<SeenCall | undefined>;

/** A held call that is past its expiry has expired, whether a sweep has said so yet or not. */
export function makeReadCall(deps: {
  readonly calls: Pick<CallStore, 'get'>;
  readonly approvals: Pick<ApprovalStore, 'byCall'>;
  readonly clock: Clock;
}): ReadCall {
  return async (id) => {
    const call = await deps.calls.get(id);
    if (call === undefined) return undefined;
    const wasHeld = call.answer?.status === 202;
    const approval = wasHeld ? await deps.approvals.byCall(id) : undefined;
    if (approval === undefined || shownState(approval, deps.clock.now()) !== 'expired') return { call, approval };
    return { call: { ...call, state: 'expired' }, approval: { ...approval, state: 'expired' } };
  };
}

const UNSETTLED: readonly CallState[] = ['running', 'pending_approval', 'suggested'];

const PAUSE_MS = 500;
/** Each asks the database twice a second, so this bounds what waiting can cost; one more is answered at once. */
const MOST_WAITERS = 100;

/** Looks until the call is settled or the time is over, whichever comes first. */
export type AwaitCall = (id: CallId, seconds: number) => Promise<SeenCall | undefined>;

export function makeAwaitCall(deps: {
  readonly readCall: ReadCall;
  readonly calls: Pick<CallStore, 'get'>;
  readonly wait: (milliseconds: number) => Promise<void>;
  readonly clock: Clock;
}): AwaitCall {
  let waiters = 0;
  return async (id, seconds) => {
    if (waiters >= MOST_WAITERS) return deps.readCall(id);
    waiters += 1;
    try {
      const first = await deps.readCall(id);
      const expiresAt = first?.approval?.expiresAt;
      for (let left = seconds * 1_000; left > 0; left -= PAUSE_MS) {
        const call = await deps.calls.get(id);
        if (call === undefined || !UNSETTLED.includes(call.state)) break;
        if (expiresAt !== undefined && call.state !== 'running' && deps.clock.now() >= expiresAt) break;
        await deps.wait(Math.min(PAUSE_MS, left));
      }
      return await deps.readCall(id);
    } finally {
      waiters -= 1;
    }
  };
}
