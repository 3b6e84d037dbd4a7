import type { Knex } from 'knex';
import { migrationSource, migrationsTable } from './migrations/index.js';

/** For the knex command line (`npx knex --knexfile dist/knexfile.js migrate:status`); `chaperone migrate` is the ordinary way. */
const tablePrefix = process.env['CHAPERONE_TABLE_PREFIX'] ?? 'wp_';

const config: Knex.Config & { readonly userParams: { readonly tablePrefix: string } } = {
  client: 'mysql2',
  connection: process.env['CHAPERONE_DATABASE_URL'] ?? '',
  userParams: { tablePrefix },
  migrations: { migrationSource, tableName: migrationsTable(tablePrefix) },
};

export default config;
