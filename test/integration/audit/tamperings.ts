import { auditFromRow, auditToRow, type AuditRow } from '../../../src/audit/audit-row.js';
import { appendToChain, EMPTY_CHAIN, headAfter, type ChainHead } from '../../../src/audit/hash-chain.js';

/** Something that somebody with every right on the database could do to the log, its head and its checkpoints. */
export interface Tampering {
  readonly kind: 'edit' | 'delete' | 'swap' | 'insert' | 'truncate' | 'head' | 'checkpoint' | 'rewrite';
  readonly statements: readonly (readonly [sql: string, values: readonly (string | number | null)[]])[];
}

type Random = (below: number) => number;
type Values = readonly (string | number | null)[];

const LOG = 'wp_ai_agent_audit_log';
const HEAD = 'wp_ai_agent_audit_head';
const CHECKPOINTS = 'wp_ai_agent_audit_checkpoints';

/** What there is to tamper with: the entries as they stand, and the sizes of the checkpoints. */
export interface Target {
  readonly rows: readonly AuditRow[];
  readonly sizes: readonly number[];
}

/** A linear congruential generator (Numerical Recipes): the same tamperings at every run. */
export function randomFrom(seed: number): Random {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const HEX = '0123456789abcdef';
const pick = <T>(random: Random, from: readonly [T, ...T[]]): T => from[random(from.length)] ?? from[0];

/** SQL expressions for the new value of a text column; `?` takes the value beside it. */
type Change = readonly [expression: string, values: Values];
const TEXT_CHANGES: readonly [Change, ...Change[]] = [
  ['NULL', []],
  ["''", []],
  ["' '", []],
  ["'null'", []],
  ["'0'", []],
  ['UPPER(#)', []],
  ['LOWER(#)', []],
  ['REVERSE(#)', []],
  ["CONCAT(#, ' ')", []],
  ["CONCAT(#, '\\0')", []],
  ["CONCAT(' ', #)", []],
  ['LEFT(#, CHAR_LENGTH(#) - 1)', []],
  ["COALESCE(#, 'x')", []],
  ['?', ['call.intent']],
  ['?', ['deny']],
];
const JSON_CHANGES: readonly [Change, ...Change[]] = [
  ["REPLACE(#, ':', ': ')", []],
  ["REPLACE(#, 'true', '1')", []],
  ["REPLACE(#, '0.5', '0.50')", []],
  ["REPLACE(#, 'r', '\\\\u0072')", []],
  ['?', ['{}']],
  ['?', ['[]']],
  ['?', ['"\\ud800"']],
  ['?', ['[1e999]']],
  ['?', ['{"a":1,"a":2}']],
  ['?', ['['.repeat(20_000) + ']'.repeat(20_000)]],
];
const NUMBER_CHANGES: readonly [Change, ...Change[]] = [
  ['NULL', []],
  ['0', []],
  ['# + 1', []],
  ['# + 1000000', []],
  ['GREATEST(#, 1) - 1', []],
  ['COALESCE(#, 5)', []],
  ['4294967295', []],
];
const BIG_CHANGES: readonly [Change, ...Change[]] = [
  ...NUMBER_CHANGES,
  ['18446744073709551615', []],
  ['9007199254740993', []],
];
const TIME_CHANGES: readonly [Change, ...Change[]] = [
  ['# + INTERVAL 1 MICROSECOND', []],
  ['# - INTERVAL 1 MICROSECOND', []],
  ['# + INTERVAL 1 SECOND', []],
  ['# + INTERVAL 1000 MICROSECOND', []],
  ['# - INTERVAL 1 DAY', []],
  ["'0000-00-00 00:00:00'", []],
  ["'1000-01-01 00:00:00'", []],
  ["'9999-12-31 23:59:59.999999'", []],
];

const NOT_NULL = new Set(['ts', 'kind', 'private_digest', 'prev_hash', 'hash']);
const COLUMNS: readonly [
  readonly [string, readonly [Change, ...Change[]]],
  ...(readonly [string, readonly [Change, ...Change[]]])[],
] = [
  ['ts', TIME_CHANGES],
  ...['kind', 'call_id', 'agent_id', 'credential', 'ip', 'tool', 'entity_type', 'verdict', 'code', 'outcome'].map(
    (name) => [name, TEXT_CHANGES] as const,
  ),
  ...['user_id', 'entity_id'].map((name) => [name, BIG_CHANGES] as const),
  ['policy_version', NUMBER_CHANGES],
  ...['findings', 'arguments', 'detail'].map((name) => [name, [...TEXT_CHANGES, ...JSON_CHANGES] as const] as const),
  ...['before_digest', 'after_digest', 'salt', 'private_digest', 'prev_hash', 'hash'].map(
    (name) => [name, TEXT_CHANGES] as const,
  ),
];

const idOf = (random: Random, entries: number): number => 1 + random(entries);
const hexOf = (random: Random, length: number): string => Array.from({ length }, () => HEX.charAt(random(16))).join('');

/** `IGNORE` cuts what is too long, as somebody without strict mode could. */
function edit(random: Random, entries: number): Tampering['statements'] {
  const [column, changes] = pick(random, COLUMNS);
  const id = idOf(random, entries);
  const choice = random(4);
  if (choice === 0) {
    const source = `SELECT * FROM (SELECT ${column} FROM ${LOG} WHERE id = ?) other`;
    return [[`UPDATE IGNORE ${LOG} SET ${column} = (${source}) WHERE id = ?`, [idOf(random, entries), id]]];
  }
  const [expression, values] = pick(random, changes);
  const value = expression.replaceAll('#', column);
  const safe = NOT_NULL.has(column) ? `COALESCE(${value}, ${column})` : value;
  return [[`UPDATE IGNORE ${LOG} SET ${column} = ${safe} WHERE id = ?`, [...values, id]]];
}

function swap(random: Random, entries: number): Tampering['statements'] {
  const [one, other] = [idOf(random, entries), idOf(random, entries)];
  if (one === other) return [];
  const move = `UPDATE ${LOG} SET id = ? WHERE id = ?`;
  return [
    [move, [1_000_000, one]],
    [move, [one, other]],
    [move, [other, 1_000_000]],
  ];
}

/** A copy of an entry at a new place: before the first, behind the last, or where one was pushed aside. */
function insert(random: Random, entries: number): Tampering['statements'] {
  const place = pick(random, [0, entries + 1, entries + 2, idOf(random, entries)]);
  const columns = COLUMNS.map(([name]) => name).join(', ');
  const copy = `INSERT INTO ${LOG} (id, ${columns}) SELECT ?, ${columns} FROM ${LOG} WHERE id = ?`;
  const aside: Tampering['statements'] =
    place >= 1 && place <= entries ? [[`UPDATE ${LOG} SET id = id + 1 WHERE id >= ? ORDER BY id DESC`, [place]]] : [];
  const source = place > 1 && place <= entries ? place - 1 : entries;
  return [...aside, [copy, [place, source]]];
}

function head(random: Random, entries: number): Tampering['statements'] {
  const lower = idOf(random, entries - 1);
  return pick<Tampering['statements']>(random, [
    [[`DELETE FROM ${HEAD}`, []]],
    [[`UPDATE ${HEAD} SET id = 2`, []]],
    [[`UPDATE ${HEAD} SET hash = ?`, [hexOf(random, 64)]]],
    [[`UPDATE ${HEAD} SET height = ?`, [random(entries)]]],
    [[`UPDATE ${HEAD} SET height = ?`, [entries + 1 + random(5)]]],
    [[`UPDATE ${HEAD} SET height = 18446744073709551615`, []]],
    [[`UPDATE ${HEAD} SET height = ?, hash = (SELECT hash FROM ${LOG} WHERE id = ?)`, [lower, lower]]],
  ]);
}

const CHECKPOINT_CHANGES: readonly [string, ...string[]] = [
  'size = size + 1',
  'size = size - 1',
  'after_size = after_size + 1',
  'hash = REVERSE(hash)',
  'hash = UPPER(hash)',
  'frontier = REVERSE(frontier)',
  "frontier = CONCAT(frontier, '\\0')",
  'frontier = SUBSTRING(frontier, 2)',
  "note = REPLACE(note, 'A', 'B')",
  'note = LOWER(note)',
  "note = CONCAT(note, '\n')",
  'note = (SELECT * FROM (SELECT MIN(note) FROM wp_ai_agent_audit_checkpoints) other)',
  'first_ts = first_ts - INTERVAL 1 SECOND',
  'first_ts = last_ts',
  'last_ts = last_ts + INTERVAL 1 SECOND',
];

/** A checkpoint edited, or one before the newest removed. (That the newest is gone says nothing about the log.) */
function checkpoint(random: Random, _entries: number, { sizes }: Target): Tampering['statements'] {
  const size = sizes[random(sizes.length)] ?? 0;
  if (random(4) === 0) return size === sizes.at(-1) ? [] : [[`DELETE FROM ${CHECKPOINTS} WHERE size = ?`, [size]]];
  return [[`UPDATE IGNORE ${CHECKPOINTS} SET ${pick(random, CHECKPOINT_CHANGES)} WHERE size = ?`, [size]]];
}

/**
 * The chain written anew from an entry on that the newest checkpoint covers, hashes, head and all, as somebody could who knows how
 * it is made; with or without the checkpoints that tell of it.
 */
function rewrite(random: Random, _entries: number, { rows, sizes }: Target): Tampering['statements'] {
  const from = random(sizes.at(-1) ?? 0);
  const before = rows[from - 1];
  let head: ChainHead = before === undefined ? EMPTY_CHAIN : { height: before.id, hash: before.hash };
  const without = random(2) === 0;
  const renewed = rows.slice(without ? from + 1 : from).map((row, index) => {
    const entry = auditFromRow(row);
    const changed = index === 0 && !without ? { ...entry, tool: 'posts.nothing' } : entry;
    const next = appendToChain(head, changed, row.salt ?? hexOf(random, 32));
    head = headAfter(next);
    return auditToRow(next);
  });
  const gone: Tampering['statements'] = random(2) === 0 ? [] : [[`DELETE FROM ${CHECKPOINTS} WHERE size > ?`, [from]]];
  return [
    [`DELETE FROM ${LOG} WHERE id > ?`, [from]],
    ...renewed.map(
      (row) =>
        [
          `INSERT INTO ${LOG} (${Object.keys(row).join(', ')}) VALUES (${Object.keys(row)
            .map(() => '?')
            .join(', ')})`,
          Object.values(row),
        ] as const,
    ),
    [`UPDATE ${HEAD} SET height = ?, hash = ?`, [head.height, head.hash]],
    ...gone,
  ];
}

const MAKERS: readonly [
  Tampering['kind'],
  (random: Random, entries: number, target: Target) => Tampering['statements'],
][] = [
  ['edit', edit],
  ['delete', (random, entries) => [[`DELETE FROM ${LOG} WHERE id = ?`, [idOf(random, entries)]]]],
  ['swap', swap],
  ['insert', insert],
  ['truncate', (random, entries) => [[`DELETE FROM ${LOG} WHERE id > ?`, [random(entries)]]]],
  ['head', head],
  ['checkpoint', checkpoint],
  ['rewrite', rewrite],
];

/** Half of them are edits; the rest is shared by the others. */
export function drawTampering(random: Random, target: Target): Tampering {
  const [kind, make] = (random(2) === 0 ? MAKERS[0] : MAKERS[1 + random(MAKERS.length - 1)]) ?? ['edit', edit];
  return { kind, statements: make(random, target.rows.length, target) };
}
