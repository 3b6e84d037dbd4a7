import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Knex } from 'knex';
import { pageOf, WITHIN } from '../../../bench/audit/ask.js';
import { drawsFrom } from '../../../dev/draws.js';
import { fillLog } from '../../../bench/audit/fill.js';
import { QUESTIONS } from '../../../bench/audit/questions.js';
import type { AuditReader } from '../../../src/audit/audit-log.js';
import { mysqlAuditReader } from '../../../src/audit/audit-reader.mysql.js';
import { connect } from '../../../src/db/connect.js';
import { migrate } from '../../../src/db/migrate.js';
import type { AuditEntryId } from '../../../src/kernel/ids.js';
import { Secret } from '../../../src/kernel/secret.js';
import { createDatabase, type TestDatabase } from '../../support/stack.js';

const PREFIX = 'wp_';
const ENTRIES = 40_000;
/** A page is 50 entries and one more; those of three kinds are asked for kind by kind, put together and read again. */
const MOST_ROWS = 51 * 3 * 2 + 51;

/** The answer of SHOW STATUS itself, which the server reads from a table. */
const STATUS_ROWS = 10;

/** What the server says of a statement, of what it does for its rows. */
interface Plan {
  readonly select_type: string;
  readonly type: string | null;
  readonly key: string | null;
  readonly Extra: string | null;
}

/** What was read already is put together; bounds that leave no number in between are seen without a look. */
const readsNothing = ({ select_type: kind, Extra }: Plan): boolean =>
  kind === 'UNION RESULT' || /^Impossible WHERE/.test(Extra ?? '');

interface Sent {
  readonly sql: string;
  readonly bindings: readonly Knex.Value[];
}

/**
 * A log of five million entries answers as fast as this one, since the server reads no more of it: the statements that the reader
 * really sends are explained, and the rows that the server read for them are counted.
 */
describe('questions to the log', () => {
  let database: TestDatabase;
  let db: Knex;
  let reader: AuditReader;
  let sent: Sent[] = [];
  beforeAll(async () => {
    database = await createDatabase();
    // One connection, since the server counts rows for each.
    db = connect({ url: new Secret(database.url), tablePrefix: PREFIX, poolSize: 1 });
    const filling = connect({ url: new Secret(database.url), tablePrefix: PREFIX, poolSize: 4 });
    await migrate(filling, PREFIX);
    await fillLog(filling, PREFIX, ENTRIES);
    await filling.destroy();
    db.on('query', (query: Sent) => sent.push(query));
    reader = mysqlAuditReader(db, PREFIX);
  }, 120_000);
  afterAll(async () => {
    await db.destroy();
    await database.drop();
  });

  const rowsRead = async (): Promise<number> => {
    const [counts] = (await db.raw("SHOW SESSION STATUS LIKE 'Handler\\_read\\_%'")) as [{ Value: string }[]];
    return counts.reduce((sum, { Value }) => sum + Number(Value), 0);
  };
  const explained = async ({ sql, bindings }: Sent): Promise<readonly Plan[]> =>
    ((await db.raw(`EXPLAIN ${sql}`, bindings)) as [Plan[]])[0];

  const cases = QUESTIONS.flatMap((question) => [
    { question, name: question.name, before: {} },
    { question, name: `${question.name}, from a cursor`, before: { before: Math.floor(ENTRIES / 3) as AuditEntryId } },
  ]);

  it.each(cases)('$name', async ({ question: { index, filter, text }, before }) => {
    const draw = drawsFrom(3);
    for (let time = 0; time < 5; time += 1) {
      const asked = filter(draw, ENTRIES);
      sent = [];
      const already = await rowsRead();
      await pageOf(reader, asked, { text, ...before });
      const read = (await rowsRead()) - already - STATUS_ROWS;
      const statements = sent.filter(({ sql }) => sql.includes('audit_log') && !sql.includes('group by'));
      // A search looks through so many for the edge of its page, and once more for the text.
      expect(read).toBeLessThanOrEqual(text === undefined ? MOST_ROWS : 2 * (WITHIN + MOST_ROWS));
      for (const statement of statements) {
        const plans = (await explained(statement)).filter((plan) => !readsNothing(plan));
        for (const { type, key, Extra } of plans) {
          expect([statement.sql, key]).toEqual([statement.sql, statement.sql.includes('INTERVAL') ? 'ts' : index]);
          expect(type).not.toBe('ALL');
          expect(Extra ?? '').not.toMatch(/filesort|temporary/);
        }
      }
    }
  });
});
