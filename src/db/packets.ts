import { createPool, type Pool, type PoolConnection } from 'mysql2/promise';
import type { Secret } from '../kernel/secret.js';
import { connectionOptions, SESSION } from './connect.js';

/** Sends several statements at once and gives each one's answer, in order. */
export type SendPacket = (statements: readonly string[]) => Promise<readonly unknown[]>;

/**
 * Connections that take several statements in one round trip. Statements come from `inlined()` or are written out in the
 * code: nothing from outside is ever in them but as digits and hexadecimal.
 */
export interface Packets {
  /** One packet on any connection. */
  send: SendPacket;
  /** Several packets on one connection, which is given up when `work` fails, and with it what its transaction held. */
  onOne<T>(work: (send: SendPacket) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

const TIMEOUT_MS = 8_000;
const MOST_WAITING = 1_000;

export function openPackets(url: Secret<string>, connections: number): Packets {
  const pool = createPool({
    ...connectionOptions(url),
    connectionLimit: connections,
    queueLimit: MOST_WAITING,
    multipleStatements: true,
    stringifyObjects: true,
  });
  pool.pool.on('connection', (connection) => {
    connection.query(SESSION.join('; '), (error) => {
      if (error !== null) connection.destroy();
    });
  });
  const onOne = makeOnOne(pool);
  return { send: (statements) => onOne((send) => send(statements)), onOne, close: () => pool.end() };
}

function makeOnOne(pool: Pool): Packets['onOne'] {
  return async (work) => {
    const connection = await pool.getConnection();
    try {
      const result = await work((statements) => answersOf(connection, statements));
      connection.release();
      return result;
    } catch (error) {
      connection.destroy();
      throw error;
    }
  };
}

/** One statement is answered by itself, several by a list. */
async function answersOf(connection: PoolConnection, statements: readonly string[]): Promise<readonly unknown[]> {
  const [answers] = await connection.query({ sql: statements.join(';\n'), timeout: TIMEOUT_MS });
  return statements.length === 1 ? [answers] : (answers as readonly unknown[]);
}
