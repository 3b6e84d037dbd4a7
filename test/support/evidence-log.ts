import { randomBytes } from 'node:crypto';
import type { Knex } from 'knex';
import { OPERATOR, type NewAuditEntry } from '../../src/audit/audit-entry.js';
import { mysqlAuditLog } from '../../src/audit/audit-log.mysql.js';
import { mysqlAuditReader } from '../../src/audit/audit-reader.mysql.js';
import { mysqlCheckpointStore } from '../../src/audit/checkpoint-store.mysql.js';
import { makeErase } from '../../src/audit/erase.js';
import { makeExportLog, type ExportRange } from '../../src/audit/export-log.js';
import { makeHandOutCheckpoint } from '../../src/audit/hand-out.js';
import { makeMakeCheckpoint, makeScheduledCheckpoint } from '../../src/audit/make-checkpoint.js';
import { makePrune } from '../../src/audit/prune.js';
import { mysqlRemovalStore } from '../../src/audit/removals.mysql.js';
import { verifyChain } from '../../src/audit/verify-chain.js';
import { connect } from '../../src/db/connect.js';
import { makeInTransaction } from '../../src/db/in-transaction.js';
import { migrate } from '../../src/db/migrate.js';
import { Secret } from '../../src/kernel/secret.js';
import { makeNeedLogKeys, makeReadLogKeys } from '../../src/secrets/audit-keys.js';
import { makeRotateSecret } from '../../src/secrets/rotate-secret.js';
import { makeSealedBox } from '../../src/secrets/sealed-box.js';
import { makeSealedOptions } from '../../src/secrets/sealed-options.js';
import { mysqlSiteOptions } from '../../src/settings/site-options.mysql.js';
import { createDatabase } from './stack.js';

const PREFIX = 'wp_';
export const LOG = `${PREFIX}ai_agent_audit_log`;
export const HEAD = `${PREFIX}ai_agent_audit_head`;
export const CHECKPOINTS = `${PREFIX}ai_agent_audit_checkpoints`;
const OPTIONS = `${PREFIX}options`;

const random = (count: number): Uint8Array => randomBytes(count);

/** The log's use cases over one connection or transaction, as compose wires them. */
export function evidenceOver(knex: Knex, kek: Uint8Array, clock: { now: () => Date }) {
  const box = makeSealedBox([new Secret(kek)], random);
  const reader = mysqlAuditReader(knex, PREFIX);
  const checkpoints = mysqlCheckpointStore(knex, PREFIX);
  const inTransaction = makeInTransaction(knex, (trx) => ({
    audit: mysqlAuditLog(trx, PREFIX, random),
    options: mysqlSiteOptions(trx, OPTIONS),
  }));
  const readKeys = makeReadLogKeys(makeSealedOptions(mysqlSiteOptions(knex, OPTIONS), box));
  const keyDeps = { inTransaction, box, clock, random };
  const publicUrl = new URL('https://agents.example.org/x/');
  const needKeys = makeNeedLogKeys({ ...keyDeps, readKeys, publicUrl });
  const makeCheckpoint = makeMakeCheckpoint({ reader, checkpoints, needKeys, clock });
  const exportLog = makeExportLog({ reader, checkpoints });
  const removing = { inTransaction, reader, removals: mysqlRemovalStore(knex, PREFIX), needKeys, clock };
  return {
    erase: makeErase({ ...removing, others: [] }),
    prune: makePrune({ ...removing, checkpoints }),
    reader,
    removals: removing.removals,
    checkpoints,
    inTransaction,
    readKeys,
    needKeys,
    makeCheckpoint,
    scheduled: makeScheduledCheckpoint({ checkpoints, clock }, makeCheckpoint),
    handOut: makeHandOutCheckpoint({ makeCheckpoint, checkpoints, clock }),
    rotateKey: () => makeRotateSecret(keyDeps)({ name: 'audit_key', force: false, actor: OPERATOR }),
    append: (entries: readonly NewAuditEntry[]) => inTransaction(({ audit }) => audit.append(entries)),
    verify: () => verifyChain(reader, () => undefined, { checkpoints, readKeys }),
    async exported(range: ExportRange = { filter: {} }): Promise<string> {
      let text = '';
      for await (const lines of exportLog(range)) text += lines;
      return text;
    },
  };
}

export type EvidenceLog = ReturnType<typeof evidenceOver>;

/** A log of its own in a database of its own. */
export async function evidenceLog(clock: { now: () => Date } = { now: () => new Date() }) {
  const database = await createDatabase();
  const db = connect({ url: new Secret(database.url), tablePrefix: PREFIX, poolSize: 4 });
  await migrate(db, PREFIX);
  await db.raw(
    'CREATE TABLE ?? (option_id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY, option_name VARCHAR(191) NOT NULL ' +
      "UNIQUE, option_value LONGTEXT NOT NULL, autoload VARCHAR(20) NOT NULL DEFAULT 'yes')",
    [OPTIONS],
  );
  const kek = randomBytes(32);
  return {
    ...evidenceOver(db, kek, clock),
    db,
    over: (knex: Knex) => evidenceOver(knex, kek, clock),
    empty: async () => {
      for (const table of [LOG, HEAD, CHECKPOINTS, OPTIONS]) await db(table).delete();
    },
    stop: async () => {
      await db.destroy();
      await database.drop();
    },
  };
}
