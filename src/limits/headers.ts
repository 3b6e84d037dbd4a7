import type { LimitVerdict } from './limit-store.js';

/** Response fields; a name that doesn't apply is absent. */
export interface LimitHeaders {
  readonly RateLimit?: string;
  readonly 'RateLimit-Policy'?: string;
  readonly 'Retry-After'?: string;
}

/**
 * A verdict as the fields of draft-ietf-httpapi-ratelimit-headers-11 (sections 3 and 4): `"rule";q=50;w=60` and
 * `"rule";r=20;t=56`, where `t` is how long no more than `r` calls are admitted. A refusal adds `Retry-After` in whole seconds (RFC 9110, section
 * 10.2.3), never earlier than the effective window of a limit that refused. No limit at all: no fields.
 */
export function limitHeaders({ admitted, standings, retryAfterSeconds }: LimitVerdict): LimitHeaders {
  if (standings.length === 0) return {};
  const list = standings.map((standing) => ({ ...standing, name: sfString(standing.rule) }));
  return {
    RateLimit: list.map((one) => `${one.name};r=${one.remaining};t=${one.resetSeconds}`).join(', '),
    'RateLimit-Policy': list.map((one) => `${one.name};q=${one.limit};w=${one.windowSeconds}`).join(', '),
    ...(admitted ? {} : { 'Retry-After': String(retryAfterSeconds) }),
  };
}

/**
 * A rule's id as a String of RFC 9651 (section 3.3.3), which holds printable ASCII alone: what lies outside, and the percent
 * sign, is percent-encoded in UTF-8, so that different ids stay different.
 */
function sfString(id: string): string {
  const ascii = id.replace(/[^\x20-\x7e]+|%/gu, (text) =>
    [...Buffer.from(text, 'utf8')].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join(''),
  );
  return `"${ascii.replace(/["\\]/g, '\\$&')}"`;
}
