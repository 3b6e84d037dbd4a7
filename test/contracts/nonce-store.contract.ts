import { beforeEach, describe, expect, it } from '@jest/globals';
import type { NonceStore } from '../../src/identity/signatures/index.js';
import type { KeyId } from '../../src/kernel/ids.js';

const key = (name: string): KeyId => name as KeyId;
const at = (seconds: number): Date => new Date(Date.UTC(2026, 10, 22, 20, 0, seconds));

/** What every nonce store promises. `make` gives an empty one. */
export function nonceStoreContract(name: string, make: () => Promise<NonceStore>): void {
  describe(`the nonce store contract: ${name}`, () => {
    let store: NonceStore;
    beforeEach(async () => {
      store = await make();
    });

    const spend = (keyId: string, nonce: string, expiresAt = at(0)): Promise<'spent' | 'replayed'> =>
      store.spend({ keyId: key(keyId), nonce, expiresAt });

    it('spends a nonce once', async () => {
      expect(await spend('key_a', 'nonce-0123456789')).toBe('spent');
      expect(await spend('key_a', 'nonce-0123456789')).toBe('replayed');
      expect(await spend('key_a', 'nonce-0123456789', at(59))).toBe('replayed');
    });

    it('keeps the nonces of different keys apart', async () => {
      expect(await spend('key_a', 'nonce-0123456789')).toBe('spent');
      expect(await spend('key_b', 'nonce-0123456789')).toBe('spent');
      expect(await spend('key_an', 'once-0123456789x')).toBe('spent');
      expect(await spend('key_a', 'nonce-0123456789')).toBe('replayed');
    });

    it('compares keys and nonces exactly: case, spaces and length count', async () => {
      const nonces = [
        'abcdefghijklmnop',
        'ABCDEFGHIJKLMNOP',
        'abcdefghijklmnop ',
        ' abcdefghijklmnop',
        'abcdefghijklmno',
      ];
      for (const nonce of nonces) expect(await spend('key_a', nonce)).toBe('spent');
      for (const nonce of nonces) expect(await spend('KEY_A', nonce)).toBe('spent');
      for (const nonce of nonces) expect(await spend('key_a', nonce)).toBe('replayed');
    });

    it('remembers the longest key ids and nonces in full', async () => {
      const longKey = 'k'.repeat(64);
      const long = 'n'.repeat(127);
      expect(await spend(longKey, `${long}1`)).toBe('spent');
      expect(await spend(longKey, `${long}2`)).toBe('spent');
      expect(await spend(longKey, `${long}1`)).toBe('replayed');
    });

    it('has one winner among concurrent attempts', async () => {
      const answers = await Promise.all(Array.from({ length: 16 }, () => spend('key_a', 'nonce-of-a-race')));
      expect(answers.filter((answer) => answer === 'spent')).toHaveLength(1);
    });

    it('forgets what expired before an instant, oldest first, in batches, and nothing else', async () => {
      for (const second of [1, 2, 3, 10]) await spend('key_a', `nonce-of-second-${second}`, at(second));
      expect(await store.purge(at(1), 10)).toBe(0);
      expect(await store.purge(at(10), 2)).toBe(2);
      expect(await spend('key_a', 'nonce-of-second-3', at(3))).toBe('replayed');
      expect(await store.purge(at(10), 2)).toBe(1);
      expect(await store.purge(at(10), 2)).toBe(0);
      expect(await spend('key_a', 'nonce-of-second-10', at(10))).toBe('replayed');
      expect(await spend('key_a', 'nonce-of-second-1', at(1))).toBe('spent');
    });
  });
}
