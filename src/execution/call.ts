import { createHash } from 'node:crypto';
import { canonicalJson } from '../kernel/canonical-json.js';
import type { AgentId, CallId, WpUserId } from '../kernel/ids.js';
import type { Json, JsonObject } from '../kernel/json.js';
import type { Mode } from '../policy/document.js';

/** What an agent sends to POST /v1/execute. */
export interface CallRequest {
  readonly tool: string;
  readonly args: JsonObject;
  readonly dryRun: boolean;
  /** The mode that the caller asks for; never looser than the policy's. */
  readonly mode?: Mode;
  readonly reason?: string;
}

/**
 * `running` turns into `succeeded`, `failed` or `unknown`: WordPress may or may not have carried it out, and nobody tries
 * again by itself. `pending_approval` and `suggested` wait for people, and turn into `running` or one of the last four.
 */
export const CALL_STATES = [
  'running',
  'succeeded',
  'failed',
  'unknown',
  'denied',
  'dry_run',
  'pending_approval',
  'suggested',
  'rejected',
  'expired',
  'cancelled',
  'stale',
] as const;
export type CallState = (typeof CALL_STATES)[number];

/** An HTTP answer as it was given the first time. */
export interface StoredAnswer {
  readonly status: number;
  readonly body: JsonObject;
}

/** What was found out later of a call whose outcome nobody was told. */
export interface ReadBack {
  readonly result: 'done' | 'not_done' | 'unclear';
  /** In words, for people. */
  readonly detail: string;
  /** Of what WordPress answered about, where that is known. */
  readonly entityId?: number;
  /** ISO 8601, UTC. */
  readonly at: string;
}

/** What WordPress wrote down of a call. */
export interface Arrival {
  readonly stage: 'awaited' | 'begun' | 'ended';
  /** The status with which it answered; null before the end. */
  readonly status: number | null;
  /** WordPress's own, of a refusal. */
  readonly code: string | null;
  /** What the answer was about. */
  readonly objectId: number | null;
}

export interface CallRecord {
  readonly id: CallId;
  readonly agentId: AgentId;
  readonly userId: WpUserId;
  readonly idempotencyKey: string | null;
  readonly requestDigest: string;
  readonly tool: string;
  readonly state: CallState;
  /** The first answer that was given; null while it runs. Of a call that people held, it says that it waits for them. */
  readonly answer: StoredAnswer | null;
  /** Null for calls that people held, whose approval has it. */
  readonly readBack: ReadBack | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** A call whose row is new. */
export type NewCall = Omit<CallRecord, 'readBack'>;

/** Two requests are the same when they ask for the same, whatever their spacing, signature or time. */
export function requestDigest(request: CallRequest): string {
  const { tool, args, dryRun, mode, reason } = request;
  return createHash('sha256')
    .update(canonicalJson({ tool, args, dryRun, mode: mode ?? null, reason: reason ?? null }), 'utf8')
    .digest('hex');
}

/** SHA-256 over the fields that a tool declares, in hexadecimal. */
export function fieldsDigest(fields: readonly string[], state: JsonObject): string {
  const chosen: Record<string, Json> = {};
  for (const field of fields) chosen[field] = rawOf(state[field] ?? null);
  return createHash('sha256').update(canonicalJson(chosen), 'utf8').digest('hex');
}

/** WordPress shows texts as `{raw, rendered, …}` to editors; what is stored is the raw one. */
export function rawOf(value: Json): Json {
  const isText = typeof value === 'object' && value !== null && 'raw' in value && 'rendered' in value;
  return isText ? (value.raw ?? null) : value;
}
