import { parseCallId, type CallId } from '../kernel/ids.js';

/** No header can carry this sign, so no caller can take the key of an undo (http/read-request.ts). */
const SIGN = '↶';
const DIGITS = 6;

/** The idempotency key of an attempt at undoing a call: there is one call for it, whoever asks, and how often. */
export const undoKey = (of: CallId, attempt: number): string => `${SIGN}${of}.${String(attempt).padStart(DIGITS, '0')}`;

/** All keys of attempts at undoing a call, in the order of bytes: `from` and what comes before `to`. */
export const undoKeys = (of: CallId): { readonly from: string; readonly to: string } => ({
  from: `${SIGN}${of}.`,
  to: `${SIGN}${of}/`,
});

const FORM = /^↶(call_[0-9a-z]{20})\.(\d{6})$/;

/** Which call was undone under this key, and in which attempt. */
export function readUndoKey(key: string | null): { readonly of: CallId; readonly attempt: number } | undefined {
  const [, id, attempt] = FORM.exec(key ?? '') ?? [];
  const of = parseCallId(id);
  return of === undefined ? undefined : { of, attempt: Number(attempt) };
}
