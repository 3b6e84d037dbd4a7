import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Knex } from 'knex';
import { OPERATOR } from '../../../src/audit/audit-entry.js';
import { AUDIT_COLUMNS, type AuditRow } from '../../../src/audit/audit-row.js';
import { verifierKey } from '../../../src/audit/signed-note.js';
import { fullEntry, someEntries, userOf } from '../../support/audit-entries.js';
import { CHECKPOINTS, evidenceLog, HEAD, LOG } from '../../support/evidence-log.js';
import { verifyText } from '../../support/offline-verifier.js';
import { drawTampering, randomFrom, type Target } from './tamperings.js';
import { rounds } from '../../support/rounds.js';

const TAMPERINGS = rounds('TAMPERINGS', { usual: 600, published: 10_000 });
const SEED = 20_261_122;

let log: Awaited<ReturnType<typeof evidenceLog>>;
let target: Target;
/** What an auditor keeps: the newest checkpoint, and the public key. */
let kept: string;
let key: string;

/** Log, head and checkpoints as bytes: what is the same here was not tampered with. When one was made and held isn't signed. */
async function snapshot(knex: Knex): Promise<string> {
  const hex = (columns: readonly string[]) => columns.map((column) => knex.raw('HEX(??) AS ??', [column, column]));
  const exactTime = knex.raw('CAST(ts AS CHAR) AS exact_time');
  const covered = ['size', 'after_size', 'hash', 'frontier', 'note', 'first_ts', 'last_ts'];
  return JSON.stringify([
    await knex(LOG)
      .select(...hex(AUDIT_COLUMNS), exactTime)
      .orderBy('id'),
    await knex(HEAD).orderBy('id'),
    await knex(CHECKPOINTS)
      .select(...hex(covered))
      .orderBy('size'),
  ]);
}

beforeAll(async () => {
  log = await evidenceLog();
  await log.append(someEntries(3));
  await log.makeCheckpoint();
  await log.append([fullEntry({ actor: { ...fullEntry().actor, userId: userOf(9) } }), ...someEntries(2)]);
  await log.erase({ userId: userOf(9) }, OPERATOR);
  await log.makeCheckpoint();
  await log.append(someEntries(2));
  kept = (await log.handOut()).note;
  await log.append([fullEntry()]);
  key = ((await log.readKeys())?.keys ?? []).map(verifierKey).join();
  const rows = (await log.db(LOG).select('*', log.db.raw('CAST(ts AS CHAR) AS ts')).orderBy('id')) as AuditRow[];
  target = { rows, sizes: await log.db(CHECKPOINTS).orderBy('size').pluck('size') };
}, 90_000);

afterAll(() => log.stop());

/** By the database alone, or else from its export by whoever kept a checkpoint. */
async function isFound(trx: Knex): Promise<boolean> {
  const there = log.over(trx);
  if (!(await there.verify()).ok) return true;
  return !(await verifyText(await there.exported(), { keys: [key], kept: [kept] })).ok;
}

describe('tampering with the audit log', () => {
  it('a log that nobody touched verifies', async () => {
    expect(await log.verify()).toEqual({ ok: true, entries: 11 });
    expect(await isFound(log.db)).toBe(false);
  });

  it(
    `${TAMPERINGS} random tamperings are found, every one`,
    async () => {
      const random = randomFrom(SEED);
      const before = await snapshot(log.db);
      const found = new Map<string, number>();
      const missed: string[] = [];
      let without = 0;
      while ([...found.values()].reduce((sum, count) => sum + count, 0) + missed.length < TAMPERINGS) {
        const tampering = drawTampering(random, target);
        const trx = await log.db.transaction();
        try {
          for (const [sql, values] of tampering.statements) await trx.raw(sql, [...values]);
          if (await isFound(trx)) found.set(tampering.kind, (found.get(tampering.kind) ?? 0) + 1);
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
      expect([...found.keys()].sort()).toEqual([
        'checkpoint',
        'delete',
        'edit',
        'head',
        'insert',
        'rewrite',
        'swap',
        'truncate',
      ]);
      expect(await snapshot(log.db)).toBe(before);
    },
    Math.max(300_000, TAMPERINGS * 200),
  );
});
