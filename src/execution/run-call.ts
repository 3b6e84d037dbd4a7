import { ChaperoneError, ERRORS } from '../kernel/errors.js';
import { isJsonObject, type Json, type JsonObject } from '../kernel/json.js';
import { problemBody } from '../kernel/problem.js';
import { fieldsDigest, type StoredAnswer } from './call.js';
import type { CallEnd, CallJournal, OpenCall } from './journal.js';
import type { CheckedCall } from './prepare-call.js';
import { processReply, refusedBy, type UpstreamError, type WpOutcome, notSent } from './wordpress/process-replies.js';
import type { WpClient, WpReply, WpRequest } from './wordpress/wp-client.js';

export type RunCall = (open: OpenCall, checked: CheckedCall, decision: JsonObject) => Promise<StoredAnswer>;

/** Tries of writing the outcome down, with pauses between them: the deed is done and must not stay unexplained. */
const OUTCOME_PAUSES_MS = [50, 200, 1_000];

/** The bridge's, of a call that a server on the way has delivered again (Arrivals::begin). */
const ARRIVED_BEFORE = 'signature_replayed';

const problem = (error: ChaperoneError, callId: string): StoredAnswer => ({
  status: ERRORS[error.code].status,
  body: problemBody(error, callId),
});

/** What WordPress showed after the deed: the id of what it made, and the digest of what now stands there. */
function traces({ call, before }: CheckedCall, body: Json): Pick<CallEnd, 'afterDigest' | 'entityId' | 'preImage'> {
  if (!isJsonObject(body)) return {};
  const { digestFields } = call.tool;
  const { id } = body;
  const preImage = call.preImage(before, body);
  return {
    ...(preImage === undefined ? {} : { preImage }),
    ...(typeof id === 'number' ? { entityId: id } : {}),
    ...(digestFields.length > 0 ? { afterDigest: fieldsDigest(digestFields, body) } : {}),
  };
}

/** WordPress was asked, and whether it did it can't be told. A read that got lost has merely failed. */
function lostEnd({ callId }: OpenCall, { call }: CheckedCall, reason: string): CallEnd {
  const isRead = call.tool.effect === 'read';
  const error = isRead
    ? new ChaperoneError('upstream_unavailable', { detail: `WordPress gave no usable answer (${reason}).` })
    : new ChaperoneError('outcome_unknown', {
        detail: `WordPress was asked, and no usable answer came (${reason}).`,
      });
  return {
    state: isRead ? 'failed' : 'unknown',
    answer: problem(error, callId),
    code: error.code,
    detail: { reason },
  };
}

/** WordPress said no, and did nothing. */
function refusedEnd(callId: string, error: UpstreamError): CallEnd {
  const { status, code, message } = error;
  return {
    state: 'failed',
    answer: problem(refusedBy(error), callId),
    code: 'upstream_refused',
    detail: { upstream: { status, code, message } },
  };
}

/** What an outcome means for the call: its state, its answer, its code. */
function endOf(open: OpenCall, checked: CheckedCall, outcome: WpOutcome, decision: JsonObject): CallEnd {
  const { callId } = open;
  switch (outcome.kind) {
    case 'done': {
      const result = checked.call.result(outcome.body, outcome);
      if (result === undefined) return lostEnd(open, checked, 'an answer that is not about this request');
      return {
        state: 'succeeded',
        answer: { status: 200, body: { status: 'executed', callId, decision, result } },
        ...traces(checked, outcome.body),
      };
    }
    case 'refused': {
      const { code } = outcome.error;
      if (code === ARRIVED_BEFORE) return lostEnd(open, checked, 'it arrived there twice, and the first time counts');
      if (checked.call.refusedLate?.(code) === true)
        return lostEnd(open, checked, `${code} came after a part was done`);
      return refusedEnd(callId, outcome.error);
    }
    case 'not_sent': {
      const error = notSent(outcome);
      return { state: 'failed', answer: problem(error, callId), code: error.code, detail: { reason: outcome.reason } };
    }
    case 'unknown':
      if (outcome.error !== undefined && checked.call.refusedFirst?.(outcome.error.code) === true)
        return refusedEnd(callId, outcome.error);
      return lostEnd(open, checked, outcome.reason);
  }
}

/** A client that throws, where replies are what it owes, never got as far as sending: its key can't be read, say. */
async function sent(wordpress: WpClient, request: WpRequest): Promise<WpReply> {
  try {
    return await wordpress.send(request);
  } catch (error) {
    const reason = error instanceof ChaperoneError ? error.code : 'the request could not be signed';
    return { kind: 'unreachable', reason };
  }
}

/** Runs a decided call on WordPress as its user and writes down what became of it. */
export function makeRunCall(deps: {
  readonly wordpress: WpClient;
  readonly journal: Pick<CallJournal, 'outcome'>;
  readonly wait: (milliseconds: number) => Promise<void>;
}): RunCall {
  const writeDown = async (open: OpenCall, checked: CheckedCall, end: CallEnd): Promise<void> => {
    for (const pause of OUTCOME_PAUSES_MS) {
      try {
        await deps.journal.outcome(open, checked, end);
        return;
      } catch {
        await deps.wait(pause);
      }
    }
    await deps.journal.outcome(open, checked, end);
  };
  return async (open, checked, decision) => {
    const { principal, callId } = open;
    const reply = await sent(deps.wordpress, { ...checked.call.request, actingUser: principal.userId, callId });
    const end = endOf(open, checked, processReply(reply), decision);
    try {
      await writeDown(open, checked, end);
    } catch (cause) {
      // The call's row says `running` until the database is back; then it is settled as unknown (settle-lost-calls.ts).
      throw new ChaperoneError('outcome_unknown', { detail: "What WordPress did couldn't be written down.", cause });
    }
    return end.answer;
  };
}
