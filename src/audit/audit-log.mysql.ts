import type { Knex } from 'knex';
import type { AuditEntryId, RandomBytes } from '../kernel/ids.js';
import type { AuditEntry, NewAuditEntry } from './audit-entry.js';
import type { AuditFilter, AuditLog, AuditReader } from './audit-log.js';
import { AUDIT_COLUMNS, auditFromRow, auditToRow, type AuditRow } from './audit-row.js';
import { evidenceFromRow } from './evidence.js';
import { appendToChain, EMPTY_CHAIN, headAfter, type ChainHead } from './hash-chain.js';

const SALT_BYTES = 16;
const HEAD = 1;

/**
 * Appends within the transaction `trx`. The head's row is locked until it ends, so that one chain stands however many
 * replicas write: the next writer waits, then links to what this one committed.
 */
export function mysqlAuditLog(trx: Knex, tablePrefix: string, random: RandomBytes): AuditLog {
  const headTable = `${tablePrefix}ai_agent_audit_head`;
  const lockHead = async (): Promise<ChainHead> => {
    const row = await trx<{ id: number; height: number; hash: string }>(headTable)
      .where({ id: HEAD })
      .forUpdate()
      .first();
    if (row !== undefined) {
      if (!Number.isSafeInteger(row.height)) throw new Error("the head of the audit log isn't one that it ever had");
      return { height: row.height, hash: row.hash };
    }
    await trx.raw('INSERT IGNORE INTO ?? (id, height, hash) VALUES (?, ?, ?)', [
      headTable,
      HEAD,
      EMPTY_CHAIN.height,
      EMPTY_CHAIN.hash,
    ]);
    return lockHead();
  };
  return {
    async append(entries: readonly NewAuditEntry[]): Promise<readonly AuditEntry[]> {
      if (entries.length === 0) return [];
      const position = { head: await lockHead() };
      const chained = await auditLogAt(trx, tablePrefix, random, position).append(entries);
      await trx(headTable)
        .where({ id: HEAD })
        .update({ ...position.head });
      return chained;
    },
  };
}

/** Appends behind `position`, which moves on. Whoever holds the head's lock writes the head in the end. */
export function auditLogAt(
  db: Knex,
  tablePrefix: string,
  random: RandomBytes,
  position: { head: ChainHead },
): AuditLog {
  return {
    async append(entries: readonly NewAuditEntry[]): Promise<readonly AuditEntry[]> {
      if (entries.length === 0) return [];
      const chained = entries.map((entry) => {
        const next = appendToChain(position.head, entry, Buffer.from(random(SALT_BYTES)).toString('hex'));
        position.head = headAfter(next);
        return next;
      });
      await db<AuditRow>(`${tablePrefix}ai_agent_audit_log`).insert(chained.map(auditToRow));
      return chained;
    },
  };
}

/** Column and value of each condition that is a plain comparison. */
function equalities(filter: AuditFilter): Partial<AuditRow> {
  const wanted: { [K in keyof AuditRow]?: AuditRow[K] | undefined } = {
    user_id: filter.userId,
    agent_id: filter.agentId,
    call_id: filter.callId,
    tool: filter.tool,
    entity_type: filter.entityType,
    entity_id: filter.entityId,
    verdict: filter.verdict,
    code: filter.code,
    policy_version: filter.policyVersion,
  };
  return Object.fromEntries(Object.entries(wanted).filter(([, value]) => value !== undefined));
}

/** The instant as text, whatever the driver would make of it. */
const columns = (knex: Knex): (string | Knex.Raw)[] =>
  AUDIT_COLUMNS.map((column) => (column === 'ts' ? knex.raw('CAST(ts AS CHAR) AS ts') : column));

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
  const escaped = JSON.stringify(text)
    .slice(1, -1)
    .replace(/[\\%_]/g, '\\$&');
  return (query) => {
    for (const column of SEARCHED) {
      void query.orWhereRaw('CONVERT(?? USING utf8mb4) COLLATE utf8mb4_unicode_ci LIKE ?', [column, `%${escaped}%`]);
    }
  };
}

export function mysqlAuditReader(knex: Knex, tablePrefix: string): AuditReader {
  const log = `${tablePrefix}ai_agent_audit_log`;
  const rows = (): Knex.QueryBuilder<AuditRow, AuditRow[]> => knex<AuditRow>(log).select<AuditRow[]>(columns(knex));
  const matching = (filter: AuditFilter): ReturnType<typeof rows> => {
    const query = rows().where(equalities(filter));
    if (filter.from !== undefined) void query.where('ts', '>=', filter.from);
    if (filter.to !== undefined) void query.where('ts', '<', filter.to);
    if (filter.kind !== undefined) {
      if (filter.kind.includes('.')) void query.where('kind', filter.kind);
      else void query.where('kind', 'like', `${filter.kind.replace(/[\\%_]/g, '\\$&')}.%`);
    }
    return query;
  };
  return {
    async list(filter, { before, limit }) {
      const query = matching(filter).orderBy('id', 'desc').limit(limit);
      if (before !== undefined) void query.where('id', '<', before);
      return (await query).map(auditFromRow);
    },
    async search(filter, { text, before, limit, within }) {
      const looked = matching(filter).orderBy('id', 'desc');
      if (before !== undefined) void looked.where('id', '<', before);
      // The oldest that this page looks at; beyond it the next one begins. So a page costs the same however long the log is.
      const [edge] = await looked.clone().clearSelect().select('id').offset(within).limit(1);
      const found = looked.clone().limit(limit + 1);
      if (edge !== undefined) void found.where('id', '>', edge.id);
      const entries = (await found.where(holding(text))).map(auditFromRow);
      const page = entries.slice(0, limit);
      const last = page.at(-1);
      if (entries.length > limit && last !== undefined) return { entries: page, next: last.id };
      return { entries: page, next: edge === undefined ? null : ((edge.id + 1) as AuditEntryId) };
    },
    async get(id: AuditEntryId) {
      const [row] = await rows().where({ id });
      return row === undefined ? undefined : auditFromRow(row);
    },
    async evidence(after, limit, filter = {}) {
      return (await matching(filter).where('id', '>', after).orderBy('id').limit(limit)).map(evidenceFromRow);
    },
    async head() {
      const row = await knex<{ id: number; height: number; hash: string }>(`${tablePrefix}ai_agent_audit_head`)
        .where({ id: HEAD })
        .first();
      return row === undefined ? EMPTY_CHAIN : { height: row.height, hash: row.hash };
    },
  };
}
