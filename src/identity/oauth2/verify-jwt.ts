import {
  clockSkew,
  customFetch,
  jwksCache,
  KEY_SELECTION,
  OperationProcessingError,
  UnsupportedOperationError,
  validateJwtAccessToken,
  type JWKS,
  type JWTAccessTokenClaims,
} from 'oauth4webapi';
import { systemClock, unixSeconds, type Clock } from '../../kernel/clock.js';
import { isJsonObject } from '../../kernel/json.js';
import { parseStrictJsonBytes } from '../../kernel/strict-json.js';
import type { Issuer } from './issuer.js';
import type { TokenCredential } from './token-credential.js';
import { DPOP_ALGORITHMS, grantOf, refuse, UNTRIED, type TokenVerdict } from './token-verdict.js';

export interface JwtDeps {
  readonly issuer: Issuer;
  readonly audience: string;
  /** The issuer's, of `TOKEN_ALGORITHMS`. */
  readonly algorithms: readonly string[];
  readonly clock: Clock;
}

const JWT_FORM = /^([A-Za-z0-9_-]+)\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*$/;

/** What the library found out with a claim or a header, in words for whoever sent the token. */
const REASONS: Readonly<Record<string, string>> = {
  exp: 'it has expired',
  nbf: 'it is not valid yet',
  iss: 'it is of another issuer',
  aud: 'it is for another audience',
  'cnf.jkt': 'it is bound to another key',
};

/** The header when the token has the form of a JWT; anything else is opaque. */
export function jwtHeader(token: string): Readonly<Record<string, unknown>> | undefined {
  const encoded = JWT_FORM.exec(token)?.[1];
  if (encoded === undefined) return undefined;
  const parsed = parseStrictJsonBytes(Buffer.from(encoded, 'base64url'));
  return parsed.ok && isJsonObject(parsed.value) ? parsed.value : undefined;
}

function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  const claim = typeof cause === 'object' && cause !== null && 'claim' in cause ? cause.claim : undefined;
  const known = typeof claim === 'string' ? REASONS[claim] : undefined;
  if (known !== undefined) return known;
  // The library's sentences are constants: which claim is missing, which type the header has.
  const isTold = error instanceof OperationProcessingError || error instanceof UnsupportedOperationError;
  return isTold ? error.message : 'it is no access token of this issuer';
}

/** Any key of this set that may verify; undefined when the set has none of that name. */
async function claimsUnder(
  deps: JwtDeps,
  credential: TokenCredential,
  keys: JWKS,
): Promise<JWTAccessTokenClaims | undefined> {
  const wall = unixSeconds(systemClock.now());
  const { method, url, authorization, dpop } = credential;
  const headers = { authorization, ...(dpop === undefined ? {} : { dpop }) };
  try {
    // A server object of its own for each token: the library then takes the keys that it is given and never asks for others.
    const server = { ...(await deps.issuer.metadata.get()) };
    return await validateJwtAccessToken(server, new Request(url, { method, headers }), deps.audience, {
      signingAlgorithms: [...new Set([...deps.algorithms, ...DPOP_ALGORITHMS])],
      [jwksCache]: { jwks: keys, uat: wall },
      [clockSkew]: unixSeconds(deps.clock.now()) - wall,
      [customFetch]: () => Promise.reject(new Error('keys are loaded elsewhere')),
    });
  } catch (error) {
    if (error instanceof OperationProcessingError && error.code === KEY_SELECTION) return undefined;
    throw error;
  }
}

/**
 * A JWT access token (RFC 9068), verified by oauth4webapi: type, algorithm, issuer, audience, times, signature. The issuer's
 * allow-list is asked before anything else, since the library's one list serves the proof too.
 *
 * An unknown key may be a new one: the set is loaded anew, at most twice a minute, whoever sends what. While that isn't due, a token
 * whose key isn't there is refused untried: it may be signed with a key that is newer than the set.
 * @throws issuer_unavailable
 */
export async function verifyJwt(
  deps: JwtDeps,
  credential: TokenCredential,
  header: Readonly<Record<string, unknown>>,
): Promise<TokenVerdict> {
  const { alg } = header;
  if (typeof alg !== 'string' || !deps.algorithms.includes(alg))
    return refuse('its algorithm is not one that this issuer signs with');
  const seen = deps.issuer.keys.loads();
  const [, keys] = await Promise.all([deps.issuer.metadata.get(), deps.issuer.keys.get()]);
  try {
    let claims = await claimsUnder(deps, credential, keys);
    if (claims === undefined) {
      const renewed = await deps.issuer.keys.renew(seen);
      if (renewed === undefined) return UNTRIED;
      claims = await claimsUnder(deps, credential, renewed);
    }
    if (claims === undefined) return refuse('the issuer has no such key');
    const { sub: subject, cnf } = claims;
    return { ok: true, token: { subject, grant: grantOf({ ...claims }), boundTo: cnf?.jkt ?? null } };
  } catch (error) {
    if (error instanceof Error && error.name === 'ChaperoneError') throw error;
    return refuse(reasonOf(error));
  }
}
