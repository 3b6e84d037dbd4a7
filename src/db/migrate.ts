import type { Knex } from 'knex';
import { migrationSource, migrations, migrationsTable } from '../../migrations/index.js';

const LOCK_SECONDS = 60;
/** Of the server, so it names database and prefix; hashed, since MySQL takes 64 characters at most. */
const LOCK_NAME = "CONCAT('chaperone_migrate_', SHA1(CONCAT(DATABASE(), '.', ?)))";

/**
 * Runs what is missing and returns the names that ran. Replicas that start together take turns by a named lock, which
 * dies with its connection; knex's own lock row would outlive a killed process, so it is freed once the named lock is held.
 */
export async function migrate(knex: Knex, tablePrefix: string): Promise<readonly string[]> {
  const config = { migrationSource, tableName: migrationsTable(tablePrefix) };
  return knex.transaction(async (trx) => {
    const [rows] = (await trx.raw(`SELECT GET_LOCK(${LOCK_NAME}, ?) AS held`, [tablePrefix, LOCK_SECONDS])) as [
      { held: number | null }[],
    ];
    if (rows[0]?.held !== 1) throw new Error(`another migration has been running for ${LOCK_SECONDS} seconds`);
    try {
      if ((await pendingMigrations(trx, tablePrefix)).length === 0) return [];
      await knex.migrate.forceFreeMigrationsLock(config);
      const [, ran] = (await knex.migrate.latest(config)) as [number, string[]];
      return ran;
    } finally {
      await trx.raw(`SELECT RELEASE_LOCK(${LOCK_NAME})`, [tablePrefix]);
    }
  });
}

/** Takes everything back, newest first. For development and tests: it drops the audit log with the rest. */
export async function unmigrate(knex: Knex, tablePrefix: string): Promise<void> {
  const config = { migrationSource, tableName: migrationsTable(tablePrefix) };
  await knex.migrate.rollback(config, true);
  await knex.schema.dropTableIfExists(config.tableName);
  await knex.schema.dropTableIfExists(`${config.tableName}_lock`);
}

/** The names of the migrations that haven't run yet. */
export async function pendingMigrations(knex: Knex, tablePrefix: string): Promise<readonly string[]> {
  const table = migrationsTable(tablePrefix);
  if (!(await knex.schema.hasTable(table))) return migrations.map(({ name }) => name);
  const done = new Set((await knex(table).select<{ name: string }[]>('name')).map(({ name }) => name));
  return migrations.map(({ name }) => name).filter((name) => !done.has(name));
}
