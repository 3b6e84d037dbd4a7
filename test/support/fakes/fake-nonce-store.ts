import type { NonceStore, SpentNonce } from '../../../src/identity/signatures/index.js';

/** Nonces in memory, for tests that need no database. */
export class FakeNonceStore implements NonceStore {
  readonly #expiry = new Map<string, number>();

  spend({ keyId, nonce, expiresAt }: SpentNonce): Promise<'spent' | 'replayed'> {
    const name = JSON.stringify([keyId, nonce]);
    if (this.#expiry.has(name)) return Promise.resolve('replayed');
    this.#expiry.set(name, expiresAt.getTime());
    return Promise.resolve('spent');
  }

  purge(before: Date, limit: number): Promise<number> {
    const expired = [...this.#expiry].filter(([, at]) => at < before.getTime());
    const oldest = expired.sort(([, left], [, right]) => left - right).slice(0, limit);
    for (const [name] of oldest) this.#expiry.delete(name);
    return Promise.resolve(oldest.length);
  }
}
