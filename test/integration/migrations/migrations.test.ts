import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Knex } from 'knex';
import { migrations } from '../../../migrations/index.js';
import { connect } from '../../../src/db/connect.js';
import { migrate, pendingMigrations, unmigrate } from '../../../src/db/migrate.js';
import { Secret } from '../../../src/kernel/secret.js';
import { createSite, type TestSite } from '../../support/stack.js';

const NAMES = migrations.map(({ name }) => name);
/** Some migrations add to a table that is there. */
const TABLES = [...new Set(migrations.map(({ table }) => table))];
const PREFIX = 'wp_';

let site: TestSite;
let db: Knex;

const pool = (prefix = PREFIX): Knex =>
  connect({ url: new Secret(site.database.url), tablePrefix: prefix, poolSize: 4 });
const tables = async (pattern: string): Promise<readonly string[]> => {
  const [rows] = (await db.raw('SHOW TABLES')) as [Record<string, string>[]];
  return rows
    .flatMap((row) => Object.values(row))
    .filter((name) => new RegExp(pattern).test(name))
    .sort();
};
const ours = (prefix = PREFIX): Promise<readonly string[]> => tables(`^${prefix}ai_agent_`);

/** Schema and rows of each table, as text. */
async function fingerprint(names: readonly string[]): Promise<readonly string[]> {
  const prints: string[] = [];
  for (const name of names) {
    const [[made]] = (await db.raw('SHOW CREATE TABLE ??', [name])) as [Record<string, string>[]];
    const [[sum]] = (await db.raw('CHECKSUM TABLE ?? EXTENDED', [name])) as [Record<string, unknown>[]];
    prints.push(`${made?.['Create Table']} ${String(sum?.['Checksum'])}`);
  }
  return prints;
}

beforeAll(async () => {
  site = await createSite();
  db = pool();
}, 90_000);

afterAll(async () => {
  await db.destroy();
  await site.stop();
});

describe('migrations on a database that holds a WordPress', () => {
  it('make every table, in order, and touch none of WordPress', async () => {
    const wordpress = await tables('^wp_(?!ai_agent_)');
    expect(wordpress).toContain('wp_options');
    const before = await fingerprint(wordpress);
    expect(await pendingMigrations(db, PREFIX)).toEqual(NAMES);
    expect(await migrate(db, PREFIX)).toEqual(NAMES);
    expect(await pendingMigrations(db, PREFIX)).toEqual([]);
    const bookkeeping = ['wp_ai_agent_migrations', 'wp_ai_agent_migrations_lock'];
    expect(await ours()).toEqual([...TABLES.map((table) => PREFIX + table), ...bookkeeping].sort());
    expect(await tables('^wp_(?!ai_agent_)')).toEqual(wordpress);
    expect(await fingerprint(wordpress)).toEqual(before);
    expect(await tables('^(?!wp_)')).toEqual([]);
  });

  it('change nothing when they run again', async () => {
    const before = await fingerprint(await ours());
    expect(await migrate(db, PREFIX)).toEqual([]);
    expect(await fingerprint(await ours())).toEqual(before);
  });

  it('use InnoDB and compare text byte by byte, with instants to the microsecond', async () => {
    const [rows] = (await db.raw(
      'SELECT table_name AS name, engine, table_collation AS collation FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name IN (?)',
      [TABLES.map((table) => PREFIX + table)],
    )) as [{ name: string; engine: string; collation: string }[]];
    expect(rows).toHaveLength(TABLES.length);
    for (const { name, engine, collation } of rows) {
      expect({ name, engine, collation }).toEqual({ name, engine: 'InnoDB', collation: 'utf8mb4_bin' });
    }
    const [times] = (await db.raw(
      "SELECT column_type AS type FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name LIKE 'wp\\_ai\\_agent\\_%' AND table_name NOT LIKE '%migrations%' AND data_type IN ('datetime', 'timestamp', 'date')",
    )) as [{ type: string }[]];
    expect(times.length).toBeGreaterThan(5);
    expect(new Set(times.map(({ type }) => type))).toEqual(new Set(['datetime(6)']));
  });

  it('go down to nothing, and up again', async () => {
    const wordpress = await tables('^wp_(?!ai_agent_)');
    const before = await fingerprint(wordpress);
    await unmigrate(db, PREFIX);
    expect(await ours()).toEqual([]);
    expect(await fingerprint(wordpress)).toEqual(before);
    expect(await migrate(db, PREFIX)).toEqual(NAMES);
  });

  it('take the prefix of the site, and leave the other site in the same database alone', async () => {
    const before = await fingerprint(await ours());
    const other = pool('blog7_');
    try {
      expect(await migrate(other, 'blog7_')).toEqual(NAMES);
      expect(await ours('blog7_')).toHaveLength(TABLES.length + 2);
      await unmigrate(other, 'blog7_');
    } finally {
      await other.destroy();
    }
    expect(await ours('blog7_')).toEqual([]);
    expect(await fingerprint(await ours())).toEqual(before);
  });

  it('take turns when several replicas start at once', async () => {
    await unmigrate(db, PREFIX);
    const pools = [pool(), pool(), pool()];
    try {
      const ran = await Promise.all(pools.map((each) => migrate(each, PREFIX)));
      expect(ran.flat().sort()).toEqual([...NAMES]);
    } finally {
      await Promise.all(pools.map((each) => each.destroy()));
    }
    expect(await ours()).toHaveLength(TABLES.length + 2);
  });

  it('go on where a migrator was killed: table made, nothing recorded, the lock still set', async () => {
    await unmigrate(db, PREFIX);
    await migrate(db, PREFIX);
    const whole = await ours();
    const [, ...rest] = [...TABLES].reverse();
    await db('wp_ai_agent_migrations')
      .whereIn('name', [...NAMES].slice(1))
      .delete();
    for (const table of rest.slice(0, -2)) await db.raw('DROP TABLE ??', [PREFIX + table]);
    await db('wp_ai_agent_migrations_lock').update({ is_locked: 1 });
    expect(await migrate(db, PREFIX)).toEqual(NAMES.slice(1));
    expect(await ours()).toEqual(whole);
    expect(await pendingMigrations(db, PREFIX)).toEqual([]);
    expect(await db('wp_ai_agent_migrations_lock').select('is_locked')).toEqual([{ is_locked: 0 }]);
  });

  it('free their lock when one fails, so that the next run can go on', async () => {
    await unmigrate(db, PREFIX);
    await db.raw('CREATE VIEW wp_ai_agent_policies AS SELECT 1 AS id');
    await db.raw('CREATE VIEW wp_ai_agent_migrations AS SELECT 1 AS id');
    await expect(migrate(db, PREFIX)).rejects.toThrow();
    await db.raw('DROP VIEW wp_ai_agent_migrations, wp_ai_agent_policies');
    expect(await migrate(db, PREFIX)).toEqual(NAMES);
  });
});

describe('the log of audit entries', () => {
  const TABLE = 'wp_ai_agent_audit_log';
  beforeAll(async () => {
    const hex = "REPEAT('0', 64)";
    await db.raw(
      `INSERT INTO ${TABLE} (id, ts, kind, call_id, user_id, agent_id, tool, entity_type, entity_id, policy_version, verdict, private_digest, prev_hash, hash)
       SELECT seq, '2026-01-01' + INTERVAL seq MINUTE, ELT(1 + seq % 4, 'call.intent', 'call.decision', 'call.outcome', 'policy.saved'),
         CONCAT('call_', seq DIV 3), seq % 97, CONCAT('agt_', seq % 89), CONCAT('tool.', seq % 53), 'post', seq % 983, seq % 71,
         ELT(1 + (seq % 50 = 0) + (seq % 25 = 0), 'allow', 'ask', 'deny'), ${hex}, ${hex}, ${hex} FROM seq_1_to_6000`,
    );
    await db.raw('ANALYZE TABLE ??', [TABLE]);
  });

  it.each([
    ['time', "ts >= '2026-01-02' AND ts < '2026-01-02 06:00:00'", 'ts'],
    ['kind', "kind = 'policy.saved' AND id < 4000", 'kind'],
    ['call', "call_id = 'call_700'", 'call_id'],
    ['user', 'user_id = 7', 'user_id'],
    ['agent', "agent_id = 'agt_7'", 'agent_id'],
    ['tool', "tool = 'tool.7'", 'tool'],
    ['entity', "entity_type = 'post' AND entity_id = 7", 'entity'],
    ['verdict', "verdict = 'deny'", 'verdict'],
    ['policy version', 'policy_version = 7', 'policy_version'],
  ])('has an index for questions by %s', async (_name, where, index) => {
    const question = `SELECT * FROM ${TABLE} WHERE ${where} ORDER BY id DESC LIMIT 51`;
    const [[plan]] = (await db.raw(`EXPLAIN ${question}`)) as [{ key: string | null; rows: number }[]];
    expect(plan).toMatchObject({ key: index });
    expect(Number(plan?.rows)).toBeLessThan(3_000);
  });

  it('is walked by its number', async () => {
    const [[plan]] = (await db.raw(`EXPLAIN SELECT * FROM ${TABLE} WHERE id > 5000 ORDER BY id LIMIT 1000`)) as [
      { key: string | null; type: string }[],
    ];
    expect(plan).toMatchObject({ key: 'PRIMARY', type: 'range' });
  });
});
