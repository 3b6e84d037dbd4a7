import type { Principal } from '../identity/principal.js';
import type { RequireRecentLogin } from '../identity/step-up.js';
import { insufficientScope } from '../identity/token-grant.js';
import { ChaperoneError } from '../kernel/errors.js';
import type { GuardedRoute } from './route.js';

/** The scopes of which a token must bear one; by default the capability's own name. */
export const scopesOf = ({ capability, tokenScopes }: GuardedRoute): readonly string[] =>
  capability === null ? tokenScopes : [capability];

/**
 * Who may use this route: how the request is signed, then what its token is for, then what WordPress lets its user do,
 * and how long ago that user logged in.
 * An agent's own signature means: a request signed by its key, with or without a credential beside it.
 *
 * @throws signature_missing, insufficient_scope, capability_missing, insufficient_user_authentication
 */
export function admit(route: GuardedRoute, principal: Principal, requireRecentLogin: RequireRecentLogin): void {
  const { access, capability } = route;
  const isBridge = principal.credential === 'bridge';
  if (access === 'signed' && (principal.keyId === null || isBridge)) throw new ChaperoneError('signature_missing');
  if (access === 'bridge' && !isBridge)
    throw new ChaperoneError('signature_missing', { detail: 'Only the bridge may ask this.' });
  const { grant } = principal;
  const scopes = scopesOf(route);
  if (grant !== null && !scopes.some((each) => grant.scopes.has(each))) throw insufficientScope(scopes.slice(0, 1));
  if (capability !== null && !principal.capabilities.has(capability)) {
    throw new ChaperoneError('capability_missing', {
      detail: `The user lacks the WordPress capability ${capability}.`,
      members: { unlock: { capability } },
    });
  }
  if (route.needsOneOf === true && !scopes.some((each) => principal.capabilities.has(each))) {
    const detail = `The user has none of the WordPress capabilities ${scopes.join(', ')}.`;
    throw new ChaperoneError('capability_missing', { detail, members: { unlock: { capability: scopes[0] } } });
  }
  if (grant !== null && route.stepUp === true) requireRecentLogin(grant);
}
