import type { Knex } from 'knex';
import type { CoreOptions } from './core-options.js';

export function mysqlCoreOptions(knex: Knex, optionsTable: string): CoreOptions {
  return {
    async read(name) {
      const row = await knex<{ option_name: string; option_value: string }>(optionsTable)
        .select('option_value')
        .where({ option_name: name })
        .first();
      return row?.option_value;
    },
  };
}
