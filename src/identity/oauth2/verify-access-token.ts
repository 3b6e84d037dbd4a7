import { unixSeconds } from '../../kernel/clock.js';
import { ChaperoneError } from '../../kernel/errors.js';
import { parseKeyId } from '../../kernel/ids.js';
import type { NonceStore } from '../signatures/index.js';
import { checkProof, type Proof } from './dpop-proof.js';
import type { Introspect } from './introspection.js';
import { parseTokenHeader, type TokenCredential } from './token-credential.js';
import { refuse, UNTRIED, type AccessToken, type TokenRefusal, type TokenVerdict } from './token-verdict.js';
import { jwtHeader, verifyJwt, type JwtDeps } from './verify-jwt.js';

export interface VerifyDeps extends JwtDeps {
  /** Undefined where the issuer is never asked about tokens. */
  readonly introspect: Introspect | undefined;
  readonly nonces: Pick<NonceStore, 'spend'>;
  /** Tokens that aren't bound to a key are refused. */
  readonly requireDpop: boolean;
}

export type VerifyAccessToken = (request: Omit<TokenCredential, 'scheme' | 'token'>) => Promise<AccessToken>;

const invalid = (refusal: TokenRefusal, error?: 'invalid_dpop_proof'): ChaperoneError =>
  new ChaperoneError('token_invalid', {
    detail: `The access token is refused: ${refusal.why}.`,
    ...(refusal === UNTRIED ? { cause: UNTRIED } : {}),
    ...(error === undefined ? {} : { challenge: { error } }),
  });

function judged(deps: VerifyDeps, credential: TokenCredential): Promise<TokenVerdict> {
  const header = jwtHeader(credential.token);
  if (header !== undefined) return verifyJwt(deps, credential, header);
  return deps.introspect?.(credential.token) ?? Promise.resolve(refuse('it is no JWT, and others are not taken here'));
}

/** The proof beside the token; null when there is none and nobody claims that there is. @throws token_invalid */
function proofOf(credential: TokenCredential, now: number): Proof | null {
  if (credential.scheme === 'bearer' && credential.dpop === undefined) return null;
  if (credential.scheme === 'bearer')
    throw invalid(refuse('a proof came with the scheme Bearer'), 'invalid_dpop_proof');
  const proof = checkProof(credential, now);
  if (!proof.ok) throw invalid(proof, 'invalid_dpop_proof');
  return proof;
}

/** A proof is shown once, to whichever replica (RFC 9449, section 11.1). @throws token_invalid, database_unavailable */
async function spend({ nonces }: VerifyDeps, { thumbprint, jti, expires }: Proof): Promise<void> {
  const keyId = parseKeyId(`dpop:${thumbprint}`);
  if (keyId === undefined) throw new Error('a thumbprint has another form');
  const nonce = { keyId, nonce: jti, expiresAt: new Date(expires * 1_000) };
  const spent = await nonces.spend(nonce).catch((cause: unknown) => {
    throw new ChaperoneError('database_unavailable', { cause });
  });
  if (spent !== 'spent') throw invalid(refuse('the proof was used before'), 'invalid_dpop_proof');
}

const misfit = ({ boundTo }: AccessToken): string =>
  boundTo === null ? 'it is bound to no key, so no proof fits it' : 'it is bound to a key that was not proved';

/**
 * A token's proof, the token itself, that they belong together, and last that the proof is new: a stranger can neither fill the table
 * of nonces nor use up somebody's proof.
 * @throws token_invalid, issuer_unavailable, overloaded, database_unavailable
 */
export function makeVerifyAccessToken(deps: VerifyDeps): VerifyAccessToken {
  return async (request) => {
    const parsed = parseTokenHeader(request.authorization);
    if (parsed === undefined) throw invalid(refuse('the header Authorization is malformed'));
    const credential = { ...request, ...parsed };
    const proof = proofOf(credential, unixSeconds(deps.clock.now()));
    const verdict = await judged(deps, credential);
    if (!verdict.ok) throw invalid(verdict);
    const { token } = verdict;
    if ((proof?.thumbprint ?? null) !== token.boundTo) throw invalid(refuse(misfit(token)));
    if (proof !== null) await spend(deps, proof);
    else if (deps.requireDpop) throw invalid(refuse('tokens must be bound to a key here (DPoP)'));
    return token;
  };
}
