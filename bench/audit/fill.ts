import { randomBytes } from 'node:crypto';
import type { Knex } from 'knex';
import { auditLogAt } from '../../src/audit/audit-log.mysql.js';
import { EMPTY_CHAIN } from '../../src/audit/hash-chain.js';
import { movingHead, STARTING_HEAD, type Position } from '../../src/audit/head-row.js';
import { drawsFrom } from '../../dev/draws.js';
import { entriesFrom } from './entries.js';

const BATCH = 500;
/** While the server writes a batch, the next one is hashed. */
const LANES = 3;

/**
 * Fills an empty log with that many entries, in committed batches. Rows of several batches are written at once, and the head
 * moves over them in the order of the chain, so it never stands on an entry whose batch isn't there.
 */
export async function fillLog(
  db: Knex,
  tablePrefix: string,
  count: number,
  onProgress: (entries: number) => void = () => undefined,
): Promise<void> {
  const draw = drawsFrom(7);
  let head = EMPTY_CHAIN;
  const headTable = `${tablePrefix}ai_agent_audit_head`;
  await db.raw(`INSERT INTO ?? ${STARTING_HEAD.sql}`, [headTable, ...STARTING_HEAD.bindings]);
  // Connections that are made while a batch is hashed may wait too long for their turn.
  await Promise.all(Array.from({ length: LANES }, () => db.raw('SELECT SLEEP(0.1)')));
  const random = (bytes: number): Uint8Array => randomBytes(bytes);
  const moveHead = async (trx: Knex, { head, span }: Position): Promise<void> => {
    if (span === undefined) return;
    const { sql, bindings } = movingHead({ head, span });
    await trx.raw(`UPDATE ?? ${sql}`, [headTable, ...bindings]);
  };
  let written = 0;
  let before: Promise<void> = Promise.resolve();
  const writeNext = async (): Promise<void> => {
    const trx = await db.transaction();
    const size = Math.min(BATCH, count - written);
    if (size <= 0) {
      await trx.rollback();
      return;
    }
    const entries = entriesFrom(written, size, draw);
    written += size;
    const earlier = before;
    const position: Position = { head };
    const appended = auditLogAt(trx, tablePrefix, random, position).append(entries);
    head = position.head;
    before = Promise.all([earlier, appended]).then(async () => {
      await moveHead(trx, position);
      await trx.commit();
      onProgress(position.head.height);
    });
    await before;
  };
  const lane = async (): Promise<void> => {
    while (written < count) await writeNext();
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  await db.raw('ANALYZE TABLE ??', [`${tablePrefix}ai_agent_audit_log`]);
}
