import type { ErrorCode } from '../../kernel/errors.js';

/** The `tag` parameter (RFC 9421, section 2.3): a signature made for another application is not ours to accept. */
export const SIGNATURE_TAG = 'ai-agent';

/** Always chosen by the stored key, never by the message (RFC 9421, section 7.3.6). */
export type SignatureAlgorithm = 'hmac-sha256' | 'ed25519';

/** `expires - created` at most, in seconds. */
export const MAX_LIFETIME_SECONDS = 300;
/** How far two honest clocks may differ, in seconds. */
export const CLOCK_SKEW_SECONDS = 30;

/** Printable ASCII that needs no escaping in a structured field's string. */
export const NONCE_PATTERN = /^[\x20\x21\x23-\x5b\x5d-\x7e]{16,128}$/;

/** One header line as it came over the wire, before anybody joined, folded or lower-cased it. */
export type HeaderLine = readonly [name: string, value: string];

/** Why a signed request is refused: a code of the registry and a detail that is safe to show. */
export interface Refusal {
  readonly ok: false;
  readonly code: Extract<ErrorCode, `signature_${string}` | 'request_malformed' | 'digest_mismatch'>;
  readonly detail: string;
}

export const refuse = (code: Refusal['code'], detail: string): Refusal => ({ ok: false, code, detail });

const ALWAYS_COVERED = ['@method', '@authority', '@path', '@query'] as const;
const COVERED_WITH_BODY = ['content-digest', 'content-type'] as const;
/** Headers that change who acts or what happens: whoever adds or swaps one must break the signature. */
const COVERED_WHEN_SENT = [
  'authorization',
  'idempotency-key',
  'ai-agent-acting-user',
  'ai-agent-call',
  'content-disposition',
] as const;

/** What a signature must cover for this request, in the order in which our signer lists it. */
export function requiredComponents(request: {
  readonly hasBody: boolean;
  hasHeader(name: string): boolean;
}): readonly string[] {
  return [
    ...ALWAYS_COVERED,
    ...(request.hasBody ? COVERED_WITH_BODY : []),
    ...COVERED_WHEN_SENT.filter((name) => request.hasHeader(name)),
  ];
}

/** Headers of which a second line would let two readers of one request see two different requests. */
export const SINGLE_HEADERS: readonly string[] = [
  'host',
  'content-type',
  'content-digest',
  'signature',
  'signature-input',
  ...COVERED_WHEN_SENT,
];
