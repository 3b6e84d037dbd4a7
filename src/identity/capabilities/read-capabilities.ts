import type { WpUserId } from '../../kernel/ids.js';
import { isPhpArray, readStored, type PhpValue } from '../php-serialized/index.js';
import type { WordPressTables, WordPressUser, WordPressUsers } from '../wordpress-users/index.js';
import { capabilitiesOf, NO_CAPABILITIES, type Capabilities } from './capabilities.js';

/** Reads a user's capabilities from the tables as they are now; an unknown user has none. */
export type ReadCapabilities = (userId: WpUserId) => Promise<Capabilities>;

export interface ReadCapabilitiesDeps {
  readonly users: WordPressUsers;
  readonly tables: Pick<WordPressTables, 'blogPrefix' | 'multisite'>;
  readonly isAgentBound: (userId: WpUserId) => Promise<boolean>;
}

/**
 * Read at each decision, never cached: a role that was taken away is gone with the next call. What can't be read grants
 * nothing. Errors are the database's.
 */
export function makeReadCapabilities({ users, tables, isAgentBound }: ReadCapabilitiesDeps): ReadCapabilities {
  return async (userId) => {
    const [user, caps, roles, siteAdmins, bound] = await Promise.all([
      users.findById(userId),
      users.userMeta(userId, `${tables.blogPrefix}capabilities`),
      users.option(`${tables.blogPrefix}user_roles`),
      tables.multisite ? users.networkOption('site_admins', 'current') : undefined,
      isAgentBound(userId),
    ]);
    if (user === undefined) return NO_CAPABILITIES;
    return capabilitiesOf({
      capsMeta: valueOf(caps),
      roles: valueOf(roles),
      multisite: tables.multisite,
      isSuperAdmin: isSuperAdmin(user, valueOf(siteAdmins)),
      isAgentBound: bound,
    });
  };
}

function valueOf(stored: Uint8Array | undefined): PhpValue | undefined {
  const decoded = stored === undefined ? undefined : readStored(stored);
  return decoded?.ok === true ? decoded.value : undefined;
}

/**
 * `is_super_admin()` on a network: the login stands, exactly so, in the list. Core takes a missing list for `admin`; here
 * it is empty. A list in `$GLOBALS['super_admins']` isn't seen.
 */
function isSuperAdmin(user: WordPressUser, siteAdmins: PhpValue | undefined): boolean {
  return isPhpArray(siteAdmins) && [...siteAdmins.values()].includes(user.login);
}
