import { ChaperoneError } from '../kernel/errors.js';
import type { WpUserId } from '../kernel/ids.js';
import { credentialsInvalid, type VerifyApplicationPassword } from './application-passwords/index.js';
import type { IdentityStore } from './identities/identity-store.js';
import { isTokenScheme, type VerifyAccessToken } from './oauth2/index.js';
import { publicTarget, type ReceivedRequest } from './signatures/index.js';
import { single } from './single-header.js';
import type { TokenGrant } from './token-grant.js';

/** Whose credential stands in `Authorization`, and what it is good for. */
export interface PresentedCredential {
  readonly userId: WpUserId;
  readonly credential: 'application_password' | 'access_token';
  /** Of an access token alone. */
  readonly grant?: TokenGrant;
}

/** How access tokens are read: verified as their issuer's, then looked up in our own table. */
export interface TokenReading {
  readonly issuer: string;
  readonly verify: VerifyAccessToken;
  readonly identities: Pick<IdentityStore, 'find'>;
}

export interface CredentialDeps {
  readonly verifyPassword: VerifyApplicationPassword;
  /** Undefined where no issuer is configured: then no token is taken. */
  readonly tokens: TokenReading | undefined;
  readonly publicUrl: URL;
}

export type ReadCredential = (authorization: string, request: ReceivedRequest) => Promise<PresentedCredential>;

/** The address as the client saw it, which is what a proof names. @throws request_malformed */
function addressOf({ rawTarget, rawHeaders }: ReceivedRequest, publicUrl: URL): URL {
  const placed = publicTarget(publicUrl, rawTarget, single(rawHeaders, 'host'));
  if (!placed.ok) throw new ChaperoneError(placed.code, { detail: placed.detail });
  return new URL(placed.target.path, publicUrl.origin);
}

async function byToken(deps: CredentialDeps, authorization: string, request: ReceivedRequest) {
  const { tokens, publicUrl } = deps;
  if (tokens === undefined)
    throw new ChaperoneError('token_invalid', {
      detail: 'This service takes no access tokens: no issuer is configured.',
    });
  const { subject, grant } = await tokens.verify({
    authorization,
    dpop: single(request.rawHeaders, 'dpop'),
    method: request.method,
    url: addressOf(request, publicUrl),
  });
  const identity = await tokens.identities.find({ issuer: tokens.issuer, subject });
  if (identity === undefined) {
    throw new ChaperoneError('token_invalid', {
      detail: 'The subject of this access token is bound to no user of the site; an administrator binds it.',
    });
  }
  return { userId: identity.userId, credential: 'access_token', grant } as const;
}

/**
 * An application password or an access token, by the scheme alone: one that fails is never tried as the other.
 * @throws credentials_invalid, token_invalid, issuer_unavailable, overloaded, database_unavailable
 */
export function makeReadCredential(deps: CredentialDeps): ReadCredential {
  return async (authorization, request) => {
    if (isTokenScheme(authorization)) return byToken(deps, authorization, request);
    const verdict = await deps.verifyPassword(authorization);
    if (!verdict.ok) throw credentialsInvalid(verdict.reason);
    return { userId: verdict.userId, credential: 'application_password' };
  };
}

/** Addresses end up in logs, histories and Referer headers (RFC 9700, section 4.3.2). @throws request_malformed */
export function refuseTokenInQuery({ rawTarget }: ReceivedRequest): void {
  const mark = rawTarget.indexOf('?');
  if (mark === -1 || !new URLSearchParams(rawTarget.slice(mark)).has('access_token')) return;
  throw new ChaperoneError('request_malformed', {
    detail: 'Access tokens are taken in the header Authorization alone. This one is known to others now: revoke it.',
  });
}
