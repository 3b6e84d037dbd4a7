import type { ChaperoneError, ErrorCode } from '../kernel/errors.js';

/** What this service says of itself to those who hold access tokens. */
export interface TokenResource {
  /** Where its metadata is (RFC 9728). */
  readonly metadataUrl: string;
  readonly dpopAlgorithms: readonly string[];
  /** Tokens that aren't bound to a key are refused. */
  readonly requireDpop: boolean;
}

const BASIC = 'Basic realm="chaperone", charset="UTF-8"';

/** RFC 6750, section 3.1, and RFC 9470, section 3. */
const TOKEN_ERRORS: Partial<Record<ErrorCode, string>> = {
  token_invalid: 'invalid_token',
  insufficient_scope: 'insufficient_scope',
  insufficient_user_authentication: 'insufficient_user_authentication',
};

/** A quoted-string (RFC 9110, section 5.6.4): what doesn't belong into one is left out, so that no value forges a parameter. */
const quoted = (value: string): string => `"${value.replace(/[^\x20-\x7e]|["\\]/g, '')}"`;

function challenge(scheme: string, params: Readonly<Record<string, string | undefined>>): string {
  const given = Object.entries(params).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}=${quoted(value)}`],
  );
  return `${scheme} realm="chaperone"${given.map((each) => `, ${each}`).join('')}`;
}

/**
 * The challenges of a refusal. Whoever sent a token is told about tokens alone, and why; whoever sent nothing, every way in. No
 * `error` where no token was sent (RFC 6750, section 3.1).
 */
export function challengesFor(
  error: ChaperoneError,
  status: number,
  request: { readonly authorization: string | undefined; readonly scopes: readonly string[] },
  resource: TokenResource | null,
): readonly string[] {
  const tokenError = TOKEN_ERRORS[error.code];
  if (resource === null) return status === 401 ? [BASIC] : [];
  if (status !== 401 && tokenError === undefined) return [];
  const isDpop = /^dpop /i.test(request.authorization ?? '');
  const params = {
    error: tokenError,
    error_description: tokenError === undefined ? undefined : error.message,
    scope: request.scopes.length === 0 ? undefined : request.scopes.join(' '),
    ...error.extras.challenge,
    resource_metadata: resource.metadataUrl,
  };
  const algs = resource.dpopAlgorithms.join(' ');
  if (isDpop || resource.requireDpop) {
    const dpop = challenge('DPoP', { ...params, algs });
    return tokenError === undefined ? [BASIC, dpop] : [dpop];
  }
  return tokenError === undefined ? [BASIC, challenge('Bearer', params)] : [challenge('Bearer', params)];
}
