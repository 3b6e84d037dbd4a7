import { ERRORS, type ChaperoneError } from './errors.js';
import type { JsonObject } from './json.js';

/** Where `docs/errors.md` explains a code, as a URI that needs no network (RFC 9457, section 3.1.1). */
const typeOf = (code: string): string => `urn:chaperone:error:${code}`;

/**
 * An error as a problem document (RFC 9457). Its instance is the call's id, or else the request's: what to name when
 * asking an operator. `next` is a member of ours: what to do about it. The error's cause never gets here.
 */
export function problemBody(error: ChaperoneError, request: string): JsonObject {
  const { status, title, next } = ERRORS[error.code];
  const { detail, retryAfter, members } = error.extras;
  const callId = members?.['callId'];
  const reference = typeof callId === 'string' ? callId : request;
  return {
    type: typeOf(error.code),
    title,
    status,
    detail: detail ?? title,
    next,
    instance: `urn:chaperone:request:${reference}`,
    code: error.code,
    ...(reference.startsWith('call_') ? { callId: reference } : {}),
    ...(retryAfter === undefined ? {} : { retryAfter }),
    ...(members as JsonObject | undefined),
  };
}
