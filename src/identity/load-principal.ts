import type { ReadCapabilities } from './capabilities/index.js';
import type { AgentStore } from './agents/agent-store.js';
import type { LoadPrincipal } from './authenticate.js';
import type { CapabilitySet } from './principal.js';
import type { TokenGrant } from './token-grant.js';
import type { WordPressUsers } from './wordpress-users/index.js';

/** A token's scopes bear the names of our own capabilities; what its user may do in WordPress they leave to the tools. */
function within(capabilities: CapabilitySet, grant: TokenGrant | null): CapabilitySet {
  if (grant === null) return capabilities;
  return {
    has: (name) => (!name.startsWith('ai_agent_') || grant.scopes.has(name)) && capabilities.has(name),
  };
}

/**
 * A user with its roles, capabilities and agent binding, read from the tables as they are now. Accounts that a network marks
 * as spam or deleted are nobody.
 */
export function makeLoadPrincipal(deps: {
  readonly users: Pick<WordPressUsers, 'findById'>;
  readonly readCapabilities: ReadCapabilities;
  readonly agents: Pick<AgentStore, 'byUser'>;
}): LoadPrincipal {
  return async ({ userId, credential, keyId, ip, grant = null }) => {
    const [user, capabilities, agent] = await Promise.all([
      deps.users.findById(userId),
      deps.readCapabilities(userId),
      deps.agents.byUser(userId),
    ]);
    if (user === undefined || user.spam || user.deleted) return undefined;
    return {
      userId,
      login: user.login,
      roles: capabilities.roles,
      capabilities: within(capabilities, grant),
      agentId: agent?.id ?? null,
      agentTools: agent?.tools ?? null,
      credential,
      keyId,
      grant,
      ip,
    };
  };
}
