import { ChaperoneError } from '../kernel/errors.js';

/** What an access token grants its bearer: never more than its user has, and only what its scopes name. */
export interface TokenGrant {
  readonly scopes: ReadonlySet<string>;
  /** When its user last proved who they are (`auth_time`, Unix seconds), and how (`acr`); null where the token doesn't say. */
  readonly authTime: number | null;
  readonly acr: string | null;
}

/** A refusal that names what this operation needs, and nothing more (RFC 6750, section 3.1). */
export function insufficientScope(needed: readonly string[]): ChaperoneError {
  const scope = needed.join(' ');
  return new ChaperoneError('insufficient_scope', {
    detail: `The access token lacks a scope that this needs: ${scope}.`,
    members: { unlock: { scope } },
    challenge: { scope },
  });
}
