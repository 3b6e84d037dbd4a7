import { createHmac } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { ChaperoneError } from '../kernel/errors.js';
import type { RandomBytes } from '../kernel/ids.js';
import { parseBasicCredentials } from './application-passwords/index.js';
import type { PresentedCredential } from './presented-credential.js';

/** Whose failures are counted together: those of one address, and those of one address about one account. */
export interface Attempt {
  /** Null when the address isn't known. */
  readonly ip: string | null;
  /** As it was written, in lower case; null for an access token, which names nobody before it is read. */
  readonly account: string | null;
}

/** Failed attempts, counted once for all replicas. Rejects when it can't know: then nothing is tried. */
export interface FailedAttempts {
  /** Seconds until one more may be tried; 0: now. */
  wait(attempt: Attempt): Promise<number>;
  add(attempt: Attempt): Promise<void>;
}

type Read<R> = (authorization: string, request: R) => Promise<PresentedCredential>;

const KNOWN_FOR_MS = 600_000;
const MOST_KNOWN = 1_000;
const KEY_BYTES = 32;
const FAILURES = new Set<string>(['credentials_invalid', 'token_invalid']);

const attemptOf = (authorization: string, ip: string | null): Attempt => ({
  ip,
  account: parseBasicCredentials(authorization)?.username.trim().toLowerCase() ?? null,
});

/**
 * Refuses to look at one more credential from where too many were wrong, before anything is hashed or an issuer is asked.
 *
 * Nobody can lock another out by guessing: failures count for the address they come from, never for an account as such,
 * and a credential that was right within the last ten minutes is looked at whatever others at its address do. It is
 * verified as always; only the gate is spared, and nobody gets there without having known the credential.
 *
 * @throws too_many_attempts, and what `read` throws
 */
export function withAttemptGate<R extends { readonly ip: string | null }>(
  read: Read<R>,
  deps: { readonly failures: FailedAttempts; readonly random: RandomBytes },
): Read<R> {
  const secret = deps.random(KEY_BYTES);
  const known = new LRUCache<string, true>({ max: MOST_KNOWN, ttl: KNOWN_FOR_MS });
  const nameOf = (authorization: string): string => createHmac('sha256', secret).update(authorization).digest('base64');
  return async (authorization, request) => {
    const attempt = attemptOf(authorization, request.ip);
    const name = nameOf(authorization);
    const retryAfter = known.has(name) ? 0 : await deps.failures.wait(attempt);
    if (retryAfter > 0) throw new ChaperoneError('too_many_attempts', { retryAfter });
    try {
      const presented = await read(authorization, request);
      known.set(name, true);
      return presented;
    } catch (error) {
      if (error instanceof ChaperoneError && FAILURES.has(error.code)) {
        known.delete(name);
        await deps.failures.add(attempt);
      }
      throw error;
    }
  };
}
