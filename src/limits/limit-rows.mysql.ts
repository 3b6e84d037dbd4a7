import type { Pool, PoolConnection } from 'mysql2/promise';
import type { History } from './admission.js';
import { stampsFrom, stampsToBytes } from './consume-packet.mysql.js';
import type { KeptDemand } from './consume-plan.js';
import { refit } from './refit.js';
import type { Micros } from './window.js';

/** What is stored under one id. */
export interface LimitRow {
  readonly id: string;
  readonly history: History;
}

export interface LimitRows {
  /** The rows there are of these ids, by id in hexadecimal, and the database's clock, in one statement that locks nothing. */
  peek(ids: readonly Buffer[]): Promise<{ readonly clock: Micros; readonly histories: ReadonlyMap<string, History> }>;
  /** Refits a row to a demand whose limit was changed, and answers in what groups the row is now. */
  refit(kept: KeptDemand): Promise<number>;
  /** Forgets rows that count no more; see `LimitStore.purge`. */
  purge(limit: number): Promise<number>;
}

function historyFrom(row: Readonly<Record<string, unknown>>): History {
  return { groupSize: Number(row['group_size']), filled: Number(row['filled']), stamps: stampsFrom(row['stamps']) };
}

type Rows = readonly Readonly<Record<string, unknown>>[];

async function rowsOf(db: Pool | PoolConnection, sql: string, values: unknown[]): Promise<Rows> {
  const [rows] = await db.query(sql, values);
  return rows as Rows;
}

/** The plain statements on `table`, whose name is already quoted. `clock` is SQL for the database's microseconds. */
export function limitRows(pool: Pool, table: string, clock: string): LimitRows {
  let sweptTo: Buffer = Buffer.alloc(0);
  return {
    async peek(ids) {
      const rows = await rowsOf(
        pool,
        `SELECT c.clock, t.id, t.group_size, t.filled, t.stamps FROM (SELECT ${clock} AS clock) c LEFT JOIN ${table} t ON t.id IN (?)`,
        [ids],
      );
      const found = rows.filter((row) => row['id'] !== null);
      return {
        clock: Number(rows[0]?.['clock']),
        histories: new Map(found.map((row) => [hexOf(row['id']), historyFrom(row)])),
      };
    },
    refit: (kept) => refitRow(pool, table, kept, clock),
    async purge(limit) {
      const rows = await rowsOf(
        pool,
        `SELECT id, keep_until_us <= ${clock} AS done FROM ${table} WHERE id > ? ORDER BY id LIMIT ?`,
        [sweptTo, limit],
      );
      sweptTo = rows.length < limit ? Buffer.alloc(0) : Buffer.from(hexOf(rows.at(-1)?.['id']), 'hex');
      const done = rows.filter((row) => row['done'] === 1).map((row) => row['id']);
      if (done.length === 0) return 0;
      const [result] = await pool.query(`DELETE FROM ${table} WHERE id IN (?) AND keep_until_us <= ${clock}`, [done]);
      return 'affectedRows' in result ? result.affectedRows : 0;
    },
  };
}

function hexOf(value: unknown): string {
  if (!Buffer.isBuffer(value)) throw new TypeError('the database reported no bytes');
  return value.toString('hex');
}

/** Two round trips, once for each key after a limit was changed. Whoever comes second finds the row as it should be. */
async function refitRow(
  pool: Pool,
  table: string,
  { id, demand, groupSize }: KeptDemand,
  clock: string,
): Promise<number> {
  const connection = await pool.getConnection();
  try {
    await connection.beginTransaction();
    const [row] = await rowsOf(connection, `SELECT t.*, ${clock} AS clock FROM ${table} t WHERE id = ? FOR UPDATE`, [
      id,
    ]);
    const kept = row === undefined ? undefined : { history: historyFrom(row), keepUntil: Number(row['keep_until_us']) };
    const history = kept === undefined ? undefined : refit(kept, demand, Number(row?.['clock']));
    if (history !== undefined && history !== kept?.history)
      await connection.query(`UPDATE ${table} SET group_size = ?, filled = ?, stamps = ? WHERE id = ?`, [
        history.groupSize,
        history.filled,
        stampsToBytes(history.stamps),
        id,
      ]);
    await connection.commit();
    connection.release();
    return history?.groupSize ?? groupSize;
  } catch (error) {
    connection.destroy();
    throw error;
  }
}
