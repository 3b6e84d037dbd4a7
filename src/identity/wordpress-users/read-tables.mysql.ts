import type { Knex } from 'knex';
import { z } from 'zod';
import type { WordPressTables } from './wordpress-tables.js';

/** What `init` wrote down of the site (docs/bridge.md), or what an ordinary single site looks like. */
const published = z.object({
  multisite: z.boolean(),
  blogId: z.int(),
  basePrefix: z.string(),
  blogPrefix: z.string(),
  tables: z.object({ users: z.string(), usermeta: z.string(), options: z.string(), sitemeta: z.string().nullable() }),
});

/** The names of WordPress's tables, from the option `ai_agent_site`; before the pairing, core's default names. */
export async function readWordPressTables(knex: Knex, tablePrefix: string): Promise<WordPressTables> {
  const options = `${tablePrefix}options`;
  const row = await knex<{ option_name: string; option_value: string }>(options)
    .select('option_value')
    .where({ option_name: 'ai_agent_site' })
    .first();
  if (row === undefined) {
    return {
      users: `${tablePrefix}users`,
      usermeta: `${tablePrefix}usermeta`,
      options,
      sitemeta: null,
      basePrefix: tablePrefix,
      blogPrefix: tablePrefix,
      multisite: false,
      blogId: 1,
    };
  }
  const { tables, ...site } = published.parse(JSON.parse(row.option_value));
  return { ...tables, ...site };
}
