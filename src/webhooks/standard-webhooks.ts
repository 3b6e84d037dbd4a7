import { createHmac, timingSafeEqual } from 'node:crypto';
import type { HeaderLine } from '../identity/signatures/index.js';
import type { Secret } from '../kernel/secret.js';

/** A message's name, its time in whole seconds, and the signatures that it claims (Standard Webhooks 1.0). */
export interface WebhookHeaders {
  readonly id: string;
  readonly timestamp: number;
  /** The `v1` ones, 32 bytes each. */
  readonly signatures: readonly Uint8Array[];
}

export type HeaderReading =
  | { readonly ok: true; readonly headers: WebhookHeaders }
  | { readonly ok: false; readonly code: 'signature_missing' | 'request_malformed'; readonly detail: string };

/** A sender's clock and its way here may differ from ours by this much, both ways. */
export const TOLERANCE_SECONDS = 300;
/** In an overlap two secrets live; the same number is computed whatever lives, so that time tells nothing. */
export const MOST_LIVE_SECRETS = 2;

const LONGEST_SIGNATURES = 1_024;
const MOST_SIGNATURES = 8;
/** Without a dot, which parts id, timestamp and body in what is signed. */
const ID = /^[\x21-\x2d\x2f-\x7e]{1,128}$/;
/** Digits alone: no sign, no fraction, no space, so that two readers can't take it for two instants. */
const TIMESTAMP = /^[0-9]{10}$/;
const SIGNATURE = /^v1,([A-Za-z0-9+/]{43}=)$/;

const refuse = (code: 'signature_missing' | 'request_malformed', detail: string): HeaderReading => ({
  ok: false,
  code,
  detail,
});

/** Reads the three headers, each of which comes once. Signatures of other versions are passed over. */
export function readWebhookHeaders(lines: readonly HeaderLine[]): HeaderReading {
  const values = new Map<string, string>();
  for (const wanted of ['webhook-id', 'webhook-timestamp', 'webhook-signature']) {
    const found = lines.filter(([name]) => name.toLowerCase() === wanted);
    const [first] = found;
    if (first === undefined) return refuse('signature_missing', `The header ${wanted} is missing.`);
    if (found.length > 1) return refuse('request_malformed', `The header ${wanted} comes more than once.`);
    values.set(wanted, first[1]);
  }
  const id = values.get('webhook-id') ?? '';
  const timestamp = values.get('webhook-timestamp') ?? '';
  const list = values.get('webhook-signature') ?? '';
  if (!ID.test(id)) {
    return refuse('request_malformed', 'webhook-id must hold 1 to 128 printable characters, without spaces and dots.');
  }
  if (!TIMESTAMP.test(timestamp)) return refuse('request_malformed', 'webhook-timestamp must be whole Unix seconds.');
  const parts = list.length > LONGEST_SIGNATURES ? [] : list.split(' ');
  if (parts.length === 0 || parts.length > MOST_SIGNATURES) {
    return refuse('request_malformed', `webhook-signature may hold ${MOST_SIGNATURES} signatures.`);
  }
  return { ok: true, headers: { id, timestamp: Number(timestamp), signatures: parts.flatMap(signatureIn) } };
}

/** Canonical base64 alone: one signature has one spelling. */
function signatureIn(part: string): readonly Uint8Array[] {
  const [, text] = SIGNATURE.exec(part) ?? [];
  if (text === undefined) return [];
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? [bytes] : [];
}

type Signed = Pick<WebhookHeaders, 'id' | 'timestamp'>;

function mac(secret: Secret<Uint8Array>, { id, timestamp }: Signed, body: Uint8Array): Buffer {
  return createHmac('sha256', secret.reveal()).update(`${id}.${timestamp}.`, 'utf8').update(body).digest();
}

/** No secret at all is checked like two of them. */
function padded(secrets: readonly Secret<Uint8Array>[], stranger: Secret<Uint8Array>): readonly Secret<Uint8Array>[] {
  const missing = Math.max(0, MOST_LIVE_SECRETS - secrets.length);
  return [...secrets, ...Array.from({ length: missing }, () => stranger)];
}

/**
 * Whether one of the signatures was made with one of the secrets, over the bytes as they came. `stranger` is a secret that
 * nobody has; what is computed with it never counts.
 */
export function isGenuineWebhook(
  headers: WebhookHeaders,
  body: Uint8Array,
  secrets: readonly Secret<Uint8Array>[],
  stranger: Secret<Uint8Array>,
): boolean {
  let genuine = false;
  for (const secret of padded(secrets, stranger)) {
    const expected = mac(secret, headers, body);
    for (const signature of headers.signatures) {
      const fits = timingSafeEqual(expected, signature);
      if (fits && secret !== stranger) genuine = true;
    }
  }
  return genuine;
}

export const isTimely = ({ timestamp }: Signed, nowSeconds: number): boolean =>
  Math.abs(nowSeconds - timestamp) <= TOLERANCE_SECONDS;

/** `webhook-signature` for one message: a signature for each secret, so that a receiver may have either of them. */
export function signWebhook(signed: Signed, body: Uint8Array, secrets: readonly Secret<Uint8Array>[]): string {
  return secrets.map((secret) => `v1,${mac(secret, signed, body).toString('base64')}`).join(' ');
}
