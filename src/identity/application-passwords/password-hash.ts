import { timingSafeEqual } from 'node:crypto';
import { blake2b } from '@noble/hashes/blake2.js';

/** Hashes that take milliseconds to compute, and so are computed off the event loop. */
export type SlowHash =
  | { readonly kind: 'phpass'; readonly hash: string; readonly milliseconds: number }
  | { readonly kind: 'bcrypt'; readonly hash: string; readonly milliseconds: number };

export type PasswordHash =
  | { readonly kind: 'fast'; readonly hash: string }
  | SlowHash
  | { readonly kind: 'refused'; readonly reason: 'hash_unknown' | 'hash_too_costly' };

const FAST_PREFIX = '$generic$';
const FAST_KEY = new TextEncoder().encode('wp_fast_hash_6.8+');
const FAST_BYTES = 30;
export const ITOA64 = './0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const PHPASS = /^\$[PH]\$([./0-9A-Za-z])[ -~]{8}[./0-9A-Za-z]{22}$/;
const BCRYPT = /^\$2[aby]\$(\d\d)\$[./0-9A-Za-z]{53}$/;
/** A stored row may be anybody's: costs beyond these are refused, so no row can stall a worker. */
const PHPASS_LOG2 = { min: 7, max: 16 };
const BCRYPT_COST = { min: 4, max: 14 };
/** About what one md5 round and one bcrypt round take on one core, in milliseconds; `bench/passwords.ts` measures both. */
const MS_PER_MD5 = 0.0016;
const MS_PER_BCRYPT_ROUND = 0.09;

/**
 * Which kind of hash an application password's row holds. `$generic$` since WordPress 6.8 (`wp_fast_hash()`); phpass
 * (`$P$`, `$H$`) before; bcrypt (`$2y$` `$2b$` `$2a$`) on sites that replaced `wp_hash_password()`. Plain md5, `$wp$2y$`
 * and every other form of crypt() are refused, although core compares them.
 */
export function parsePasswordHash(hash: string): PasswordHash {
  if (hash.startsWith(FAST_PREFIX)) return { kind: 'fast', hash };
  const phpass = PHPASS.exec(hash)?.[1];
  if (phpass !== undefined) return phpassHash(hash, ITOA64.indexOf(phpass));
  const bcrypt = BCRYPT.exec(hash)?.[1];
  if (bcrypt !== undefined) return bcryptHash(hash, Number(bcrypt));
  return { kind: 'refused', reason: 'hash_unknown' };
}

function phpassHash(hash: string, log2: number): PasswordHash {
  if (log2 < PHPASS_LOG2.min) return { kind: 'refused', reason: 'hash_unknown' };
  if (log2 > PHPASS_LOG2.max) return { kind: 'refused', reason: 'hash_too_costly' };
  return { kind: 'phpass', hash, milliseconds: 2 ** log2 * MS_PER_MD5 };
}

function bcryptHash(hash: string, cost: number): PasswordHash {
  if (cost < BCRYPT_COST.min || cost > 31) return { kind: 'refused', reason: 'hash_unknown' };
  if (cost > BCRYPT_COST.max) return { kind: 'refused', reason: 'hash_too_costly' };
  return { kind: 'bcrypt', hash, milliseconds: 2 ** cost * MS_PER_BCRYPT_ROUND };
}

const PREFIX_LENGTH = { phpass: '$P$B'.length, bcrypt: '$2y$10$'.length } as const;
const NOBODYS_DIGIT = '.';

/** A hash of the same kind and cost that belongs to nobody. */
export function likeHash<H extends SlowHash>(like: H): H {
  return { ...like, hash: like.hash.slice(0, PREFIX_LENGTH[like.kind]).padEnd(like.hash.length, NOBODYS_DIGIT) };
}

/** `wp_fast_hash()`: BLAKE2b of 30 bytes, keyed with a public constant, base64url without padding. */
export function fastHash(message: string): string {
  const digest = blake2b(new TextEncoder().encode(message), { key: FAST_KEY, dkLen: FAST_BYTES });
  return FAST_PREFIX + Buffer.from(digest).toString('base64url');
}

/** `wp_verify_fast_hash()`; the time depends on the length of the stored hash alone. */
export function matchesFastHash(message: string, stored: string): boolean {
  const computed = Buffer.from(fastHash(message));
  const given = Buffer.from(stored);
  return computed.length === given.length && timingSafeEqual(computed, given);
}
