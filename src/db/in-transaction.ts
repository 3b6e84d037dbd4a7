import { setTimeout as pause } from 'node:timers/promises';
import type { Knex } from 'knex';
import type { InTransaction } from '../kernel/in-transaction.js';
import { isRetryable } from './mysql-errors.js';

const ATTEMPTS = 6;
/** Longer each time, so that those who met once don't meet again at once. */
const PAUSE_MS = 10;

/**
 * Runs `work` on stores rebuilt over one transaction. A deadlock or a lock that timed out rolled everything back, so
 * the work is run again, six times in all; every other failure is the caller's.
 */
export function makeInTransaction<S>(knex: Knex, storesOf: (trx: Knex) => S): InTransaction<S> {
  return async (work) => {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await knex.transaction((trx) => work(storesOf(trx)));
      } catch (error) {
        if (attempt >= ATTEMPTS || !isRetryable(error)) throw error;
        await pause(attempt * PAUSE_MS);
      }
    }
  };
}

/**
 * The same, and nothing is kept: every transaction is rolled back after its work, so that a deed can be tried. `knex` is connected
 * read-only: a deed that writes past its transaction fails instead of being done.
 */
export function makeRehearsal<S>(knex: Knex, storesOf: (trx: Knex) => S): InTransaction<S> {
  const client = knex.client as Pick<Knex.Client, 'acquireConnection' | 'releaseConnection'>;
  return async (work) => {
    const connection: unknown = await client.acquireConnection();
    try {
      await knex.raw('SET TRANSACTION READ WRITE').connection(connection);
      const trx = await knex.transaction(undefined, { connection });
      try {
        return await work(storesOf(trx));
      } finally {
        await trx.rollback();
      }
    } finally {
      await client.releaseConnection(connection);
    }
  };
}
