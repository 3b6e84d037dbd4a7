import type { Knex } from 'knex';

/**
 * One table: the column list of its CREATE TABLE. Immutable once released; a change is another migration.
 * `IF NOT EXISTS`, because DDL commits by itself: a migration that was cut off between its statement and its record runs again.
 */
export interface Migration {
  readonly name: string;
  /** The table's name without the site's prefix. */
  readonly table: string;
  readonly create: string;
}

function tablePrefixOf(knex: Knex): string {
  const params: unknown = knex.userParams;
  const prefix =
    typeof params === 'object' && params !== null && 'tablePrefix' in params ? params.tablePrefix : undefined;
  if (typeof prefix !== 'string') throw new Error("migrations need userParams.tablePrefix, the site's table prefix");
  return prefix;
}

/** What knex runs: `up` makes the table, `down` drops it (development only). No transaction, since MySQL's DDL has none. */
export function asKnexMigration(migration: Migration): Knex.Migration & { config: { transaction: boolean } } {
  return {
    config: { transaction: false },
    async up(knex) {
      const table = `${tablePrefixOf(knex)}${migration.table}`;
      await knex.raw(
        `CREATE TABLE IF NOT EXISTS ?? (${migration.create}) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin`,
        [table],
      );
    },
    async down(knex) {
      await knex.raw('DROP TABLE IF EXISTS ??', [`${tablePrefixOf(knex)}${migration.table}`]);
    },
  };
}
