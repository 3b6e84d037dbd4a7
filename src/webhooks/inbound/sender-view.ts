import type { CallAnswer } from '../../execution/submit-call.js';
import { ChaperoneError, ERRORS, type ErrorCode } from '../../kernel/errors.js';
import { isJsonObject, type Json, type JsonObject } from '../../kernel/json.js';

/**
 * What a sender is told. Its signature proves that it may start the call, not that it may know the site: an outside
 * system keeps what it is answered in logs that others read. So it gets the shape of /v1/execute's answer with ids, states and
 * codes, and none of the policy's rules, its people, WordPress's words, or what a tool read.
 */
export interface SenderAnswer {
  readonly status: number;
  readonly body: JsonObject;
  readonly headers: Readonly<Record<string, string>>;
}

/** Details that speak of the message itself. All others are the site's own business. */
const ABOUT_THE_MESSAGE = new Set<ErrorCode>([
  'request_malformed',
  'request_too_large',
  'unsupported_media_type',
  'args_invalid',
  'signature_missing',
  'signature_invalid',
  'signature_stale',
  'idempotency_key_reused',
  'idempotency_in_progress',
]);

const isCode = (code: Json | undefined): code is ErrorCode => typeof code === 'string' && code in ERRORS;

const chosen = (from: JsonObject, names: readonly string[]): JsonObject =>
  Object.fromEntries(names.flatMap((name) => (from[name] === undefined ? [] : [[name, from[name]]])));

/** A refusal without its findings. */
export function refusalForSender({ code, extras }: ChaperoneError): ChaperoneError {
  const { detail, retryAfter, members, cause } = extras;
  const callId = members?.['callId'];
  return new ChaperoneError(code, {
    ...(detail !== undefined && ABOUT_THE_MESSAGE.has(code) ? { detail } : {}),
    ...(retryAfter === undefined ? {} : { retryAfter }),
    ...(callId === undefined ? {} : { members: { callId } }),
    cause,
  });
}

function problemForSender(body: JsonObject): JsonObject {
  const { code, title, detail } = body;
  const mayKnow = isCode(code) && ABOUT_THE_MESSAGE.has(code);
  return {
    ...chosen(body, ['type', 'title', 'status', 'next', 'instance', 'code', 'callId', 'retryAfter']),
    detail: (mayKnow ? detail : title) ?? null,
  };
}

function doneForSender(body: JsonObject): JsonObject {
  const { decision, result, approval } = body;
  return {
    ...chosen(body, ['status', 'callId']),
    ...(isJsonObject(decision) ? { decision: chosen(decision, ['effect', 'policyVersion', 'evaluatedAt']) } : {}),
    ...(isJsonObject(result) ? { result: chosen(result, ['id']) } : {}),
    ...(isJsonObject(approval) ? { approval: chosen(approval, ['id', 'expiresAt']) } : {}),
  };
}

/** The call's answer, and again the first one when a message comes again. */
export function answerForSender({ status, body, replayed }: CallAnswer): SenderAnswer {
  const shown = status >= 400 ? problemForSender(body) : doneForSender(body);
  const { retryAfter } = shown;
  return {
    status,
    body: shown,
    headers: {
      ...(typeof retryAfter === 'number' ? { 'Retry-After': String(Math.max(1, Math.ceil(retryAfter))) } : {}),
      ...(replayed ? { 'Idempotency-Replayed': 'true' } : {}),
    },
  };
}
