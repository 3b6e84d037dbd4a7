/** Something that somebody with rights on the database could do to the log and its head, short of rewriting the whole chain. */
export interface Tampering {
  readonly kind: 'edit' | 'delete' | 'swap' | 'insert' | 'truncate' | 'head';
  readonly statements: readonly (readonly [sql: string, values: readonly (string | number | null)[]])[];
}

type Random = (below: number) => number;
type Values = readonly (string | number | null)[];

const LOG = 'wp_ai_agent_audit_log';
const HEAD = 'wp_ai_agent_audit_head';

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

const MAKERS: readonly [Tampering['kind'], (random: Random, entries: number) => Tampering['statements']][] = [
  ['edit', edit],
  ['delete', (random, entries) => [[`DELETE FROM ${LOG} WHERE id = ?`, [idOf(random, entries)]]]],
  ['swap', swap],
  ['insert', insert],
  ['truncate', (random, entries) => [[`DELETE FROM ${LOG} WHERE id > ?`, [random(entries)]]]],
  ['head', head],
];

/** Half of them are edits; the rest is shared by the others. */
export function drawTampering(random: Random, entries: number): Tampering {
  const [kind, make] = (random(2) === 0 ? MAKERS[0] : MAKERS[1 + random(MAKERS.length - 1)]) ?? ['edit', edit];
  return { kind, statements: make(random, entries) };
}
