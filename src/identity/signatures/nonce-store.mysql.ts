import { createHash } from 'node:crypto';
import type { Knex } from 'knex';
import { isRetryable } from '../../db/mysql-errors.js';
import type { Packets } from '../../db/packets.js';
import { inlined } from '../../db/sql-text.js';
import { makeBatches, type Joined } from '../../kernel/batches.js';
import { ChaperoneError } from '../../kernel/errors.js';
import { PURGE_GRACE_SECONDS, type NonceStore, type SpentNonce } from './nonce-store.js';

/** Nonces are compared by hash: fixed width, and no collation takes two of them for one. */
const hashOf = (nonce: string): Buffer => createHash('sha256').update(nonce, 'utf8').digest();

/** DATETIME(6) in UTC, written out so that no connection's time zone has a say. */
const utcDateTime = (instant: Date): string => instant.toISOString().slice(0, 23).replace('T', ' ');

const LANES = 2;
const MOST_NONCES = 64;
const MOST_WAITING = 2_000;
const ATTEMPTS = 4;
/** What the column takes; INSERT IGNORE would cut a longer one short. */
const LONGEST_KEY_ID = 64;

type Answer = Awaited<ReturnType<NonceStore['spend']>>;
type Spending = Joined<SpentNonce, Answer>;

/**
 * Nonces in the table `{prefix}ai_agent_nonces`. The primary key decides races: INSERT IGNORE adds the row or adds none, and
 * everything else that can go wrong is thrown. Those that come while others are being spent share the next commit; nobody is answered before it.
 */
export function mysqlNonceStore(db: Knex, packets: Packets, tablePrefix: string): NonceStore {
  const table = `${tablePrefix}ai_agent_nonces`;
  const spend = makeBatches<SpentNonce, Answer>({
    lanes: LANES,
    mostItems: MOST_NONCES,
    mostWaiting: MOST_WAITING,
    full: () => new ChaperoneError('overloaded', { retryAfter: 1 }),
    run: (batch) => spendAll(packets, table, batch),
  });
  return {
    async spend(nonce) {
      if (Buffer.byteLength(nonce.keyId) > LONGEST_KEY_ID) throw new RangeError('no key has an id of this length');
      return spend(nonce);
    },
    async purge(before, limit) {
      const [result]: readonly [{ readonly affectedRows: number }, unknown] = await db.raw(
        'DELETE FROM ?? WHERE expires_at < LEAST(?, UTC_TIMESTAMP(6) - INTERVAL ? SECOND) ORDER BY expires_at LIMIT ?',
        [table, utcDateTime(before), PURGE_GRACE_SECONDS, limit],
      );
      return result.affectedRows;
    },
  };
}

/** In ascending order, so that two packets with the same nonces wait for each other and never both. */
async function spendAll(packets: Packets, table: string, batch: readonly Spending[]): Promise<void> {
  const rows = batch
    .map((spending) => ({ spending, keyId: spending.item.keyId, hash: hashOf(spending.item.nonce) }))
    .sort((left, right) =>
      left.keyId === right.keyId ? left.hash.compare(right.hash) : left.keyId < right.keyId ? -1 : 1,
    );
  const insert = `INSERT IGNORE INTO \`${table.replaceAll('`', '``')}\` (key_id, nonce_hash, expires_at) VALUES (?, ?, ?)`;
  const statements = rows.map(({ spending, keyId, hash }) =>
    inlined(insert, [Buffer.from(keyId), hash, utcDateTime(spending.item.expiresAt)]),
  );
  const answers = await committed(packets, statements);
  rows.forEach(({ spending }, place) => spending.resolve(addedRows(answers[place]) === 1 ? 'spent' : 'replayed'));
}

/** One statement is a transaction by itself. A deadlock undid the packet, so it is sent again. */
async function committed(packets: Packets, statements: readonly string[]): Promise<readonly unknown[]> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      if (statements.length === 1) return await packets.send(statements);
      return (await packets.send(['START TRANSACTION', ...statements, 'COMMIT'])).slice(1);
    } catch (error) {
      if (attempt >= ATTEMPTS || !isRetryable(error)) throw error;
    }
  }
}

function addedRows(answer: unknown): number {
  if (
    typeof answer === 'object' &&
    answer !== null &&
    'affectedRows' in answer &&
    typeof answer.affectedRows === 'number'
  )
    return answer.affectedRows;
  throw new Error('the database did not say whether a nonce was spent');
}
