import { createHmac } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { ChaperoneError } from '../kernel/errors.js';
import { makeWaitingRoom } from './waiting-room.js';
import type { KeyId, RandomBytes } from '../kernel/ids.js';
import { parseBasicCredentials } from './application-passwords/index.js';
import { UNTRIED } from './oauth2/index.js';
import type { PresentedCredential } from './presented-credential.js';

/** Whose failures are counted together: those of one address, and those of one address about one account. */
export interface Attempt {
  /** Null when the address isn't known. */
  readonly ip: string | null;
  /** The key that the request is signed with, where one has verified: then failures count for it, and for no address. */
  readonly keyId: KeyId | null;
  /** As it was written, in lower case; null for an access token, which names nobody before it is read. */
  readonly account: string | null;
}

/** Failed attempts, counted once for all replicas. Rejects when it can't know: then nothing is tried. */
export interface FailedAttempts {
  /** How many more may be tried now, and the seconds until it is more than none. */
  room(attempt: Attempt): Promise<{ readonly tries: number; readonly retryAfter: number }>;
  add(attempt: Attempt): Promise<void>;
}

interface Caller {
  readonly ip: string | null;
  readonly keyId?: KeyId | null;
}

type Read<R> = (authorization: string, request: R) => Promise<PresentedCredential>;

const KNOWN_FOR_MS = 600_000;
const MOST_KNOWN = 1_000;
const KEY_BYTES = 32;
const FAILURES = new Set<string>(['credentials_invalid', 'token_invalid']);

/** A wrong credential that was tried, and so counts where it comes from. */
export const isFailedAttempt = (error: unknown): boolean =>
  error instanceof ChaperoneError && FAILURES.has(error.code) && error.cause !== UNTRIED;

const attemptOf = (authorization: string, { ip, keyId = null }: Caller): Attempt => ({
  ip,
  keyId,
  account: parseBasicCredentials(authorization)?.username.trim().toLowerCase() ?? null,
});

/**
 * Refuses to look at one more credential from where too many were wrong, before anything is hashed or an issuer is asked.
 *
 * Nobody can lock another out by guessing: a token that couldn't be tried counts as no guess, failures count for the address they come from, never for an account as such,
 * and a credential that was right within the last ten minutes is looked at whatever others at its address do. It is
 * verified as always; only the gate is spared, and nobody gets there without having known the credential. Beside a verified
 * signature failures count for its key.
 *
 * Those that come at once wait for each other where they could be more than there is room for, so that a process lets no more
 * through than the limit says.
 *
 * @throws too_many_attempts, and what `read` throws
 */
export function withAttemptGate<R extends Caller>(
  read: Read<R>,
  deps: { readonly failures: FailedAttempts; readonly random: RandomBytes },
): Read<R> {
  const secret = deps.random(KEY_BYTES);
  const known = new LRUCache<string, true>({ max: MOST_KNOWN, ttl: KNOWN_FOR_MS });
  const nameOf = (authorization: string): string => createHmac('sha256', secret).update(authorization).digest('base64');
  const room = makeWaitingRoom();
  return async (authorization, request) => {
    const attempt = attemptOf(authorization, request);
    const name = nameOf(authorization);
    const look = async (): Promise<PresentedCredential> => {
      try {
        const presented = await read(authorization, request);
        known.set(name, true);
        return presented;
      } catch (error) {
        if (isFailedAttempt(error)) {
          known.delete(name);
          await deps.failures.add(attempt);
        }
        throw error;
      }
    };
    if (known.has(name)) return look();
    const source = attempt.keyId ?? attempt.ip ?? '';
    const leave = await room.enter(source, async (inside) => {
      if (known.has(name)) return true;
      const { tries, retryAfter } = await deps.failures.room(attempt);
      if (tries === 0) throw new ChaperoneError('too_many_attempts', { retryAfter });
      return inside < tries;
    });
    return look().finally(leave);
  };
}
