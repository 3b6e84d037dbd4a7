import { createHmac } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { RandomBytes, WpUserId } from '../../kernel/ids.js';

/** Everything that a comparison depended on. */
export interface Comparison {
  readonly userId: WpUserId;
  readonly uuid: string;
  readonly hash: string;
  readonly password: string;
}

/** Remembers the outcome of slow comparisons for a short while. */
export interface VerdictCache {
  get(comparison: Comparison): boolean | undefined;
  set(comparison: Comparison, matches: boolean): void;
}

const MAX_ENTRIES = 1_000;
const LIFETIME_MS = 60_000;
const KEY_BYTES = 32;

/**
 * Skips the key derivation alone. The key holds the stored hash, and the row is read at every request, so a password
 * that was revoked or replaced is refused at once; it is an HMAC under a key of this process, so memory holds nothing
 * that could be tried offline against a list.
 */
export function makeVerdictCache(random: RandomBytes, lifetimeMs = LIFETIME_MS): VerdictCache {
  const secret = random(KEY_BYTES);
  const verdicts = new LRUCache<string, boolean>({ max: MAX_ENTRIES, ttl: lifetimeMs });
  const keyOf = ({ userId, uuid, hash, password }: Comparison): string =>
    createHmac('sha256', secret)
      .update(JSON.stringify([userId, uuid, hash, password]))
      .digest('base64');
  return {
    get: (comparison) => verdicts.get(keyOf(comparison)),
    set: (comparison, matches) => {
      verdicts.set(keyOf(comparison), matches);
    },
  };
}
