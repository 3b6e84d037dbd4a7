import { unixSeconds, type Clock } from '../kernel/clock.js';
import { ChaperoneError } from '../kernel/errors.js';
import type { TokenGrant } from './token-grant.js';

/** How long ago somebody may have logged in for what is most dangerous, in seconds. */
const MAX_AGE_SECONDS = 300;
const CLOCK_SKEW_SECONDS = 30;

/** Passes a login that is recent and strong enough. @throws insufficient_user_authentication */
export type RequireRecentLogin = (grant: TokenGrant) => void;

/**
 * Step-up (RFC 9470): a token says when its user last logged in (`auth_time`) and how (`acr`). A token that doesn't say, such as
 * a service client's, never passes.
 */
export function makeRequireRecentLogin(deps: {
  readonly clock: Clock;
  /** Any of them will do; empty: any way of logging in will do. */
  readonly acrValues: readonly string[];
}): RequireRecentLogin {
  const { clock, acrValues } = deps;
  const refused = (detail: string): ChaperoneError =>
    new ChaperoneError('insufficient_user_authentication', {
      detail,
      challenge: {
        max_age: String(MAX_AGE_SECONDS),
        ...(acrValues.length === 0 ? {} : { acr_values: acrValues.join(' ') }),
      },
    });
  return ({ authTime, acr }) => {
    const now = unixSeconds(clock.now());
    if (authTime === null) throw refused('The access token does not say when its user logged in (auth_time).');
    if (now - authTime > MAX_AGE_SECONDS || authTime > now + CLOCK_SKEW_SECONDS)
      throw refused(`This needs a login that is at most ${MAX_AGE_SECONDS} seconds old.`);
    if (acrValues.length > 0 && (acr === null || !acrValues.includes(acr)))
      throw refused(`This needs a stronger login (acr: ${acrValues.join(' or ')}).`);
  };
}
