import { EMPTY_CHAIN, type ChainHead } from './hash-chain.js';

/** Of what is appended: the earliest and the latest instant, and by how many milliseconds one lies before an earlier one's at most. */
interface Span {
  readonly earliest: Date;
  readonly latest: Date;
  readonly lag: number;
}

/** Where appending goes on, and the span of what was appended since: nothing, at first. It moves on with what is appended. */
export interface Position {
  head: ChainHead;
  span?: Span | undefined;
}

/** A position behind something. */
export interface Appended {
  readonly head: ChainHead;
  readonly span: Span;
}

export function extended(span: Span | undefined, at: Date): Span {
  if (span === undefined) return { earliest: at, latest: at, lag: 0 };
  const { earliest, latest, lag } = span;
  return {
    earliest: at < earliest ? at : earliest,
    latest: at > latest ? at : latest,
    lag: Math.max(lag, latest.getTime() - at.getTime()),
  };
}

/** A statement's part with placeholders, and the values. */
interface Part {
  readonly sql: string;
  readonly bindings: readonly (Date | number | string)[];
}

/** The table's only row. */
export const HEAD = 1;

/** Behind `INSERT IGNORE INTO {table}`: the head of a log in which nothing stands yet. */
export const STARTING_HEAD: Part = {
  sql: '(id, height, hash, lag_us, lag_height) VALUES (?, ?, ?, 0, ?)',
  bindings: [HEAD, EMPTY_CHAIN.height, EMPTY_CHAIN.hash, EMPTY_CHAIN.height],
};

const INSTANT = 'CAST(? AS DATETIME(6))';
const LATEST = `GREATEST(COALESCE(latest, ${INSTANT}), ${INSTANT})`;

/**
 * Behind `UPDATE {table}`. Besides height and hash the row holds `latest`, the latest instant in the log, and `lag_us`: by how many
 * microseconds an entry's instant lies before an earlier entry's at most, since replicas' clocks differ and calls end out of
 * order. With it a bound in time is a bound in numbers (rows-in-order.mysql.ts).
 *
 * Property kept: `lag_us` is never too small. It never shrinks, and it is NULL, not known, and stays so, in a log that began without it or
 * to which somebody else appended: `lag_height` is the height up to which it was kept. What is read is set last, since MySQL
 * assigns from left to right.
 */
export function movingHead({ head: { height, hash }, span: { earliest, latest, lag } }: Appended): Part {
  const behind = `TIMESTAMPDIFF(MICROSECOND, ${INSTANT}, ${LATEST})`;
  return {
    sql: `SET lag_us = IF(lag_height = height, GREATEST(lag_us, ?, ${behind}), NULL), latest = ${LATEST}, lag_height = ?, height = ?, hash = ? WHERE id = ?`,
    bindings: [1_000 * lag, earliest, earliest, earliest, latest, latest, height, height, hash, HEAD],
  };
}
