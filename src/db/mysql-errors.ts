import { ChaperoneError } from '../kernel/errors.js';

/** MySQL's and MariaDB's error numbers; they live here alone. Source: the servers' error reference. */
const DUPLICATE_KEY = 1062;
const RETRYABLE = new Set([1205, 1213]); // lock wait timeout, deadlock
const TABLE_MISSING = 1146;

function errnoOf(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null || !('errno' in error)) return undefined;
  return typeof error.errno === 'number' ? error.errno : undefined;
}

function codeOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string'
    ? error.code
    : '';
}

/** A unique key refused the row. */
export const isDuplicateKey = (error: unknown): boolean => errnoOf(error) === DUPLICATE_KEY;

/** Nothing of the statement was done, and the transaction may be tried again from its beginning. */
export const isRetryable = (error: unknown): boolean => RETRYABLE.has(errnoOf(error) ?? 0);

/** The table doesn't exist: the migrations haven't run. */
export const isTableMissing = (error: unknown): boolean => errnoOf(error) === TABLE_MISSING;

/** The server understood the statement and refused it; otherwise the connection broke, or there was none. */
export const isServersAnswer = (error: unknown): boolean =>
  typeof error === 'object' && error !== null && 'sqlState' in error && typeof error.sqlState === 'string';

/** Anything the driver, the pool or the server raised, as a refusal that says nothing of the inside. */
export function asDatabaseError(error: unknown): ChaperoneError | undefined {
  if (error instanceof ChaperoneError) return error;
  const fromDriver =
    errnoOf(error) !== undefined ||
    /^(ER_|PROTOCOL_|ECONN|ETIMEDOUT|EPIPE|ENOTFOUND|EHOSTUNREACH|POOL_)/.test(codeOf(error)) ||
    (error instanceof Error && error.name === 'KnexTimeoutError');
  return fromDriver ? new ChaperoneError('database_unavailable', { cause: error }) : undefined;
}

/** Why, for an operator: what the server said or the error's code, never the statement, which holds what was written. */
export function databaseReason(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  if ('sqlMessage' in error && typeof error.sqlMessage === 'string') return error.sqlMessage;
  return codeOf(error) === '' ? undefined : codeOf(error);
}
