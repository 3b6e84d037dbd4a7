import { createHash } from 'node:crypto';
import { isJsonObject, type JsonObject } from '../../kernel/json.js';
import { parseStrictJsonBytes } from '../../kernel/strict-json.js';
import { proofVerifies, readProofKey } from './dpop-key.js';
import type { TokenCredential } from './token-credential.js';
import { DPOP_ALGORITHMS, refuse, type DpopAlgorithm, type TokenRefusal } from './token-verdict.js';

/** A proof that is right and fresh; whether it is the first time that it is shown is not said. */
export interface Proof {
  readonly ok: true;
  readonly thumbprint: string;
  readonly jti: string;
  /** Unix seconds; after it no verifier accepts the proof. */
  readonly expires: number;
}

const LONGEST = 8_192;
const LONGEST_JTI = 256;
/** How old a proof may be, and how far ahead of this clock, in seconds: the window of the signatures. */
const MAX_AGE_SECONDS = 300;
const CLOCK_SKEW_SECONDS = 30;
const FORM = /^([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)$/;

function decoded(part: string): JsonObject | undefined {
  const parsed = parseStrictJsonBytes(Buffer.from(part, 'base64url'));
  return parsed.ok && isJsonObject(parsed.value) ? parsed.value : undefined;
}

/** Of a proof's header; undefined when it isn't one. */
function algorithmOf(header: JsonObject): DpopAlgorithm | undefined {
  if (header['typ'] !== 'dpop+jwt' || 'crit' in header) return undefined;
  return DPOP_ALGORITHMS.find((each) => each === header['alg']);
}

/** Without query and fragment (RFC 9449, section 4.2); the rest is compared as URLs are, so the default port may stand or not. */
function isOf(url: URL, htu: unknown): boolean {
  if (typeof htu !== 'string' || !URL.canParse(htu)) return false;
  const claimed = new URL(htu);
  return claimed.origin === url.origin && claimed.pathname === url.pathname && claimed.username === '';
}

function whyWrong(claims: JsonObject, { method, url, token }: TokenCredential, now: number): string | undefined {
  const { jti, htm, htu, iat, ath } = claims;
  if (typeof jti !== 'string' || jti === '' || jti.length > LONGEST_JTI) return 'the proof has no usable jti';
  if (htm !== method) return 'the proof is for another method (htm)';
  if (!isOf(url, htu)) return 'the proof is for another address (htu)';
  if (ath !== createHash('sha256').update(token, 'ascii').digest('base64url'))
    return 'the proof is for another token (ath)';
  if (typeof iat !== 'number' || iat < now - MAX_AGE_SECONDS || iat > now + CLOCK_SKEW_SECONDS)
    return 'the proof is too old or from the future (iat)';
  return undefined;
}

/**
 * A DPoP proof (RFC 9449, section 4.3), pure: form, type, algorithm, method, address, token, time, signature. The body and the query
 * are not covered: a proof says who holds the token, and the request's signature says what is asked.
 */
export function checkProof(credential: TokenCredential, now: number): TokenRefusal | Proof {
  const { dpop = '' } = credential;
  const [, head = '', body = '', tail = ''] = (dpop.length > LONGEST ? null : FORM.exec(dpop)) ?? [];
  const [header, claims] = [decoded(head), decoded(body)];
  if (header === undefined || claims === undefined) return refuse('the proof is missing or no JWT');
  const { jwk } = header;
  const algorithm = algorithmOf(header);
  if (algorithm === undefined || !isJsonObject(jwk))
    return refuse('the proof has another type or algorithm, or no key (jwk)');
  const proofKey = readProofKey(jwk);
  if (proofKey === undefined) return refuse('the key of the proof is not a public key of a known kind');
  const wrong = whyWrong(claims, credential, now);
  if (wrong !== undefined) return refuse(wrong);
  if (!proofVerifies(algorithm, proofKey.key, `${head}.${body}`, Buffer.from(tail, 'base64url')))
    return refuse('the proof is not signed with its key');
  const { jti, iat } = claims as { jti: string; iat: number };
  const expires = Math.ceil(iat) + MAX_AGE_SECONDS + CLOCK_SKEW_SECONDS;
  return { ok: true, thumbprint: proofKey.thumbprint, jti, expires };
}
