import knexModule, { type Knex } from 'knex';
import type { Secret } from '../kernel/secret.js';

export interface DatabaseOptions {
  /** `mysql://user:password@host:port/name` */
  readonly url: Secret<string>;
  readonly tablePrefix: string;
  readonly poolSize: number;
  /** Nothing is written but in a transaction that says so (`makeRehearsal`). */
  readonly readOnly?: boolean;
}

/** Every wait has an end: a database that hangs turns into a refusal, never into a request that hangs with it. */
const CONNECT_TIMEOUT_MS = 3_000;
const ACQUIRE_TIMEOUT_MS = 4_000;
export const SESSION = [
  "SET time_zone = '+00:00', sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION', innodb_lock_wait_timeout = 10",
  'SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED',
];

/** One way of speaking to the server, whoever opens the connection. */
export function connectionOptions(address: Secret<string>) {
  const url = new URL(address.reveal());
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? 3306 : Number(url.port),
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
    database: decodeURIComponent(url.pathname.slice(1)),
    charset: 'utf8mb4',
    timezone: 'Z',
    supportBigNumbers: true,
    connectTimeout: CONNECT_TIMEOUT_MS,
    enableKeepAlive: true,
  };
}

/** knex writes to standard output, which belongs to a command's JSON and the log's lines; what fails is thrown anyway. */
const nothing = (): void => undefined;
export const SILENT = { warn: nothing, error: nothing, deprecate: nothing, debug: nothing };

interface RawConnection {
  query(sql: string, done: (error: Error | null) => void): void;
}

function runAll(connection: RawConnection, statements: readonly string[], done: (error: Error | null) => void): void {
  const [first, ...rest] = statements;
  if (first === undefined) done(null);
  else connection.query(first, (error) => (error === null ? runAll(connection, rest, done) : done(error)));
}

/**
 * A pool of connections in UTC, strict mode and READ COMMITTED: the tables shared with WordPress are read as they are
 * now, and the audit chain's head lock doesn't wait for old snapshots.
 */
export function connect(options: DatabaseOptions): Knex {
  return knexModule({
    client: 'mysql2',
    connection: connectionOptions(options.url),
    log: SILENT,
    userParams: { tablePrefix: options.tablePrefix },
    acquireConnectionTimeout: ACQUIRE_TIMEOUT_MS,
    pool: {
      min: 0,
      max: options.poolSize,
      acquireTimeoutMillis: ACQUIRE_TIMEOUT_MS,
      idleTimeoutMillis: 30_000,
      afterCreate(connection: RawConnection, done: (error: Error | null, connection: RawConnection) => void) {
        const session = options.readOnly === true ? [...SESSION, 'SET SESSION TRANSACTION READ ONLY'] : SESSION;
        runAll(connection, session, (error) => done(error, connection));
      },
    },
  } as Knex.Config);
}

interface Pool {
  numUsed(): number;
  numFree(): number;
  numPendingAcquires(): number;
}

/** Connections in use, idle, and requests that wait for one. */
export function poolState(knex: Knex): { readonly used: number; readonly free: number; readonly waiting: number } {
  const { pool } = knex.client as { readonly pool: Pool };
  return { used: pool.numUsed(), free: pool.numFree(), waiting: pool.numPendingAcquires() };
}
