import { randomBytes } from 'node:crypto';
import { connect } from '../../../../src/db/connect.js';
import {
  makeKeyDerivationPool,
  makeVerdictCache,
  makeVerifyApplicationPassword,
  type ApplicationPasswordVerdict,
} from '../../../../src/identity/application-passwords/index.js';
import type { WordPressTables } from '../../../../src/identity/wordpress-users/index.js';
import { mysqlWordPressUsers } from '../../../../src/identity/wordpress-users/wordpress-users.mysql.js';
import { systemClock } from '../../../../src/kernel/clock.js';
import { Secret } from '../../../../src/kernel/secret.js';
import type { TestSite } from '../../../support/stack.js';

/** WordPress's table names for the first site of a test installation. */
export function tablesOf(site: TestSite, multisite = false): WordPressTables {
  const prefix = site.database.tablePrefix;
  return {
    users: `${prefix}users`,
    usermeta: `${prefix}usermeta`,
    options: `${prefix}options`,
    sitemeta: multisite ? `${prefix}sitemeta` : null,
    basePrefix: prefix,
    blogPrefix: prefix,
    multisite,
    blogId: 1,
  };
}

export interface BothSides {
  /** What core's own introspection route says: the uuid of the password that it accepted, or undefined. */
  readonly core: (header: string) => Promise<string | undefined>;
  readonly ours: (header: string) => Promise<ApplicationPasswordVerdict>;
  /** Users to whom a filter of PHP's denies application passwords, as the bridge would tell. */
  readonly denied: Set<number>;
  close(): Promise<void>;
}

/** The same Authorization header, put to WordPress and to our verifier over the same database. */
export function bothSides(site: TestSite, multisite = false): BothSides {
  const denied = new Set<number>();
  const db = connect({
    url: new Secret(site.database.url),
    tablePrefix: site.database.tablePrefix,
    poolSize: 2,
  });
  const derivation = makeKeyDerivationPool({ workers: 1, queueLimit: 32 });
  const verify = makeVerifyApplicationPassword({
    users: mysqlWordPressUsers(db, tablesOf(site, multisite)),
    availability: { forUser: (id) => Promise.resolve(!denied.has(id)) },
    derivation,
    cache: makeVerdictCache(randomBytes),
    clock: systemClock,
  });
  return {
    core: (header) => introspect(site, header),
    ours: verify,
    denied,
    close: async () => {
      await Promise.all([derivation.close(), db.destroy()]);
    },
  };
}

async function introspect(site: TestSite, header: string): Promise<string | undefined> {
  const url = `${site.url}/index.php?rest_route=/wp/v2/users/me/application-passwords/introspect`;
  const reply = await fetch(url, { headers: { authorization: header } });
  const text = await reply.text();
  // 6.1 prints a warning of PHP's before its answer to a header without a colon.
  const body = JSON.parse(text.slice(text.indexOf('{"'))) as { readonly uuid?: unknown };
  return reply.status === 200 && typeof body.uuid === 'string' ? body.uuid : undefined;
}

export const basic = (username: string, password: string): string =>
  `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
