import type { KeyId } from '../../kernel/ids.js';

export interface SpentNonce {
  readonly keyId: KeyId;
  readonly nonce: string;
  /** After this instant no verifier accepts the signature that the nonce belongs to. */
  readonly expiresAt: Date;
}

/** The memory of all replicas for nonces: one (key, nonce) pair is spent once, whoever is asked. */
export interface NonceStore {
  /**
   * Spends the nonce durably and says whether it was still there to spend. Of any number of concurrent attempts exactly
   * one gets `spent`. Rejects when it can't know: the caller then refuses the request.
   */
  spend(nonce: SpentNonce): Promise<'spent' | 'replayed'>;
  /**
   * Forgets at most `limit` nonces that expired before `before`, and by the store's own clock long enough ago too: one replica's clock
   * may be ahead of the others'. Answers how many were forgotten.
   */
  purge(before: Date, limit: number): Promise<number>;
}

/**
 * How long a nonce is remembered beyond its expiry, in seconds: replicas whose clocks differ, and the second that
 * rounding adds, must not find a nonce forgotten whose signature they would still accept.
 */
export const PURGE_GRACE_SECONDS = 600;
