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
  const reports = plan.rows.map((_, row) => `@t${row}, @n${row}, @floor${row} IS NULL, @g${row}, @c${row}, @s${row}`);
  return [
    'START TRANSACTION',
    `INSERT INTO ${table} (${COLUMNS}) VALUES ${empty.join(',')} ON DUPLICATE KEY UPDATE id = VALUES(id)`,
    ...readRows(table, plan, clock),
    `SET ${plan.rows.map((kept, row) => `@floor${row} = ${stamp(floorOf(kept, row))}, @now${row} = ${stamp(`@n${row}`)}`).join(', ')}`,
    ...findRoom(plan),
    ...admitGroups(plan),
    writeRows(table, plan),
    `SELECT ${[...plan.groups.map((_, group) => `@a${group}`), ...reports].join(', ')}`,
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
    const names = rows.map(({ row }) => `@t${row}, @n${row}, @g${row}, @c${row}, @s${row}`);
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

/** How many calls of the packet may be counted in a row. */
const callsOn = (plan: PacketPlan, row: number): number =>
  plan.groups.filter(({ rows }) => rows.includes(row)).reduce((sum, { calls }) => sum + calls, 0);

/** Whether the stamp that is `back` places from the end exists and counts. */
const counts = (row: number, back: string): string =>
  `SUBSTR(@s${row}, -${STAMP_BYTES} * (${back}), ${STAMP_BYTES}) >= @floor${row}`;

/** Room for how many calls a row has, into `@v`: its newest stamps that count are found by halving, twice at each step. */
function findRoom(plan: PacketPlan): readonly string[] {
  const rows = plan.rows.flatMap((kept, row) => (callsOn(plan, row) > 1 ? [{ kept, row }] : []));
  if (rows.length === 0) return [];
  const step = (row: number, from: string, width: number): string =>
    [3, 2, 1].reduceRight(
      (rest, times) => `IF(${counts(row, `${from} + ${times * width}`)}, ${times * width}, ${rest})`,
      '0',
    );
  const last = ({ kept, row }: (typeof rows)[number]): string => {
    const [groupSize, limit] = [int(kept.groupSize), int(kept.demand.limit)];
    const counted = `GREATEST(0, @c${row} + (@q${row} + ${step(row, `@q${row}`, 1)} - 1) * ${groupSize})`;
    return `@v${row} = IF(@g${row} = ${groupSize} AND @floor${row} IS NOT NULL, ${limit} - ${counted}, 0)`;
  };
  return [
    `SET ${rows.map(({ row }) => `@p${row} = ${step(row, '0', 16)}`).join(', ')}`,
    `SET ${rows.map(({ row }) => `@q${row} = @p${row} + ${step(row, `@p${row}`, 4)}`).join(', ')}`,
    `SET ${rows.map(last).join(', ')}`,
  ];
}

/** Whether a row that one call alone demands has room for it: the stamp of the admission that is `limit` back no longer counts. */
function hasRoom({ demand, groupSize }: KeptDemand, row: number): string {
  const [size, limit] = [int(groupSize), int(demand.limit)];
  const place =
    size === '1' ? limit : `IF(${limit} <= @c${row}, 1, 1 + ((${limit} - @c${row} + ${size} - 1) DIV ${size}))`;
  return `(@g${row} = ${size} AND SUBSTR(@s${row}, -${STAMP_BYTES} * ${place}, ${STAMP_BYTES}) < @floor${row})`;
}

/** How many calls of each group are admitted, into `@a`: as many as the fullest of its rows has room for after the groups before. */
function admitGroups(plan: PacketPlan): readonly string[] {
  const waves: string[][] = [];
  const waveOf: number[] = [];
  plan.groups.forEach(({ rows, calls }, group) => {
    const earlier = (row: number): readonly number[] =>
      waveOf.flatMap((_, other) => (plan.groups[other]?.rows.includes(row) === true ? [other] : []));
    const rooms = rows.map((row) => {
      const kept = plan.rows[row];
      if (kept !== undefined && callsOn(plan, row) === 1) return hasRoom(kept, row);
      return [`@v${row}`, ...earlier(row).map((other) => `@a${other}`)].join(' - ');
    });
    const wave = Math.max(0, ...rows.flatMap(earlier).map((other) => (waveOf[other] ?? 0) + 1));
    waveOf.push(wave);
    (waves[wave] ??= []).push(`@a${group} = GREATEST(0, COALESCE(LEAST(${[int(calls), ...rooms].join(', ')}), 0))`);
  });
  return waves.map((wave) => `SET ${wave.join(', ')}`);
}

/** `record` of admission.ts, for all rows by one statement; those under which nothing was admitted stay as they are. */
function writeRows(table: string, plan: PacketPlan): string {
  const values = plan.rows.map((kept, row) => {
    const admitted = plan.groups.flatMap(({ rows }, group) => (rows.includes(row) ? [`@a${group}`] : [])).join(' + ');
    const { filled, stamps } = recorded(row, int(kept.groupSize), `(${admitted})`);
    const end = `COALESCE(${endOf(kept, row)}, 0)`;
    return `(${bytes(kept.id)}, ${int(kept.groupSize)}, IF(${admitted} > 0, ${filled}, 0), @n${row}, ${end}, ${stamps})`;
  });
  const unless = (column: string, value: string): string => `${column} = IF(VALUES(filled) = 0, ${column}, ${value})`;
  const changes = [
    unless('stamps', 'VALUES(stamps)'),
    unless('last_us', 'VALUES(last_us)'),
    unless('keep_until_us', 'GREATEST(keep_until_us, VALUES(keep_until_us))'),
    unless('filled', 'VALUES(filled)'),
  ];
  return `INSERT INTO ${table} (${COLUMNS}) VALUES ${values.join(', ')} ON DUPLICATE KEY UPDATE ${changes.join(', ')}`;
}

/** A row after so many admissions. */
function recorded(row: number, groupSize: string, admitted: string): { filled: string; stamps: string } {
  const ring = (text: string): string => `COALESCE(RIGHT(${text}, ${RING_BYTES}), '')`;
  if (groupSize === '1') return { filled: '1', stamps: ring(`CONCAT(@s${row}, REPEAT(@now${row}, ${admitted}))`) };
  const open = `(@c${row} < ${groupSize} AND RIGHT(@s${row}, ${STAMP_BYTES}) >= @floor${row})`;
  const room = `IF(${open}, ${groupSize} - @c${row}, 0)`;
  const added = `((GREATEST(0, ${admitted} - ${room}) + ${groupSize} - 1) DIV ${groupSize})`;
  const closed = `IF(${open}, LEFT(@s${row}, LENGTH(@s${row}) - ${STAMP_BYTES}), @s${row})`;
  return {
    filled: `IF(${added} = 0, @c${row} + ${admitted}, ${admitted} - ${room} - (${added} - 1) * ${groupSize})`,
    stamps: ring(`CONCAT(${closed}, REPEAT(@now${row}, ${added} + ${open}))`),
  };
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
