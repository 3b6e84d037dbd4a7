import { ChaperoneError } from '../../kernel/errors.js';
import { isJsonObject, type Json, type JsonObject } from '../../kernel/json.js';
import type { WpReply } from './wp-client.js';

/** WordPress's own words for a refusal: its error code and message (WP_Error in a REST answer). */
export interface UpstreamError {
  readonly status: number;
  readonly code: string;
  readonly message: string;
}

/** What became of one request to WordPress. `unknown`: it may or may not have been carried out. */
export type WpOutcome =
  | {
      readonly kind: 'done';
      readonly body: Json;
      readonly total: number | undefined;
      readonly totalPages: number | undefined;
    }
  | { readonly kind: 'refused'; readonly error: UpstreamError }
  | { readonly kind: 'not_sent'; readonly reason: string; readonly retryAfter?: number }
  /** `error`: what WordPress said, where it said something. */
  | { readonly kind: 'unknown'; readonly reason: string; readonly error?: UpstreamError };

const LONGEST_MESSAGE = 500;

/** Messages of WordPress hold markup now and then; a problem document shows plain text. */
const plain = (text: string): string => text.replace(/<[^>]*>/g, '').slice(0, LONGEST_MESSAGE);

function upstreamError(status: number, body: Json): UpstreamError {
  const code = isJsonObject(body) && typeof body['code'] === 'string' ? body['code'].slice(0, 100) : `http_${status}`;
  const message =
    isJsonObject(body) && typeof body['message'] === 'string'
      ? plain(body['message'])
      : `WordPress answered with status ${status}.`;
  return { status, code, message };
}

/** WordPress says 501 before it does anything, where it can't do such a thing at all (rest_trash_not_supported). */
const NOT_IMPLEMENTED = 501;

/** Any other 5xx may come after the deed was done (a fatal error in a later hook), so it is never taken for a refusal. */
export function processReply(reply: WpReply): WpOutcome {
  switch (reply.kind) {
    case 'unreachable':
      return {
        kind: 'not_sent',
        reason: reply.reason,
        ...(reply.retryAfterSeconds === undefined ? {} : { retryAfter: reply.retryAfterSeconds }),
      };
    case 'lost':
      return { kind: 'unknown', reason: reply.reason };
    case 'answered': {
      const { status, body, total, totalPages } = reply;
      if (status >= 200 && status < 300) return { kind: 'done', body, total, totalPages };
      const error = upstreamError(status, body);
      if (status < 500 || status === NOT_IMPLEMENTED) return { kind: 'refused', error };
      return { kind: 'unknown', reason: `${error.code} (status ${status})`, error };
    }
  }
}

/**
 * Codes with which WordPress's controllers and the bridge refuse before anything is written: permissions, ids, signatures. Others can come
 * after the deed: of custom fields, which are checked and written once the post is (WP_REST_Meta_Fields::update_value).
 */
const FIRST =
  /^(rest_forbidden\w*|rest_cannot_(create|edit|edit_others|publish|delete_trash|read|view|manage|assign_\w+)|rest_(post|page|term|comment|user)_invalid_(id|parent)|rest_invalid_author|rest_missing_callback_param|rest_no_route|rest_already_trashed|rest_user_cannot_\w+|signature_(invalid|stale|missing|coverage)|digest_mismatch|request_malformed|credentials_invalid|database_unavailable)$/;

export const isRefusedFirst = (code: string): boolean => FIRST.test(code);

/** A refusal by WordPress as a problem that carries its code. */
export function refusedBy(error: UpstreamError): ChaperoneError {
  return new ChaperoneError('upstream_refused', {
    detail: `WordPress says ${error.code}: ${error.message}`,
    members: { upstream: { status: error.status, code: error.code, message: error.message } },
  });
}

/** Nothing was done, and when it may be tried again, where that is known. */
export const notSent = ({ reason, retryAfter }: Extract<WpOutcome, { kind: 'not_sent' }>): ChaperoneError =>
  new ChaperoneError('upstream_unavailable', {
    detail: `WordPress can't be reached (${reason}).`,
    ...(retryAfter === undefined ? {} : { retryAfter }),
  });

/** For reads, where nothing can have been changed: anything but an answer is WordPress being out of reach. */
export function readBody(outcome: WpOutcome): Json {
  switch (outcome.kind) {
    case 'done':
      return outcome.body;
    case 'refused':
      throw refusedBy(outcome.error);
    case 'not_sent':
      throw notSent(outcome);
    case 'unknown':
      throw new ChaperoneError('upstream_unavailable', {
        detail: `WordPress gave no usable answer (${outcome.reason}).`,
      });
  }
}

/** An object, or `upstream_unavailable`: WordPress answered, but nothing that can be trusted. */
export function expectObject(body: Json): JsonObject {
  if (isJsonObject(body)) return body;
  throw new ChaperoneError('upstream_unavailable', { detail: 'WordPress answered something else than expected.' });
}
