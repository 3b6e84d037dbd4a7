import type { Knex } from 'knex';
import { mysqlCoreOptions } from './core-options.mysql.js';
import { UNCHANGED, type OptionName, type SiteOptions } from './site-options.js';

function owned(name: OptionName): OptionName {
  if (!/^ai_agent_[a-z0-9_]+$/.test(name)) throw new Error(`the option ${name} isn't one of ours`);
  return name;
}

/**
 * `autoload` is `off`: WordPress 6.6 and later know it, and earlier ones load `yes` alone, so it isn't loaded anywhere
 * (wp_autoload_values_to_autoload).
 */
export function mysqlSiteOptions(knex: Knex, optionsTable: string): SiteOptions {
  return {
    async read(name: OptionName) {
      return mysqlCoreOptions(knex, optionsTable).read(owned(name));
    },
    async readIfOther(name: OptionName, sha256: string) {
      const [row] = await knex<{ option_name: string }>(optionsTable)
        .select<{ value: string | null }[]>(
          knex.raw('IF(SHA2(option_value, 256) = ?, NULL, option_value) AS value', [sha256]),
        )
        .where({ option_name: owned(name) });
      return row?.value === null ? UNCHANGED : row?.value;
    },
    async lockOrCreate(name: OptionName, initial: string) {
      // With ON DUPLICATE KEY the lock is exclusive from the start; INSERT IGNORE takes a shared one, and two of them a deadlock.
      await knex.raw(
        "INSERT INTO ?? (option_name, option_value, autoload) VALUES (?, ?, 'off') " +
          'ON DUPLICATE KEY UPDATE option_name = option_name',
        [optionsTable, owned(name), initial],
      );
      return (await this.lock(name)) ?? initial;
    },
    async lock(name: OptionName) {
      const row = await knex<{ option_name: string; option_value: string }>(optionsTable)
        .select('option_value')
        .where({ option_name: owned(name) })
        .forUpdate()
        .first();
      return row?.option_value;
    },
    async write(name: OptionName, value: string) {
      await knex.raw(
        "INSERT INTO ?? (option_name, option_value, autoload) VALUES (?, ?, 'off') " +
          'ON DUPLICATE KEY UPDATE option_value = VALUES(option_value), autoload = VALUES(autoload)',
        [optionsTable, owned(name), value],
      );
    },
  };
}
