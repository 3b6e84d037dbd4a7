import type { Knex } from 'knex';
import type { AuditFilter } from './audit-log.js';
import { escaped, placeOf, type Place } from './audit-places.js';
import type { AuditRow } from './audit-row.js';
import { HEAD } from './head-row.js';

/** Numbers strictly between which entries are looked for. */
export interface Numbers {
  readonly above: number;
  readonly below: number;
}

export const ALL: Numbers = { above: 0, below: Number.MAX_SAFE_INTEGER };

interface Question {
  readonly filter: AuditFilter;
  readonly numbers: Numbers;
}

/** What is asked of the rows that a filter lets through. */
export interface Asked extends Question {
  readonly what: readonly (string | Knex.Raw)[];
  readonly holds?: (query: Knex.QueryBuilder) => void;
  readonly limit: number;
  readonly offset?: number;
}

interface HeadRow {
  readonly id: number;
  readonly height: number;
  readonly hash: string;
  readonly lag_us: number | null;
  readonly lag_height: number | null;
}

export const headRow = (knex: Knex, tablePrefix: string): Promise<HeadRow | undefined> =>
  knex<HeadRow>(`${tablePrefix}ai_agent_audit_head`).where({ id: HEAD }).first();

const logOf = (tablePrefix: string): string => `${tablePrefix}ai_agent_audit_log`;

/**
 * Bounds in time as bounds in numbers: no entry lies more than the log's lag before an earlier one (head-row.ts). So ahead of the newest that
 * lies by more than the lag before `from` there is none at `from` or later, and behind the oldest that lies by the lag or more at
 * or after `to` there is none before it. A log without a known lag gives none.
 */
export function makeNumbersWithin(
  knex: Knex,
  tablePrefix: string,
): (filter: AuditFilter, around: Numbers) => Promise<Numbers> {
  const log = logOf(tablePrefix);
  const nearest = async (condition: string, bindings: [Date, number], order: 'asc' | 'desc') => {
    const by = ['ts', 'id'].map((column) => ({ column, order }));
    return (await knex<AuditRow>(log).select('id').whereRaw(condition, bindings).orderBy(by).first())?.id;
  };
  const lagNow = async (): Promise<number | null> => {
    const row = await headRow(knex, tablePrefix);
    return row?.lag_height === row?.height ? (row?.lag_us ?? null) : null;
  };
  return async ({ from, to }, { above, below }) => {
    let lag = from === undefined && to === undefined ? null : await lagNow();
    while (lag !== null) {
      const first = from && (await nearest('ts < ? - INTERVAL ? MICROSECOND', [from, lag], 'desc'));
      const last = to && (await nearest('ts >= ? + INTERVAL ? MICROSECOND', [to, lag], 'asc'));
      // What was appended meanwhile may be what was found, and lie further back than the lag that was read.
      const known = lag;
      lag = await lagNow();
      if (lag === known) return { above: Math.max(above, first ?? above), below: Math.min(below, last ?? below) };
    }
    return { above, below };
  };
}

/** The rows of a place that a filter lets through, along its indexes. */
function rowsAt(knex: Knex, log: string, { where, indexes }: Place, { filter, numbers }: Question) {
  const hint = indexes.map(() => '??').join(', ');
  const rows = knex<AuditRow, AuditRow[]>(knex.raw(`?? FORCE INDEX (${hint})`, [log, ...indexes]));
  void rows.where(where).where('id', '>', numbers.above).where('id', '<', numbers.below);
  if (filter.from !== undefined) void rows.where('ts', '>=', filter.from);
  if (filter.to !== undefined) void rows.where('ts', '<', filter.to);
  if (filter.kind !== undefined && where.kind === undefined) {
    void rows.where('kind', 'like', `${escaped(filter.kind)}.%`);
  }
  return rows;
}

export interface RowsInOrder {
  /** By number, downwards. */
  readonly newest: <R>(asked: Asked) => Promise<R[]>;
  /** By number, upwards. */
  readonly oldest: <R>(asked: Asked) => Promise<R[]>;
}

export function rowsInOrder(knex: Knex, tablePrefix: string): RowsInOrder {
  const log = logOf(tablePrefix);
  /** The kinds that begin so and occur: the server jumps from one to the next. */
  const kindsOf = async (part: string): Promise<string[]> => {
    const like = `${escaped(part)}.%`;
    return (await knex<AuditRow>(log).select('kind').where('kind', 'like', like).groupBy('kind')).map(
      ({ kind }) => kind,
    );
  };
  /** One place; where nothing but a part of the kinds is given, one for each of them. */
  const placesOf = async (filter: AuditFilter): Promise<readonly Place[]> => {
    const place = placeOf(filter);
    if (filter.kind === undefined || !place.indexes.includes('PRIMARY')) return [place];
    const kinds = await kindsOf(filter.kind);
    return kinds.map((kind) => ({ where: { ...place.where, kind }, indexes: ['kind'] }));
  };
  return {
    async newest<R>({ what, holds, limit, offset = 0, ...question }: Asked): Promise<R[]> {
      const places = await placesOf(question.filter);
      const one = (place: Place): Knex.QueryBuilder<AuditRow, R[]> => {
        const rows = rowsAt(knex, log, place, question)
          .select<R[]>(what)
          .orderBy('id', 'desc')
          .limit(limit + offset);
        return holds === undefined ? rows : rows.where(holds);
      };
      const [first] = places;
      if (first === undefined) return [];
      if (places.length === 1) return (await one(first).limit(limit).offset(offset)) as R[];
      const all = knex.unionAll(places.map(one), true);
      return (await all.orderBy('id', 'desc').limit(limit).offset(offset)) as R[];
    },
    async oldest<R>({ what, limit, ...question }: Asked): Promise<R[]> {
      const rows = rowsAt(knex, log, placeOf(question.filter), question);
      return (await rows.select<R[]>(what).orderBy('id').limit(limit)) as R[];
    },
  };
}
