import type { Knex } from 'knex';
import type { Config } from './config.js';
import { makeFreshReading, type FreshReading } from './kernel/fresh-reading.js';
import type { PolicyVersion } from './kernel/ids.js';
import { mysqlPolicyStore } from './policy-versions/policy-store.mysql.js';
import { mysqlCoreOptions } from './settings/core-options.mysql.js';
import { mysqlSiteOptions } from './settings/site-options.mysql.js';

/** What a call needs to know of the site, as it is stored. */
export interface SiteState {
  readonly killSwitch: string | undefined;
  readonly activePolicy: PolicyVersion | undefined;
  readonly timezoneString: string | undefined;
  readonly gmtOffset: string | undefined;
  /** Sealed. */
  readonly keyToWordPress: string | undefined;
}

/** All of it in one round trip over `reads`, which sends together what is asked together. */
export function makeSiteState(reads: Knex, { tablePrefix }: Config): FreshReading<SiteState> {
  const ours = mysqlSiteOptions(reads, `${tablePrefix}options`);
  const core = mysqlCoreOptions(reads, `${tablePrefix}options`);
  const policies = mysqlPolicyStore(reads, tablePrefix);
  const read = async (): Promise<SiteState> => {
    const [killSwitch, activePolicy, timezoneString, gmtOffset, keyToWordPress] = await Promise.all([
      ours.read('ai_agent_kill_switch'),
      policies.active(),
      core.read('timezone_string'),
      core.read('gmt_offset'),
      ours.read('ai_agent_key_to_wordpress'),
    ]);
    return { killSwitch, activePolicy, timezoneString, gmtOffset, keyToWordPress };
  };
  return makeFreshReading(read, () => performance.now());
}
