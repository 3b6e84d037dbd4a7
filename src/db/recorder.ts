import knexModule, { type Knex } from 'knex';
import { SILENT } from './connect.js';

/** A statement that was written down instead of being sent, and how many rows it has to touch; null: as many as it finds. */
export interface Written {
  readonly sql: string;
  readonly bindings: readonly unknown[];
  readonly rows: number | null;
}

/** The work asked for something that only the database can answer. */
export class NotRecordable extends Error {}

export interface Recorder {
  /** Stores over it are the ordinary ones. */
  readonly db: Knex;
  /** What was written down since the last time. */
  take(): readonly Written[];
}

interface Query {
  readonly sql: string;
  readonly bindings?: readonly unknown[];
  readonly method?: string;
  response?: unknown;
}

/** The three methods of knex's client through which every statement passes. */
interface Client {
  acquireConnection: () => Promise<object>;
  releaseConnection: () => Promise<void>;
  _query: (connection: object, query: Query) => Promise<Query>;
}

/** Of an insert, knex hands on the new row's number. Nobody knows it yet; as a value in a statement it is refused. */
const UNKNOWN_ID = Symbol('the number of a row that is not inserted yet');

const UNKNOWN_ROWS = Symbol('the number of rows that a statement finds');

const rowsOf = ({ sql }: Query): number => sql.slice(sql.indexOf(') values (')).split('), (').length;

/** What it inserts depends on what is there; whoever writes such a statement down makes nothing of how much that is. */
const INSERT_SELECT = /^insert into [^?]*\sselect\s/i;

function answered(query: Query): number | null {
  if (query.method === 'raw' && INSERT_SELECT.test(query.sql)) return null;
  if (query.method === 'insert' && / values \(/.test(query.sql)) return rowsOf(query);
  if (query.method === 'update' || query.method === 'del') return 1;
  throw new NotRecordable('only inserts, plain updates and deletions can be written down');
}

/**
 * A database that sends nothing: it answers every insert, update and deletion as if it had gone well (one row for each
 * that was asked for), and writes down what has to be true of it. Whoever sends the statements must hold them to that.
 */
export function makeRecorder(): Recorder {
  const db = knexModule({ client: 'mysql2', log: SILENT });
  const client = db.client as Client;
  let written: Written[] = [];
  const connection = {};
  client.acquireConnection = () => Promise.resolve(connection);
  client.releaseConnection = () => Promise.resolve();
  // eslint-disable-next-line @typescript-eslint/require-await -- knex wants a promise, and a rejection in place of what is thrown
  client._query = async (_connection, query) => {
    const rows = answered(query);
    written.push({ sql: query.sql, bindings: query.bindings ?? [], rows });
    query.response = [{ affectedRows: rows ?? UNKNOWN_ROWS, insertId: UNKNOWN_ID }, undefined];
    return query;
  };
  return {
    db,
    take() {
      const taken = written;
      written = [];
      return taken;
    },
  };
}

const INSERT = /^(insert into [^?]* values )(\([?, ]+\)(?:, \([?, ]+\))*)$/;

/** Plain inserts into the same columns of a table become one. */
export function mergeInserts(written: readonly Written[]): readonly Written[] {
  const merged: Written[] = [];
  const places = new Map<string, number>();
  for (const one of written) {
    const [, into, values] = INSERT.exec(one.sql) ?? [];
    const place = into === undefined ? undefined : places.get(into);
    const before = place === undefined ? undefined : merged[place];
    if (into !== undefined && place !== undefined && before !== undefined) {
      const bindings = [...before.bindings, ...one.bindings];
      merged[place] = { sql: `${before.sql}, ${values}`, bindings, rows: (before.rows ?? 0) + (one.rows ?? 0) };
    } else {
      if (into !== undefined) places.set(into, merged.length);
      merged.push(one);
    }
  }
  return merged;
}
