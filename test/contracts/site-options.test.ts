import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Knex } from 'knex';
import { connect } from '../../src/db/connect.js';
import { mysqlCoreOptions } from '../../src/settings/core-options.mysql.js';
import { mysqlSiteOptions } from '../../src/settings/site-options.mysql.js';
import { makeSiteTimeZone } from '../../src/settings/site-time-zone.js';
import { Secret } from '../../src/kernel/secret.js';
import { createSite, type TestSite } from '../support/stack.js';
import { siteOptionsContract } from './site-options.contract.js';

const TABLE = 'wp_options';
let site: TestSite;
let db: Knex;

beforeAll(async () => {
  site = await createSite();
  db = connect({ url: new Secret(site.database.url), tablePrefix: 'wp_', poolSize: 2 });
}, 120_000);

afterAll(async () => {
  await db.destroy();
  await site.stop();
});

siteOptionsContract('WordPress', async () => {
  await db(TABLE).where('option_name', 'like', 'ai\\_agent\\_%').delete();
  return mysqlSiteOptions(db, TABLE);
});

describe("options in WordPress's own table", () => {
  it('are read by WordPress as they were written, and loaded at no page', async () => {
    const value = '{"a":"Grüße 🔑 \\\\ \'"}';
    await mysqlSiteOptions(db, TABLE).write('ai_agent_test', value);
    const seen = await site.php(
      "return array( get_option( 'ai_agent_test' ), array_key_exists( 'ai_agent_test', wp_load_alloptions() ) );",
    );
    expect(seen).toEqual([value, false]);
    expect(await db(TABLE).where({ option_name: 'ai_agent_test' }).select('autoload')).toEqual([{ autoload: 'off' }]);
  });

  it('give the time zone that wp_timezone_string() gives', async () => {
    const read = makeSiteTimeZone(mysqlCoreOptions(db, TABLE));
    const offsets = ['-12', '-9.5', '-3.5', '-0.5', '0', '0.5', '1', '5.5', '5.75', '8.75', '12.75', '13.75', '14'];
    const theirs = await site.php(
      `update_option( 'timezone_string', '' );
       return array_map( function ( $offset ) { update_option( 'gmt_offset', $offset ); return wp_timezone_string(); }, $args );`,
      offsets,
    );
    const ours: string[] = [];
    for (const offset of offsets) {
      await db(TABLE).where({ option_name: 'gmt_offset' }).update({ option_value: offset });
      ours.push(await read());
    }
    expect(ours).toEqual(theirs);
    await db(TABLE).where({ option_name: 'timezone_string' }).update({ option_value: 'Europe/Berlin' });
    expect(await read()).toBe('Europe/Berlin');
  });
});
