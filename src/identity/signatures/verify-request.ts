import type { Clock } from '../../kernel/clock.js';
import { ChaperoneError } from '../../kernel/errors.js';
import type { KeyId } from '../../kernel/ids.js';
import type { VerificationKey } from './keys.js';
import type { NonceStore } from './nonce-store.js';
import { CLOCK_SKEW_SECONDS, refuse, type Refusal } from './profile.js';
import { parseSignedRequest, verifyParsedRequest } from './verify.js';
import type { ReceivedRequest, VerifiedRequest } from './verify.js';

/** A key that may verify now: active, or retiring and still in its overlap. Anything else is undefined. */
export type FindVerificationKey = (keyId: KeyId) => Promise<VerificationKey | undefined>;

export type VerifyRequest = (request: ReceivedRequest) => Promise<Refusal | VerifiedRequest>;

/**
 * Verifies a request and spends its nonce, in the order of section 7 of the contract. The nonce comes last: only the
 * key's owner can spend one, and a request that is refused for anything else leaves it unspent.
 * Rejects with `database_unavailable` when a key can't be looked up or a nonce can't be spent.
 */
export function makeVerifyRequest(deps: {
  readonly findKey: FindVerificationKey;
  readonly nonces: Pick<NonceStore, 'spend'>;
  readonly clock: Clock;
  readonly publicUrl: URL;
}): VerifyRequest {
  return async (request) => {
    const step = parseSignedRequest(request, deps.publicUrl);
    if (!step.ok) return step;
    const { keyId } = step.parsed;
    const key = keyId === undefined ? undefined : await fromDatabase(deps.findKey(keyId));
    const verified = verifyParsedRequest(step.parsed, key, deps.clock.now());
    if (!verified.ok) return verified;
    const expiresAt = new Date((verified.expires + CLOCK_SKEW_SECONDS) * 1000);
    const spent = await fromDatabase(deps.nonces.spend({ keyId: verified.keyId, nonce: verified.nonce, expiresAt }));
    return spent === 'spent' ? verified : refuse('signature_replayed', 'This nonce was used before with this key.');
  };
}

/** Not knowing is refusing: no failure of the database turns into an accepted request. */
async function fromDatabase<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    throw error instanceof ChaperoneError ? error : new ChaperoneError('database_unavailable', { cause: error });
  }
}
