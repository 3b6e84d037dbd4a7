import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Knex } from 'knex';
import { mysqlAuditLog, mysqlAuditReader } from '../../../src/audit/audit-log.mysql.js';
import { AUDIT_COLUMNS } from '../../../src/audit/audit-row.js';
import { verifyChain } from '../../../src/audit/verify-chain.js';
import { connect } from '../../../src/db/connect.js';
import { migrate } from '../../../src/db/migrate.js';
import { Secret } from '../../../src/kernel/secret.js';
import { fullEntry, someEntries } from '../../support/audit-entries.js';
import { createDatabase, type TestDatabase } from '../../support/stack.js';
import { drawTampering, randomFrom } from './tamperings.js';

const PREFIX = 'wp_';
const LOG = `${PREFIX}ai_agent_audit_log`;
const HEAD = `${PREFIX}ai_agent_audit_head`;
const ENTRIES = 12;
const TAMPERINGS = 2_000;
const SEED = 20_261_122;

let database: TestDatabase;
let db: Knex;

/** Log and head as bytes: what is the same here was not tampered with. */
async function snapshot(knex: Knex): Promise<string> {
  const columns = AUDIT_COLUMNS.map((column) => knex.raw('HEX(??) AS ??', [column, column]));
  const exactTime = knex.raw('CAST(ts AS CHAR) AS exact_time');
  return JSON.stringify([
    await knex(LOG)
      .select(...columns, exactTime)
      .orderBy('id'),
    await knex(HEAD).orderBy('id'),
  ]);
}

beforeAll(async () => {
  database = await createDatabase();
  db = connect({ url: new Secret(database.url), tablePrefix: PREFIX, poolSize: 3 });
  await migrate(db, PREFIX);
  const log = (trx: Knex) => mysqlAuditLog(trx, PREFIX, (count) => randomBytes(count));
  await db.transaction((trx) => log(trx).append([...someEntries(ENTRIES - 1), fullEntry()]));
}, 90_000);

afterAll(async () => {
  await db.destroy();
  await database.drop();
});

describe('tampering with the audit log', () => {
  const verify = (knex: Knex) => verifyChain(mysqlAuditReader(knex, PREFIX), () => undefined);

  it('a log that nobody touched verifies', async () => {
    expect(await verify(db)).toEqual({ ok: true, entries: ENTRIES });
  });

  it(`${TAMPERINGS} random tamperings are found, every one`, async () => {
    const random = randomFrom(SEED);
    const before = await snapshot(db);
    const found = new Map<string, number>();
    const missed: string[] = [];
    let without = 0;
    while ([...found.values()].reduce((sum, count) => sum + count, 0) + missed.length < TAMPERINGS) {
      const tampering = drawTampering(random, ENTRIES);
      const trx = await db.transaction();
      try {
        for (const [sql, values] of tampering.statements) await trx.raw(sql, [...values]);
        if (!(await verify(trx)).ok) found.set(tampering.kind, (found.get(tampering.kind) ?? 0) + 1);
        else if ((await snapshot(trx)) === before) without += 1;
        else missed.push(JSON.stringify(tampering));
      } finally {
        await trx.rollback();
      }
    }
    const counts = [...found].map(([kind, count]) => `${kind} ${count}`).join(', ');
    console.info(
      `tamperings: ${TAMPERINGS} made, ${TAMPERINGS - missed.length} found (${counts}); ${without} draws changed nothing`,
    );
    expect(missed).toEqual([]);
    expect([...found.keys()].sort()).toEqual(['delete', 'edit', 'head', 'insert', 'swap', 'truncate']);
    expect(await snapshot(db)).toBe(before);
  }, 300_000);
});
