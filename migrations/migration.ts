import type { Knex } from 'knex';

/**
 * One table: the column list of its CREATE TABLE. Immutable once released; a change is another migration.
 * `IF NOT EXISTS`, because DDL commits by itself: a migration that was cut off between its statement and its record runs again.
 */
interface NewTable {
  readonly name: string;
  /** The table's name without the site's prefix. */
  readonly table: string;
  readonly create: string;
}

/** Columns more for a table that is there: their definitions by name. Those that are there already are left alone, for the same reason. */
interface NewColumns {
  readonly name: string;
  readonly table: string;
  readonly columns: Readonly<Record<string, string>>;
}

export type Migration = NewTable | NewColumns;

function tablePrefixOf(knex: Knex): string {
  const params: unknown = knex.userParams;
  const prefix =
    typeof params === 'object' && params !== null && 'tablePrefix' in params ? params.tablePrefix : undefined;
  if (typeof prefix !== 'string') throw new Error("migrations need userParams.tablePrefix, the site's table prefix");
  return prefix;
}

async function addColumns(knex: Knex, table: string, columns: NewColumns['columns']): Promise<void> {
  const missing: string[] = [];
  for (const [name, definition] of Object.entries(columns)) {
    if (!(await knex.schema.hasColumn(table, name))) missing.push(`ADD COLUMN ${name} ${definition}`);
  }
  if (missing.length > 0) await knex.raw(`ALTER TABLE ?? ${missing.join(', ')}`, [table]);
}

/** What knex runs; `down` is for development only. No transaction, since MySQL's DDL has none. */
export function asKnexMigration(migration: Migration): Knex.Migration & { config: { transaction: boolean } } {
  const tableOf = (knex: Knex): string => `${tablePrefixOf(knex)}${migration.table}`;
  return {
    config: { transaction: false },
    async up(knex) {
      if ('columns' in migration) return addColumns(knex, tableOf(knex), migration.columns);
      await knex.raw(
        `CREATE TABLE IF NOT EXISTS ?? (${migration.create}) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin`,
        [tableOf(knex)],
      );
    },
    async down(knex) {
      const dropped = 'columns' in migration ? Object.keys(migration.columns).map((name) => `DROP COLUMN ${name}`) : [];
      if (dropped.length > 0) await knex.raw(`ALTER TABLE ?? ${dropped.join(', ')}`, [tableOf(knex)]);
      else await knex.raw('DROP TABLE IF EXISTS ??', [tableOf(knex)]);
    },
  };
}
