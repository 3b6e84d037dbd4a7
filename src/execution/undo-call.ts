import type { Principal } from '../identity/principal.js';
import { ChaperoneError } from '../kernel/errors.js';
import type { CallId } from '../kernel/ids.js';
import type { CallRecord, CallState } from './call.js';
import type { CallStore } from './call-store.js';
import { PRE_IMAGE_DAYS, type PreImageStore } from './pre-image-store.js';
import type { CheckedCall } from './prepare-call.js';
import type { CallAnswer, Submission } from './submit-call.js';
import { findTool } from './tools/index.js';
import { readUndoKey, undoKey } from './undo-key.js';
import { changedSince, type PreImage } from './undoing.js';

/** Whether a call can be undone, as far as is known without asking the site. */
export type Undoability =
  | {
      readonly possible: true;
      readonly image: Extract<PreImage, { readonly reverse: unknown }>;
      /** How often it was tried in vain. */
      readonly attempt: number;
    }
  /** `by`: the call that undid it, or is about to, or may have. */
  | { readonly possible: false; readonly why: string; readonly by?: CallRecord };

/** Attempts after which nothing has changed, so that another may be made. */
const IN_VAIN: readonly CallState[] = ['failed', 'denied', 'rejected', 'expired', 'cancelled', 'stale'];

const WHY_NOT: Partial<Record<CallState, string>> = {
  succeeded: 'It is undone already.',
  unknown: 'It was to be undone, and whether it is isn’t known.',
};

export type ReadUndo = (call: CallRecord) => Promise<Undoability>;

export function makeReadUndo(deps: {
  readonly calls: Pick<CallStore, 'lastUndo'>;
  readonly preImages: Pick<PreImageStore, 'get'>;
}): ReadUndo {
  return async (call) => {
    const undo = findTool(call.tool)?.undo ?? null;
    if (undo === null) return { possible: false, why: 'It changes nothing.' };
    if (call.state !== 'succeeded') return { possible: false, why: 'It isn’t known to have been carried out.' };
    if (!undo.possible) return { possible: false, why: undo.how };
    const [last, image] = await Promise.all([deps.calls.lastUndo(call.agentId, call.id), deps.preImages.get(call.id)]);
    if (last !== undefined && !IN_VAIN.includes(last.state))
      return { possible: false, why: WHY_NOT[last.state] ?? 'It is about to be undone.', by: last };
    if (image === undefined)
      return { possible: false, why: `What it changed isn’t kept any more (at most ${PRE_IMAGE_DAYS} days).` };
    if ('why' in image) return { possible: false, why: image.why };
    const attempt = last === undefined ? 0 : (readUndoKey(last.idempotencyKey)?.attempt ?? 0) + 1;
    return { possible: true, image, attempt };
  };
}

export type UndoCall = (input: {
  readonly id: CallId;
  readonly principal: Principal;
  readonly dryRun: boolean;
  readonly reason: string | undefined;
}) => Promise<CallAnswer>;

/** To others the call doesn't exist: its agent itself, and people who may change what agents are about to do. */
function mayUndo({ agentId, capabilities }: Principal, call: CallRecord): boolean {
  return agentId === null
    ? capabilities.has('ai_agent_approve_changes')
    : agentId === call.agentId && capabilities.has('ai_agent_execute_tool');
}

const changedBy = (changed: readonly string[]): ChaperoneError =>
  new ChaperoneError('undo_conflict', {
    detail: `Changed since the call: ${changed.join(', ')}.`,
    members: { changed },
  });

/**
 * Takes a call back by another one, which is checked, decided, counted, held and written down as every call. There is one for
 * each call that was carried out, under an idempotency key that nobody else can use: who asks again is answered as the first time.
 * @throws not_found, undo_impossible, undo_conflict, idempotency_in_progress, and what any call is refused with
 */
export function makeUndoCall(deps: {
  readonly calls: Pick<CallStore, 'get' | 'byIdempotencyKey'>;
  readonly readUndo: ReadUndo;
  readonly submitCall: (submission: Submission) => Promise<CallAnswer>;
  readonly newCallId: () => CallId;
}): UndoCall {
  return async ({ id, principal, dryRun, reason }) => {
    const call = await deps.calls.get(id);
    if (call === undefined || !mayUndo(principal, call))
      throw new ChaperoneError('not_found', { detail: 'There is no such call.' });
    const found = await deps.readUndo(call);
    if (!found.possible) return answerAgain(found);
    const { reverse, seen } = found.image;
    const key = undoKey(id, found.attempt);
    /** What another undo of the same call has put back is no change: this one gets that one's answer. */
    const expect = async ({ before }: CheckedCall): Promise<void> => {
      const changed = changedSince(seen, before ?? {});
      if (changed.length === 0 || (await deps.calls.byIdempotencyKey(call.agentId, key)) !== undefined) return;
      throw changedBy(changed);
    };
    return deps.submitCall({
      callId: deps.newCallId(),
      principal,
      agentId: call.agentId,
      request: { ...reverse, dryRun, ...(reason === undefined ? {} : { reason }) },
      idempotencyKey: dryRun ? null : key,
      undoes: { callId: id, byPerson: principal.agentId === null, expect },
    });
  };
}

function answerAgain({ why, by }: Extract<Undoability, { readonly possible: false }>): CallAnswer {
  if (by === undefined) throw new ChaperoneError('undo_impossible', { detail: why });
  if (by.answer === null)
    throw new ChaperoneError('idempotency_in_progress', { retryAfter: 1, members: { callId: by.id } });
  return { ...by.answer, callId: by.id, replayed: true };
}
