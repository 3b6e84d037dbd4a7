import { createPool, type Pool, type PoolConnection } from 'mysql2/promise';
import { isRetryable } from '../db/mysql-errors.js';
import { ChaperoneError } from '../kernel/errors.js';
import type { Secret } from '../kernel/secret.js';
import { emptyHistory, groupSizeOf } from './admission.js';
import { ATTEMPTS, pauseBefore } from './attempts.js';
import { makeBatches, type Joined } from '../kernel/batches.js';
import { consumePacket, readReport } from './consume-packet.mysql.js';
import type { KeptDemand, PacketPlan, PacketResult } from './consume-plan.js';
import { decideCalls } from './decide-calls.js';
import { limitId } from './keys.js';
import { limitRows, type LimitRows } from './limit-rows.mysql.js';
import { checkDemands, type LimitStore, type LimitVerdict } from './limit-store.js';
import { foreseen, nothingDemanded } from './verdict.js';
import type { Micros } from './window.js';

export interface MysqlLimitStoreOptions {
  /** `mysql://user:password@host:port/name` */
  readonly url: Secret<string>;
  readonly tablePrefix: string;
  /** Packets under way at once, each on a connection of its own. Default 4: some are decided while others are written to disk. */
  readonly lanes?: number;
  /** About the time, in microseconds: spares the first call under a calendar window a second round trip. */
  readonly near?: Micros;
  /** SQL for the microseconds since the epoch. Tests give one that they can set. */
  readonly clock?: string;
}

/** The clock of the statement that reads it: in a packet, of one that starts when the rows are locked. */
const DATABASE_CLOCK = "TIMESTAMPDIFF(MICROSECOND, '1970-01-01', UTC_TIMESTAMP(6))";
const SESSION =
  "SET time_zone = '+00:00', sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION', innodb_lock_wait_timeout = 3;" +
  'SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED';
const CONNECT_TIMEOUT_MS = 3_000;
const PACKET_TIMEOUT_MS = 8_000;
const PACKET_CALLS = 64;
const MOST_WAITING = 10_000;

/**
 * Limits in the table `{prefix}ai_agent_limits`, by the database's clock. It has connections of its own, the only ones that
 * accept several statements at once: a decision is one packet, and calls that come in while packets are under way share
 * the next one. What an admission costs is committed before the verdict is given.
 */
export function mysqlLimitStore(options: MysqlLimitStoreOptions): LimitStore {
  const { lanes = 4, clock = DATABASE_CLOCK } = options;
  const table = `\`${options.tablePrefix.replaceAll('`', '``')}ai_agent_limits\``;
  const pool = openPool(options.url, lanes);
  const rows = limitRows(pool, table, clock);
  let near: Micros = options.near ?? 0;
  const send = async (plan: PacketPlan): Promise<PacketResult> => {
    const result = await sendPacket(pool, plan, consumePacket(table, plan, clock));
    near = result.rows[0]?.clock ?? near;
    return result;
  };
  const decide = makeBatches<readonly KeptDemand[], LimitVerdict>({
    run: (calls) => decideCalls(calls, { send, refit: (kept) => rows.refit(kept) }),
    lanes,
    mostItems: PACKET_CALLS,
    mostWaiting: MOST_WAITING,
    full: () => new ChaperoneError('overloaded', { retryAfter: 1 }),
  });
  const foresee = makeBatches<readonly KeptDemand[], LimitVerdict>({
    run: (calls) => peekAll(rows, calls),
    lanes,
    mostItems: PACKET_CALLS,
    mostWaiting: MOST_WAITING,
    full: () => new ChaperoneError('overloaded', { retryAfter: 1 }),
  });
  return {
    async consume(demands, { peek = false } = {}) {
      checkDemands(demands);
      if (demands.length === 0) return nothingDemanded(near);
      const kept = demands.map((demand) => ({
        demand,
        id: limitId(demand.rule, demand.key),
        groupSize: groupSizeOf(demand.limit),
        near,
      }));
      return peek ? foresee(kept) : decide(kept);
    },
    purge: (limit) => rows.purge(limit),
    close: () => pool.end(),
  };
}

function openPool(url: Secret<string>, connectionLimit: number): Pool {
  const pool = createPool({
    uri: url.reveal(),
    connectionLimit,
    multipleStatements: true,
    charset: 'utf8mb4',
    supportBigNumbers: true,
    connectTimeout: CONNECT_TIMEOUT_MS,
    queueLimit: MOST_WAITING,
    enableKeepAlive: true,
    stringifyObjects: true,
  });
  pool.pool.on('connection', (connection) => {
    connection.query(SESSION, (error) => {
      if (error !== null) connection.destroy();
    });
  });
  return pool;
}

/** One statement for all of them. */
async function peekAll(rows: LimitRows, calls: readonly Joined<readonly KeptDemand[], LimitVerdict>[]): Promise<void> {
  const ids = new Map(calls.flatMap(({ item }) => item.map(({ id }) => [id.toString('hex'), id] as const)));
  const { clock, histories } = await rows.peek([...ids.values()]);
  for (const { item, resolve } of calls) {
    const outcomes = item.map(({ demand, id }) => {
      const history = histories.get(id.toString('hex')) ?? emptyHistory(groupSizeOf(demand.limit));
      return { demand, history };
    });
    resolve(foreseen(outcomes, clock));
  }
}

/**
 * Sends a packet and reads its report. A deadlock or a lock that took too long undid the packet, so it is sent again. After any other
 * failure the connection is given up, and with it whatever its transaction held.
 */
async function sendPacket(pool: Pool, plan: PacketPlan, packet: string): Promise<PacketResult> {
  const begun = performance.now();
  for (let attempt = 1; ; attempt += 1) {
    const connection = await pool.getConnection();
    try {
      const report = await queryPacket(connection, packet);
      connection.release();
      return readReport(plan, report);
    } catch (error) {
      connection.destroy();
      const late = performance.now() - begun > PACKET_TIMEOUT_MS;
      if (late || attempt >= ATTEMPTS || !isRetryable(error)) throw error;
      await pauseBefore(attempt + 1);
    }
  }
}

/** The values of the packet's report: of the one statement that answers with a row. */
async function queryPacket(connection: PoolConnection, packet: string): Promise<readonly unknown[]> {
  const [results] = await connection.query({ sql: packet, rowsAsArray: true, timeout: PACKET_TIMEOUT_MS });
  const answers = (results as readonly unknown[]).filter((result) => Array.isArray(result));
  const row: unknown = answers.at(-1)?.[0];
  if (answers.length !== 1 || !Array.isArray(row)) throw new Error('the database did not report on a packet of limits');
  return row as readonly unknown[];
}
