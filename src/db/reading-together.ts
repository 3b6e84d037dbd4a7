import knexModule, { type Knex } from 'knex';
import { makeBatches, type Joined } from '../kernel/batches.js';
import { ChaperoneError } from '../kernel/errors.js';
import { SILENT } from './connect.js';
import { isServersAnswer } from './mysql-errors.js';
import type { Packets } from './packets.js';
import { inlined } from './sql-text.js';

interface Query {
  readonly sql: string;
  readonly bindings?: readonly unknown[];
  readonly method?: string;
  response?: unknown;
}

/** The three methods of knex's client through which every statement passes. */
interface Client {
  acquireConnection: () => Promise<object>;
  releaseConnection: (connection: object) => Promise<void>;
  _query: (connection: object, query: Query) => Promise<Query>;
}

const READS = new Set(['select', 'first', 'pluck']);
const isRead = ({ method = '', sql }: Query): boolean =>
  READS.has(method) && !/ for update| lock in share mode/.test(sql);

const MOST_STATEMENTS = 128;
const MOST_WAITING = 10_000;

/**
 * The database of `other`, whose reads travel together: what is asked in one turn of the event loop, or while earlier packets are under way,
 * is asked in one round trip, and equal questions once. Nothing is kept: an answer was read after it was asked for.
 * Everything else goes the ordinary way. For short questions; a long list would keep its neighbours waiting.
 */
export function readingTogether(other: Knex, packets: Packets, lanes: number): Knex {
  const db = knexModule({ client: 'mysql2', log: SILENT });
  const [client, ordinary] = [db.client as Client, other.client as Client];
  const read = makeBatches<string, unknown>({
    lanes,
    mostItems: MOST_STATEMENTS,
    mostWaiting: MOST_WAITING,
    full: () => new ChaperoneError('overloaded', { retryAfter: 1 }),
    run: (batch) => answerAll(packets, batch),
  });
  const connection = {};
  client.acquireConnection = () => Promise.resolve(connection);
  client.releaseConnection = () => Promise.resolve();
  client._query = async (_connection, query) => {
    if (isRead(query)) {
      query.response = [await read(inlined(query.sql, query.bindings ?? [])), undefined];
      return query;
    }
    const real = await ordinary.acquireConnection();
    try {
      return await ordinary._query(real, query);
    } finally {
      await ordinary.releaseConnection(real);
    }
  };
  return db;
}

/** All in one packet; when that fails, each by itself, so that each gets the answer or the error that is its own. */
async function answerAll(packets: Packets, batch: readonly Joined<string, unknown>[]): Promise<void> {
  const statements = [...new Set(batch.map(({ item }) => item))];
  try {
    const answers = await packets.send(statements);
    const byStatement = new Map(statements.map((statement, place) => [statement, answers[place]]));
    for (const { item, resolve } of batch) resolve(byStatement.get(item));
  } catch (error) {
    if (statements.length === 1 && isServersAnswer(error)) throw error;
    await Promise.all(
      batch.map(({ item, resolve, reject }) => packets.send([item]).then(([answer]) => resolve(answer), reject)),
    );
  }
}
