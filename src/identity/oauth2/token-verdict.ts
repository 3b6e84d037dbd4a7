import type { TokenGrant } from '../token-grant.js';

/** Algorithms that an issuer's tokens may be signed with: asymmetric ones alone, so nobody who can verify can sign. */
export const TOKEN_ALGORITHMS = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
] as const;

/** Algorithms of DPoP proofs (RFC 9449, section 4.2). */
export const DPOP_ALGORITHMS = ['ES256', 'ES384', 'EdDSA', 'Ed25519', 'PS256', 'RS256'] as const;
export type DpopAlgorithm = (typeof DPOP_ALGORITHMS)[number];

/** A token that its issuer stands for, now, and for this service. */
export interface AccessToken {
  readonly subject: string;
  readonly grant: TokenGrant;
  /** The thumbprint of the key that its bearer must prove to hold (`cnf.jkt`); null for a bearer token. */
  readonly boundTo: string | null;
}

/** `why` is shown to whoever sent the token, and never says anything that isn't in it. */
export interface TokenRefusal {
  readonly ok: false;
  readonly why: string;
}

export type TokenVerdict = TokenRefusal | { readonly ok: true; readonly token: AccessToken };

/** No key was compared with the token, so the refusal tells nothing to whoever guesses, and counts as no guess. */
export const UNTRIED: TokenRefusal = {
  ok: false,
  why: 'the issuer has no such key, and was asked for new ones a moment ago; try again in half a minute',
};

export const refuse = (why: string): TokenRefusal => ({ ok: false, why });

/** Scopes as RFC 6749, section 3.3 writes them; anything else grants nothing. */
const scopesIn = (scope: unknown): ReadonlySet<string> =>
  new Set(typeof scope === 'string' ? scope.split(' ').filter((each) => each !== '') : []);

/** What the claims grant, whether they came in a JWT or from introspection. */
export function grantOf(claims: Readonly<Record<string, unknown>>): TokenGrant {
  const { scope, auth_time: authTime, acr } = claims;
  return {
    scopes: scopesIn(scope),
    authTime: typeof authTime === 'number' && Number.isFinite(authTime) ? authTime : null,
    acr: typeof acr === 'string' ? acr : null,
  };
}
