import { STAMPS_KEPT } from './admission.js';
import type { KeptDemand, PacketPlan, PacketResult } from './consume-plan.js';
import { edgesAround, SECOND, type CalendarWindow, type Micros } from './window.js';

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
 * can't lock each other out), reads clock and rows behind these locks, decides the calls in variables of the session, writes what
 * was admitted and reports. The arithmetic is that of `admission.ts`. `clock` is SQL for the microseconds since the epoch;
 * UTC_TIMESTAMP(6) is that of a statement's start, and the statement that reads it starts when the locks are held.
 * No variable is read and set in one statement, since servers differ in what that means. Names of variables ignore case.
 */
export function consumePacket(table: string, plan: PacketPlan, clock: string): string {
  const empty = plan.rows.map(({ id, groupSize }) => `(${bytes(id)},${int(groupSize)},0,0,0,'')`);
  const { statements, admitted, turns } = decide(plan);
  return [
    'START TRANSACTION',
    `INSERT INTO ${table} (${COLUMNS}) VALUES ${empty.join(',')} ON DUPLICATE KEY UPDATE id = VALUES(id)`,
    ...readRows(table, plan, clock),
    `SET ${plan.rows.map((kept, row) => `@floor${row} = ${stamp(floorOf(kept, row))}, @now${row} = ${stamp(`@n${row}`)}`).join(', ')}`,
    ...statements,
    writeRows(table, plan, admitted, turns),
    `SELECT ${[...admitted, ...plan.rows.map((_, row) => `@t${row}, @n${row}, @floor${row} IS NULL, @g${row}, @c${row}_${turns[row] ?? 0}, @s${row}_${turns[row] ?? 0}`)].join(', ')}`,
    'COMMIT',
  ].join(';\n');
}

const COLUMNS = 'id, group_size, filled, last_us, keep_until_us, stamps';
/** Rows read by one statement: a server joins no more than 61 tables. */
const ROWS_AT_ONCE = 16;

/** Each row into variables of its own, many by one statement. */
function readRows(table: string, plan: PacketPlan, clock: string): readonly string[] {
  const statements: string[] = [];
  for (let first = 0; first < plan.rows.length; first += ROWS_AT_ONCE) {
    const rows = plan.rows.slice(first, first + ROWS_AT_ONCE).map(({ id }, index) => ({ id, row: first + index }));
    const values = rows.map(
      ({ row }) => `${clock}, GREATEST(${clock}, r${row}.last_us), r${row}.group_size, r${row}.filled, r${row}.stamps`,
    );
    const names = rows.map(({ row }) => `@t${row}, @n${row}, @g${row}, @c${row}_0, @s${row}_0`);
    const tables = rows.map(({ row }) => `${table} r${row}`);
    const tests = rows.map(({ id, row }) => `r${row}.id = ${bytes(id)}`);
    statements.push(
      `SELECT ${values.join(', ')} INTO ${names.join(', ')} FROM ${tables.join(', ')} WHERE ${tests.join(' AND ')}`,
    );
  }
  return statements;
}

/** The first microsecond that counts; NULL when the clock is outside the calendar windows that are known. */
const floorOf = (kept: KeptDemand, row: number): string =>
  kept.demand.window.kind === 'rolling'
    ? `@n${row} - ${int(kept.demand.window.seconds * SECOND - 1)}`
    : edgeOf(kept.demand.window, kept.near, row, 0);

/** When an admission made now stops to count. */
const endOf = (kept: KeptDemand, row: number): string =>
  kept.demand.window.kind === 'rolling'
    ? `@n${row} + ${int(kept.demand.window.seconds * SECOND)}`
    : edgeOf(kept.demand.window, kept.near, row, 1);

/** Where the calendar window that holds the row's instant starts (0) or ends (1). */
function edgeOf(window: CalendarWindow, near: Micros, row: number, which: 0 | 1): string {
  const edges = edgesAround(window, near);
  const cases = [0, 1, 2].map(
    (index) => `WHEN @n${row} < ${int(edges[index + 1] ?? 0)} THEN ${int(edges[index + which] ?? 0)}`,
  );
  return `CASE WHEN @n${row} < ${int(edges[0])} THEN NULL ${cases.join(' ')} END`;
}

interface Decisions {
  readonly statements: readonly string[];
  /** The variable of each group that holds how many of its calls were admitted. */
  readonly admitted: readonly string[];
  /** How often each row was written in variables. */
  readonly turns: readonly number[];
}

/** What is decided at one time: none of these tries shares a row with another. */
interface Wave {
  readonly tests: string[];
  readonly changes: string[];
}

/**
 * Tries to admit a group's calls by the largest power of two, then by half as many, down to one: what is admitted in the
 * end is the most there is room for, since room for many is room for fewer. A group begins when those before it are done with its rows.
 */
function decide(plan: PacketPlan): Decisions {
  const turns = new Array<number>(plan.rows.length).fill(0);
  const busyUntil = new Array<number>(plan.rows.length).fill(0);
  const waves: Wave[] = [];
  const admitted = plan.groups.map(({ rows, calls }, group) => {
    const kept = rows.flatMap((row) => plan.rows[row] ?? []);
    let wave = Math.max(...rows.map((row) => busyUntil[row] ?? 0));
    let before = '0';
    const most = Math.min(calls, ...kept.map(({ demand }) => demand.limit));
    for (let size = 2 ** Math.floor(Math.log2(most)); size >= 1; size /= 2) {
      const after = `@a${group}_${wave}`;
      const turnOf = (index: number): [number, number] => [rows[index] ?? 0, turns[rows[index] ?? 0] ?? 0];
      const room = kept.map((one, index) => hasRoom(...turnOf(index), one, size));
      const wanted = calls === 1 ? [] : [`${before} + ${int(size)} <= ${int(calls)}`];
      const { tests, changes } = (waves[wave] ??= { tests: [], changes: [] });
      tests.push(`@k${group} = ${[...room, ...wanted].join(' AND ')}`);
      changes.push(`${after} = ${before} + IF(@k${group}, ${int(size)}, 0)`);
      changes.push(...kept.map((one, index) => admitInRow(...turnOf(index), one, size, `@k${group}`)));
      for (const row of rows) turns[row] = (turns[row] ?? 0) + 1;
      before = after;
      wave += 1;
    }
    for (const row of rows) busyUntil[row] = wave;
    return before;
  });
  const statements = waves.flatMap(({ tests, changes }) => [`SET ${tests.join(', ')}`, `SET ${changes.join(', ')}`]);
  return { statements, admitted, turns };
}

/** All rows by one statement; those under which nothing was admitted stay as they are. */
function writeRows(table: string, plan: PacketPlan, admitted: readonly string[], turns: readonly number[]): string {
  const values = plan.rows.map((kept, row) => {
    const counts = admitted.filter((_, group) => plan.groups[group]?.rows.includes(row) === true);
    const [turn, size] = [turns[row] ?? 0, int(kept.groupSize)];
    const filled = `IF(${counts.join(' + ')} > 0, @c${row}_${turn}, 0)`;
    return `(${bytes(kept.id)}, ${size}, ${filled}, @n${row}, COALESCE(${endOf(kept, row)}, 0), @s${row}_${turn})`;
  });
  const changes = [
    'stamps = IF(VALUES(filled) = 0, stamps, VALUES(stamps))',
    'last_us = IF(VALUES(filled) = 0, last_us, VALUES(last_us))',
    'keep_until_us = IF(VALUES(filled) = 0, keep_until_us, GREATEST(keep_until_us, VALUES(keep_until_us)))',
    'filled = IF(VALUES(filled) = 0, filled, VALUES(filled))',
  ];
  return `INSERT INTO ${table} (${COLUMNS}) VALUES ${values.join(', ')} ON DUPLICATE KEY UPDATE ${changes.join(', ')}`;
}

/** `size` more fit when the admission that is `limit - size + 1` back from the newest no longer counts, or doesn't exist. */
function hasRoom(row: number, turn: number, kept: KeptDemand, size: number): string {
  const [groupSize, filled, back] = [int(kept.groupSize), `@c${row}_${turn}`, int(kept.demand.limit - size + 1)];
  const place =
    groupSize === '1'
      ? back
      : `IF(${back} <= ${filled}, 1, 1 + ((${back} - ${filled} + ${groupSize} - 1) DIV ${groupSize}))`;
  return `@g${row} = ${groupSize} AND SUBSTR(@s${row}_${turn}, -${STAMP_BYTES} * ${place}, ${STAMP_BYTES}) < @floor${row}`;
}

/** `record` of admission.ts, into the variables of the next turn. */
function admitInRow(row: number, turn: number, kept: KeptDemand, size: number, test: string): string {
  const groupSize = int(kept.groupSize);
  const [filled, stamps, next] = [`@c${row}_${turn}`, `@s${row}_${turn}`, turn + 1];
  if (groupSize === '1') {
    const log = `RIGHT(CONCAT(${stamps}, REPEAT(@now${row}, ${int(size)})), ${RING_BYTES})`;
    return `@s${row}_${next} = IF(${test}, ${log}, ${stamps}), @c${row}_${next} = IF(${test}, 1, ${filled})`;
  }
  const open = `(${filled} < ${groupSize} AND RIGHT(${stamps}, ${STAMP_BYTES}) >= @floor${row})`;
  const room = `IF(${open}, ${groupSize} - ${filled}, 0)`;
  const added = `((GREATEST(0, ${int(size)} - ${room}) + ${groupSize} - 1) DIV ${groupSize})`;
  const closed = `IF(${open}, LEFT(${stamps}, LENGTH(${stamps}) - ${STAMP_BYTES}), ${stamps})`;
  const written = `RIGHT(CONCAT(${closed}, REPEAT(@now${row}, ${added} + ${open})), ${RING_BYTES})`;
  const newFilled = `IF(${added} = 0, ${filled} + ${int(size)}, ${int(size)} - ${room} - (${added} - 1) * ${groupSize})`;
  return `@s${row}_${next} = IF(${test}, ${written}, ${stamps}), @c${row}_${next} = IF(${test}, ${newFilled}, ${filled})`;
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
      const [clock, now, lost, groupSize, filled, stamps] = values.slice(at, at + FIELDS_OF_ROW);
      return {
        clock: number(clock),
        now: number(now),
        framed: number(lost) === 0,
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
