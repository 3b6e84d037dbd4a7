import { isPhpArray, phpTruthy, type PhpArray, type PhpKey, type PhpValue } from '../php-serialized/index.js';
import { requiredCapabilities } from './required-capabilities.js';

/** What a user may do on one site, as far as the shared tables tell. */
export interface Capabilities {
  /** False for capabilities that concern an object (`edit_post`): WordPress is asked about those. */
  has(capability: string): boolean;
  /** Names of the user's roles, in the order of the row, as `WP_User::$roles`. */
  readonly roles: readonly string[];
}

export interface CapabilityFacts {
  /** The user meta `{blog prefix}capabilities`: role or capability => granted. */
  readonly capsMeta: PhpValue | undefined;
  /** The option `{blog prefix}user_roles`: role => {name, capabilities}. */
  readonly roles: PhpValue | undefined;
  readonly multisite: boolean;
  /** The login stands in the network's `site_admins`; false on a single site, where core asks for `delete_users` instead. */
  readonly isSuperAdmin: boolean;
  /** The user is the account of an agent. */
  readonly isAgentBound: boolean;
}

const AGENT_PREFIX = 'ai_agent_';
const AGENT_OWN = 'ai_agent_execute_tool';
/** Whoever bears it is an agent's account, also before it is bound and after its agent was deleted; so the bridge's Agent_Register has it. */
const AGENT_ROLE = 'ai_agent';
export const NO_CAPABILITIES: Capabilities = { has: () => false, roles: [] };

/**
 * `WP_User::has_cap()` with core's own filters and no others: the capabilities of all roles in the row's order, later ones over earlier
 * ones, then the user's own over all (a false one denies), role names being capabilities too; everybody has `exist`,
 * nobody `do_not_allow`; a super admin of a network has the rest. A role in the row counts even with a false value, as
 * in core.
 *
 * An agent's account has, of the `ai_agent_*` capabilities, `ai_agent_execute_tool` alone, whatever its roles and even
 * as super admin: an agent never approves, and never reads or changes what governs it.
 */
export function capabilitiesOf(facts: CapabilityFacts): Capabilities {
  const own: PhpArray = isPhpArray(facts.capsMeta) ? facts.capsMeta : new Map();
  const definitions: PhpArray = isPhpArray(facts.roles) ? facts.roles : new Map();
  const roles = [...own.keys()].filter((key) => isRole(definitions, key));
  const all = new Map<string, boolean>();
  for (const role of roles) grant(all, capabilitiesOfRole(definitions, role));
  grant(all, own);
  grantDerived(all, facts.multisite);
  all.set('exist', true);
  all.delete('do_not_allow');
  const isSuperAdmin = facts.multisite && facts.isSuperAdmin;
  const isAgents = facts.isAgentBound || roles.includes(AGENT_ROLE);
  const withheld = (name: string): boolean => isAgents && name.startsWith(AGENT_PREFIX) && name !== AGENT_OWN;
  return {
    roles: roles.map(String),
    has: (capability) => {
      const required = requiredCapabilities(capability, { multisite: facts.multisite, isSuperAdmin });
      if (withheld(capability) || required.includes('do_not_allow') || required.some(withheld)) return false;
      return isSuperAdmin || required.every((name) => all.get(name) === true);
    },
  };
}

/** `WP_Roles::is_role()`: a role is what has a name. */
function isRole(definitions: PhpArray, key: PhpKey): boolean {
  const definition = definitions.get(key);
  const name = isPhpArray(definition) ? definition.get('name') : undefined;
  return name !== undefined && name !== null;
}

function capabilitiesOfRole(definitions: PhpArray, role: PhpKey): PhpArray {
  const definition = definitions.get(role);
  const capabilities = isPhpArray(definition) ? definition.get('capabilities') : undefined;
  return isPhpArray(capabilities) ? capabilities : new Map();
}

/** PHP's `array_merge()`: text keys are overwritten; numbers are no names of capabilities. */
function grant(all: Map<string, boolean>, granted: PhpArray): void {
  for (const [name, value] of granted) if (typeof name === 'string') all.set(name, phpTruthy(value));
}

/** The filters that core itself adds to `user_has_cap`: the `wp_maybe_grant_*` functions of wp-includes/capabilities.php. */
function grantDerived(all: Map<string, boolean>, multisite: boolean): void {
  const any = (...names: readonly string[]): boolean => names.some((name) => all.get(name) === true);
  if (any('update_core', 'install_plugins', 'install_themes')) all.set('install_languages', true);
  if (any('activate_plugins')) all.set('resume_plugins', true);
  if (any('switch_themes')) all.set('resume_themes', true);
  if (any('install_plugins') && !multisite) all.set('view_site_health_checks', true);
}
