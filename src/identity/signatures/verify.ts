import { unixSeconds } from '../../kernel/clock.js';
import { parseKeyId, type KeyId } from '../../kernel/ids.js';
import { checkContentDigest } from './check-content-digest.js';
import { readHeaders, type Headers } from './header-lines.js';
import { pretendToVerify, signatureMatches, type VerificationKey } from './keys.js';
import { CLOCK_SKEW_SECONDS, MAX_LIFETIME_SECONDS, refuse, requiredComponents } from './profile.js';
import type { HeaderLine, Refusal } from './profile.js';
import { publicTarget } from './request-target.js';
import { signatureBase } from './signature-base.js';
import { parseSignatureClaim, type SignatureClaim } from './signature-input.js';

/** A request as it came over the wire. */
export interface ReceivedRequest {
  readonly method: string;
  /** Path and query, never decoded or rewritten (Express: `originalUrl`). */
  readonly rawTarget: string;
  /** Every line in its order (Node: `pairHeaderLines(request.rawHeaders)`). */
  readonly rawHeaders: readonly HeaderLine[];
  /** The bytes before any decoding; empty when there is no body. */
  readonly body: Uint8Array;
}

/** A claim that is well-formed and covers enough: what can be said before any key is looked up. */
export interface ParsedRequest {
  /** Undefined when no key of ours can have this id. */
  readonly keyId: KeyId | undefined;
  readonly claim: SignatureClaim;
  readonly base: Uint8Array;
  readonly body: Uint8Array;
  readonly contentDigest: string | undefined;
}

/** A request that its key's owner signed, as it stands, within its time; whether it is the first time is not said. */
export interface VerifiedRequest {
  readonly ok: true;
  readonly keyId: KeyId;
  readonly nonce: string;
  /** Unix seconds. */
  readonly created: number;
  readonly expires: number;
  /** What the signature covers; only these headers speak for the signer. */
  readonly components: readonly string[];
}

/** Case-sensitive (RFC 9110, section 9.1), and never a line break that would forge a line of the signature base. */
const METHOD = /^[A-Z][A-Z-]{0,19}$/;

/** First step, pure: header lines, target, claim, coverage. Nothing here depends on a secret. */
export function parseSignedRequest(
  request: ReceivedRequest,
  publicUrl: URL,
): Refusal | { readonly ok: true; readonly parsed: ParsedRequest } {
  if (!METHOD.test(request.method)) return refuse('request_malformed', 'The method is not a known kind of word.');
  const read = readHeaders(request.rawHeaders);
  if (!read.ok) return read;
  const { headers, repeated } = read;
  const inputField = headers.get('signature-input');
  const signatureField = headers.get('signature');
  if (inputField === undefined || signatureField === undefined) {
    return refuse('signature_missing', 'The headers Signature-Input and Signature are both needed.');
  }
  const placed = publicTarget(publicUrl, request.rawTarget, headers.get('host'));
  if (!placed.ok) return placed;
  const claimed = parseSignatureClaim(inputField, signatureField);
  if (!claimed.ok) return claimed;
  const { claim } = claimed;
  const twice = claim.components.find((name) => repeated.has(name));
  if (twice !== undefined) return refuse('request_malformed', `The header ${twice} comes more than once.`);
  const missing = missingComponent(claim, headers, request.body);
  if (missing !== undefined) return refuse('signature_coverage', `The signature must cover "${missing}".`);
  const base = signatureBase(
    { method: request.method, target: placed.target, headers },
    claim.components,
    claim.signatureParams,
  );
  if (base === undefined) {
    return refuse('signature_coverage', 'The signature covers a header that is missing or not ASCII.');
  }
  const contentDigest = headers.get('content-digest');
  return { ok: true, parsed: { keyId: parseKeyId(claim.keyId), claim, base, body: request.body, contentDigest } };
}

function missingComponent(claim: SignatureClaim, headers: Headers, body: Uint8Array): string | undefined {
  const required = requiredComponents({ hasBody: body.byteLength > 0, hasHeader: (name) => headers.has(name) });
  return required.find((name) => !claim.components.includes(name));
}

/**
 * Second step, pure: MAC, window, digest, in this order, so that nothing is said about a request that isn't its key's.
 * `key` is undefined when it is unknown or revoked; the answer and the time it takes are those of a wrong MAC.
 */
export function verifyParsedRequest(
  parsed: ParsedRequest,
  key: VerificationKey | undefined,
  now: Date,
): Refusal | VerifiedRequest {
  const { claim } = parsed;
  if (!isAuthentic(parsed, key) || key === undefined) {
    return refuse('signature_invalid', 'The key id is unknown, or the signature is not of this request.');
  }
  const stale = whyStale(claim, unixSeconds(now));
  if (stale !== undefined) return refuse('signature_stale', stale);
  if (parsed.body.byteLength > 0 || parsed.contentDigest !== undefined) {
    const digest = checkContentDigest(parsed.contentDigest ?? '', parsed.body);
    if (!digest.ok) return digest;
  }
  const { nonce, created, expires, components } = claim;
  return { ok: true, keyId: key.id, nonce, created, expires, components };
}

/** The message's `alg` may repeat the stored algorithm and never choose one (RFC 9421, section 7.3.6). */
function isAuthentic({ claim, base }: ParsedRequest, key: VerificationKey | undefined): boolean {
  if (key === undefined) {
    pretendToVerify(base, claim.signature);
    return false;
  }
  const matches = signatureMatches(key, base, claim.signature);
  return matches && (claim.algorithm === undefined || claim.algorithm === key.algorithm);
}

function whyStale({ created, expires }: SignatureClaim, now: number): string | undefined {
  if (expires <= created) return '"expires" must be later than "created".';
  if (expires - created > MAX_LIFETIME_SECONDS) return `A signature lives at most ${MAX_LIFETIME_SECONDS} seconds.`;
  if (created > now + CLOCK_SKEW_SECONDS) return 'The signature was created in the future: compare the clocks.';
  if (now > expires + CLOCK_SKEW_SECONDS) return 'The signature has expired.';
  return undefined;
}
