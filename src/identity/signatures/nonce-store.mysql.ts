import { createHash } from 'node:crypto';
import type { Knex } from 'knex';
import { isDuplicateKey } from '../../db/mysql-errors.js';
import type { NonceStore } from './nonce-store.js';

/** Nonces are compared by hash: fixed width, and no collation takes two of them for one. */
const hashOf = (nonce: string): Buffer => createHash('sha256').update(nonce, 'utf8').digest();

/** DATETIME(6) in UTC, written out so that no connection's time zone has a say. */
const utcDateTime = (instant: Date): string => instant.toISOString().slice(0, 23).replace('T', ' ');

/**
 * Nonces in the table `{prefix}ai_agent_nonces`. The primary key decides races: a plain INSERT either adds the row or is
 * refused as a duplicate (1062), and everything else that can go wrong is thrown.
 */
export function mysqlNonceStore(db: Knex, tablePrefix: string): NonceStore {
  const table = `${tablePrefix}ai_agent_nonces`;
  return {
    async spend({ keyId, nonce, expiresAt }) {
      try {
        await db.raw('INSERT INTO ?? (key_id, nonce_hash, expires_at) VALUES (?, ?, ?)', [
          table,
          keyId,
          hashOf(nonce),
          utcDateTime(expiresAt),
        ]);
        return 'spent';
      } catch (error) {
        if (isDuplicateKey(error)) return 'replayed';
        throw error;
      }
    },
    async purge(before, limit) {
      const [result]: readonly [{ readonly affectedRows: number }, unknown] = await db.raw(
        'DELETE FROM ?? WHERE expires_at < ? ORDER BY expires_at LIMIT ?',
        [table, utcDateTime(before), limit],
      );
      return result.affectedRows;
    },
  };
}
