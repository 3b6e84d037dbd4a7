import type { Knex } from 'knex';
import type { RandomBytes } from '../kernel/ids.js';
import type { AuditEntry, NewAuditEntry } from './audit-entry.js';
import type { AuditLog } from './audit-log.js';
import { auditToRow, type AuditRow } from './audit-row.js';
import { appendToChain, headAfter, type ChainHead } from './hash-chain.js';
import { extended, HEAD, movingHead, STARTING_HEAD, type Position } from './head-row.js';

const SALT_BYTES = 16;

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
    await trx.raw(`INSERT IGNORE INTO ?? ${STARTING_HEAD.sql}`, [headTable, ...STARTING_HEAD.bindings]);
    return lockHead();
  };
  return {
    async append(entries: readonly NewAuditEntry[]): Promise<readonly AuditEntry[]> {
      if (entries.length === 0) return [];
      const position: Position = { head: await lockHead() };
      const chained = await auditLogAt(trx, tablePrefix, random, position).append(entries);
      const { head, span } = position;
      if (span === undefined) throw new Error('entries were appended without an instant');
      const { sql, bindings } = movingHead({ head, span });
      await trx.raw(`UPDATE ?? ${sql}`, [headTable, ...bindings]);
      return chained;
    },
  };
}

/** Appends behind `position`, which moves on. Whoever holds the head's lock writes the head in the end. */
export function auditLogAt(db: Knex, tablePrefix: string, random: RandomBytes, position: Position): AuditLog {
  return {
    async append(entries: readonly NewAuditEntry[]): Promise<readonly AuditEntry[]> {
      if (entries.length === 0) return [];
      const chained = entries.map((entry) => {
        const next = appendToChain(position.head, entry, Buffer.from(random(SALT_BYTES)).toString('hex'));
        position.head = headAfter(next);
        position.span = extended(position.span, entry.at);
        return next;
      });
      await db<AuditRow>(`${tablePrefix}ai_agent_audit_log`).insert(chained.map(auditToRow));
      return chained;
    },
  };
}
