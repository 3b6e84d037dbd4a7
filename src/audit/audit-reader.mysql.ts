import type { Knex } from 'knex';
import type { AuditEntryId } from '../kernel/ids.js';
import type { AuditReader } from './audit-log.js';
import { AUDIT_COLUMNS, auditFromRow, type AuditRow } from './audit-row.js';
import { PUBLIC_MEMBERS, type StoredEntry } from './evidence.js';
import { EMPTY_CHAIN } from './hash-chain.js';
import { escaped } from './audit-places.js';
import { ALL, headRow, makeNumbersWithin, rowsInOrder } from './rows-in-order.mysql.js';

/** The instant as text, whatever the driver would make of it. */
const columns = (knex: Knex): (string | Knex.Raw)[] =>
  AUDIT_COLUMNS.map((column) => (column === 'ts' ? knex.raw('CAST(ts AS CHAR) AS ts') : column));

/** How the server writes a column into the public part. What it can't write makes the whole of it NULL. */
const WRITTEN: Readonly<Record<(typeof PUBLIC_MEMBERS)[number][2], (column: string) => string>> = {
  text: (column) => `IF(${column} IS NULL, 'null', JSON_QUOTE(${column}))`,
  number: (column) => `IF(${column} IS NULL, 'null', ${column})`,
  instant: (column) => `CONCAT('"', CAST(${column} AS CHAR), 'Z"')`,
};
const PUBLIC_JSON = PUBLIC_MEMBERS.map(([member, column, written], index) => {
  const name = `'${index === 0 ? '{' : ','}"${member}":'`;
  return `${name}, ${WRITTEN[written](`\`${column}\``)}`;
}).join(', ');
const storedEntry = (knex: Knex): (keyof StoredEntry | Knex.Raw)[] => [
  ...(['id', 'hash', 'salt', 'ip', 'arguments', 'detail', 'findings'] as const),
  knex.raw(`CONCAT(${PUBLIC_JSON}, '}') AS public_json`),
];

const SEARCHED = [
  'arguments',
  'findings',
  'detail',
  'ip',
  'tool',
  'code',
] as const satisfies readonly (keyof AuditRow)[];

/** That a text stands in one of the searched columns; as JSON writes it, since three of them are JSON. */
function holding(text: string): (query: Knex.QueryBuilder) => void {
  const pattern = `%${escaped(JSON.stringify(text).slice(1, -1))}%`;
  return (query) => {
    for (const column of SEARCHED) {
      void query.orWhereRaw('CONVERT(?? USING utf8mb4) COLLATE utf8mb4_unicode_ci LIKE ?', [column, pattern]);
    }
  };
}

export function mysqlAuditReader(knex: Knex, tablePrefix: string): AuditReader {
  const numbersWithin = makeNumbersWithin(knex, tablePrefix);
  const { newest, oldest } = rowsInOrder(knex, tablePrefix);
  const what = columns(knex);
  const stored = storedEntry(knex);
  return {
    async list(filter, { before = ALL.below, limit }) {
      const numbers = await numbersWithin(filter, { ...ALL, below: before });
      return (await newest<AuditRow>({ filter, numbers, what, limit })).map(auditFromRow);
    },
    async search(filter, { text, before = ALL.below, limit, within }) {
      const numbers = await numbersWithin(filter, { ...ALL, below: before });
      // The oldest that this page looks at; beyond it the next one begins. So a page costs the same however long the log is.
      const atEdge = { filter, numbers, what: ['id'], limit: 1, offset: within };
      const [edge] = await newest<Pick<AuditRow, 'id'>>(atEdge);
      const looked = { ...numbers, above: edge?.id ?? numbers.above };
      const asked = { filter, numbers: looked, what, holds: holding(text), limit: limit + 1 };
      const entries = (await newest<AuditRow>(asked)).map(auditFromRow);
      const page = entries.slice(0, limit);
      const last = page.at(-1);
      if (entries.length > limit && last !== undefined) return { entries: page, next: last.id };
      return { entries: page, next: edge === undefined ? null : ((edge.id + 1) as AuditEntryId) };
    },
    async get(id: AuditEntryId) {
      const [row] = await knex<AuditRow>(`${tablePrefix}ai_agent_audit_log`).select<AuditRow[]>(what).where({ id });
      return row === undefined ? undefined : auditFromRow(row);
    },
    async evidence(after, limit, filter = {}) {
      const numbers = await numbersWithin(filter, { ...ALL, above: after });
      return oldest<StoredEntry>({ filter, numbers, what: stored, limit });
    },
    async head() {
      const row = await headRow(knex, tablePrefix);
      return row === undefined ? EMPTY_CHAIN : { height: row.height, hash: row.hash };
    },
  };
}
