import { STAMPS_KEPT, groupSizeOf } from './admission.js';
import type { CallGroup, KeptDemand, PacketPlan, PacketResult } from './consume-plan.js';
import { edgesAround, SECOND, type Micros } from './window.js';

/** Nothing but digits and hexadecimal gets into the statements of a packet, so nothing in it can be read as SQL. */
function int(value: number): string {
  if (!Number.isSafeInteger(value)) throw new RangeError(`not a whole number: ${value}`);
  return String(value);
}

const bytes = (value: Buffer): string => `X'${value.toString('hex')}'`;
/** A stamp as eight bytes that sort as the number does. */
const stamp = (micros: string): string => `UNHEX(LPAD(HEX(${micros}), 16, '0'))`;
const STAMP_BYTES = 8;
const RING_BYTES = STAMPS_KEPT * STAMP_BYTES;

/**
 * One packet of statements, answered in one round trip: one transaction that locks its rows by ascending id (so packets
 * can't lock each other out), reads clock and rows behind these locks, decides each call in turn in variables of the
 * session, writes what was admitted and reports. The arithmetic is that of `admission.ts`. `clock` is SQL for the
 * microseconds since the epoch; UTC_TIMESTAMP(6) is that of a statement's start, and the statement starts when the locks are held.
 * No variable is read and set in one statement, since servers differ in what that means. Names of variables ignore case.
 */
export function consumePacket(table: string, plan: PacketPlan, clock: string): string {
  const values = plan.rows.map(({ id, demand }) => `(${bytes(id)},${int(groupSizeOf(demand.limit))},0,0,0,'')`);
  const turns = new Array<number>(plan.rows.length).fill(0);
  const decisions = plan.groups.map((group, index) => decide(group, index, plan, turns));
  return [
    'START TRANSACTION',
    `INSERT INTO ${table} (id, group_size, filled, last_us, keep_until_us, stamps) VALUES ${values.join(',')} ON DUPLICATE KEY UPDATE id = VALUES(id)`,
    ...plan.rows.map(({ id }, row) => readRow(table, id, row, clock)),
    `SET ${plan.rows.map((kept, row) => frameRow(kept, row)).join(', ')}`,
    `SET ${plan.rows.map((_, row) => `@floor${row} = ${stamp(`@f${row}`)}, @now${row} = ${stamp(`@n${row}`)}`).join(', ')}`,
    ...decisions.flatMap(({ statements }) => statements),
    ...plan.rows.map(({ id }, row) => writeRow(table, id, row, turns[row] ?? 0, touching(plan, decisions, row))),
    report(plan, decisions, turns),
    'COMMIT',
  ].join(';\n');
}

const readRow = (table: string, id: Buffer, row: number, clock: string): string =>
  `SELECT ${clock}, GREATEST(${clock}, last_us), group_size, filled, stamps INTO @t${row}, @n${row}, @g${row}, @c${row}_0, @s${row}_0 FROM ${table} WHERE id = ${bytes(id)}`;

/** The first microsecond that counts, and when an admission made now stops to count; NULL when no edge is known. */
function frameRow({ demand: { window }, near }: KeptDemand, row: number): string {
  if (window.kind === 'rolling') {
    const length = int(window.seconds * SECOND);
    return `@f${row} = @n${row} - ${length} + 1, @e${row} = @n${row} + ${length}`;
  }
  const edges = edgesAround(window, near);
  const pick = (offset: 0 | 1): string =>
    `CASE WHEN @n${row} < ${int(edges[0])} THEN NULL ${[0, 1, 2].map((index) => `WHEN @n${row} < ${int(edges[index + 1] ?? 0)} THEN ${int(edges[index + offset] ?? 0)}`).join(' ')} END`;
  return `@f${row} = ${pick(0)}, @e${row} = ${pick(1)}`;
}

interface Decision {
  readonly statements: readonly string[];
  /** The variable that holds how many calls of the group were admitted. */
  readonly admitted: string;
}

/**
 * Tries to admit the group's calls by the largest power of two, then by half as many, down to one: what is admitted in the
 * end is the most there is room for, since room for many is room for fewer.
 */
function decide({ rows, calls }: CallGroup, group: number, plan: PacketPlan, turns: number[]): Decision {
  const least = Math.min(...rows.map((row) => plan.rows[row]?.demand.limit ?? 0));
  const statements = [`SET @a${group}_0 = 0`];
  let attempt = 0;
  for (let size = 2 ** Math.floor(Math.log2(Math.min(calls, least))); size >= 1; size /= 2) {
    const tests = rows.map((row) => hasRoom(row, turns[row] ?? 0, plan.rows[row]?.demand.limit ?? 0, size));
    statements.push(
      `SET @k = @a${group}_${attempt} + ${int(size)} <= ${int(calls)} AND ${tests.join(' AND ')}`,
      `SET ${[
        `@a${group}_${attempt + 1} = @a${group}_${attempt} + IF(@k, ${int(size)}, 0)`,
        ...rows.map((row) => admitInRow(row, turns[row] ?? 0, plan.rows[row]?.demand.limit ?? 0, size)),
      ].join(', ')}`,
    );
    for (const row of rows) turns[row] = (turns[row] ?? 0) + 1;
    attempt += 1;
  }
  return { statements, admitted: `@a${group}_${attempt}` };
}

/** `size` more fit when the admission that is `limit - size + 1` back from the newest no longer counts, or doesn't exist. */
function hasRoom(row: number, turn: number, limit: number, size: number): string {
  const [groupSize, filled, back] = [int(groupSizeOf(limit)), `@c${row}_${turn}`, int(limit - size + 1)];
  const place =
    groupSize === '1'
      ? back
      : `IF(${back} <= ${filled}, 1, 1 + ((${back} - ${filled} + ${groupSize} - 1) DIV ${groupSize}))`;
  return `@g${row} = ${groupSize} AND SUBSTR(@s${row}_${turn}, -${STAMP_BYTES} * ${place}, ${STAMP_BYTES}) < @floor${row}`;
}

/** `record` of admission.ts, into the variables of the next turn. */
function admitInRow(row: number, turn: number, limit: number, size: number): string {
  const groupSize = int(groupSizeOf(limit));
  const [filled, stamps, next] = [`@c${row}_${turn}`, `@s${row}_${turn}`, turn + 1];
  if (groupSize === '1') {
    const log = `RIGHT(CONCAT(${stamps}, REPEAT(@now${row}, ${int(size)})), ${RING_BYTES})`;
    return `@s${row}_${next} = IF(@k, ${log}, ${stamps}), @c${row}_${next} = IF(@k, 1, ${filled})`;
  }
  const open = `(${filled} < ${groupSize} AND RIGHT(${stamps}, ${STAMP_BYTES}) >= @floor${row})`;
  const room = `IF(${open}, ${groupSize} - ${filled}, 0)`;
  const added = `((GREATEST(0, ${int(size)} - ${room}) + ${groupSize} - 1) DIV ${groupSize})`;
  const kept = `IF(${open}, LEFT(${stamps}, LENGTH(${stamps}) - ${STAMP_BYTES}), ${stamps})`;
  const written = `RIGHT(CONCAT(${kept}, REPEAT(@now${row}, ${added} + ${open})), ${RING_BYTES})`;
  const newFilled = `IF(${added} = 0, ${filled} + ${int(size)}, ${int(size)} - ${room} - (${added} - 1) * ${groupSize})`;
  return `@s${row}_${next} = IF(@k, ${written}, ${stamps}), @c${row}_${next} = IF(@k, ${newFilled}, ${filled})`;
}

/** The counters of the groups that may have admitted calls under a row. */
const touching = (plan: PacketPlan, decisions: readonly Decision[], row: number): string =>
  decisions
    .filter((_, group) => plan.groups[group]?.rows.includes(row) === true)
    .map(({ admitted }) => admitted)
    .join(' + ');

const writeRow = (table: string, id: Buffer, row: number, turn: number, admitted: string): string =>
  `UPDATE ${table} SET filled = @c${row}_${turn}, last_us = @n${row}, keep_until_us = GREATEST(keep_until_us, @e${row}), stamps = @s${row}_${turn} WHERE id = ${bytes(id)} AND ${admitted} > 0`;

function report(plan: PacketPlan, decisions: readonly Decision[], turns: readonly number[]): string {
  const ofRow = (row: number): string =>
    `@t${row}, @n${row}, @f${row}, @g${row}, @c${row}_${turns[row] ?? 0}, @s${row}_${turns[row] ?? 0}`;
  return `SELECT ${[...decisions.map(({ admitted }) => admitted), ...plan.rows.map((_, row) => ofRow(row))].join(', ')}`;
}

const FIELDS_OF_ROW = 6;

/** The report of a packet, as an array of values. */
export function readReport(plan: PacketPlan, values: readonly unknown[]): PacketResult {
  const number = (value: unknown): number => {
    if (typeof value === 'number' || typeof value === 'string') return Number(value);
    throw new TypeError('the database reported something that is no number');
  };
  const first = plan.groups.length;
  return {
    admitted: plan.groups.map((_, group) => number(values[group])),
    rows: plan.rows.map((_, row) => {
      const at = first + row * FIELDS_OF_ROW;
      const [clock, now, floor, groupSize, filled, stamps] = values.slice(at, at + FIELDS_OF_ROW);
      return {
        clock: number(clock),
        now: number(now),
        floor: floor === null ? undefined : number(floor),
        history: { groupSize: number(groupSize), filled: number(filled), stamps: stampsFrom(stamps) },
      };
    }),
  };
}

/** Stamps as they are stored: eight bytes each, the most significant first. */
export function stampsFrom(value: unknown): readonly Micros[] {
  if (!(value instanceof Uint8Array)) throw new TypeError('the database reported no bytes');
  const buffer = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  return Array.from({ length: buffer.length / STAMP_BYTES }, (_, index) =>
    Number(buffer.readBigUInt64BE(index * STAMP_BYTES)),
  );
}

export function stampsToBytes(stamps: readonly Micros[]): Buffer {
  const buffer = Buffer.alloc(stamps.length * STAMP_BYTES);
  stamps.forEach((one, index) => buffer.writeBigUInt64BE(BigInt(one), index * STAMP_BYTES));
  return buffer;
}
