import type { AgentId, CallId } from '../kernel/ids.js';
import type { Arrival, CallRecord, CallState, NewCall, ReadBack, StoredAnswer } from './call.js';

export interface CallStore {
  /** A running call is awaited at WordPress from now on. @returns false when the agent has used this idempotency key; then nothing was written */
  insert(record: NewCall): Promise<boolean>;
  /** Ends a running call; an answer that was given before stays. @returns false when it wasn't running any more: somebody else ended it */
  finish(
    id: CallId,
    end: { readonly state: CallState; readonly answer: StoredAnswer; readonly at: Date },
  ): Promise<boolean>;
  /** Moves a call that people hold; one that runs is awaited at WordPress from now on. @returns false, and nothing is written, when it isn't in the state `from` any more */
  settle(id: CallId, change: { readonly from: CallState; readonly to: CallState; readonly at: Date }): Promise<boolean>;
  get(id: CallId): Promise<CallRecord | undefined>;
  byIdempotencyKey(agentId: AgentId, key: string): Promise<CallRecord | undefined>;
  /** The last attempt at undoing a call of this agent. */
  lastUndo(agentId: AgentId, of: CallId): Promise<CallRecord | undefined>;
  /** Calls that have been running since before `before`, oldest first. */
  runningSince(before: Date, limit: number): Promise<readonly CallRecord[]>;
  /** Calls that nobody held, whose outcome has been unknown since before `before` and nothing was found out yet; oldest first. */
  unknownSince(before: Date, limit: number): Promise<readonly CallRecord[]>;
  /** Null for a call that never ran, and for one of before arrivals were written down. */
  arrivalOf(id: CallId): Promise<Arrival | null>;
  /** @returns false, and nothing is written, when something was found out before */
  keepReadBack(id: CallId, readBack: ReadBack): Promise<boolean>;
}
