import type { Knex } from 'knex';
import type { InTransaction } from '../kernel/in-transaction.js';
import { isRetryable } from './mysql-errors.js';

const ATTEMPTS = 4;

/**
 * Runs `work` on stores rebuilt over one transaction. A deadlock or a lock that timed out rolled everything back, so
 * the work is run again, at most four times; every other failure is the caller's.
 */
export function makeInTransaction<S>(knex: Knex, storesOf: (trx: Knex) => S): InTransaction<S> {
  return async (work) => {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await knex.transaction((trx) => work(storesOf(trx)));
      } catch (error) {
        if (attempt >= ATTEMPTS || !isRetryable(error)) throw error;
      }
    }
  };
}
