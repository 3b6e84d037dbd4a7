import type { ReadCapabilities } from './capabilities/index.js';
import type { AgentStore } from './agents/agent-store.js';
import type { LoadPrincipal } from './authenticate.js';
import type { WordPressUsers } from './wordpress-users/index.js';

/**
 * A user with its roles, capabilities and agent binding, read from the tables as they are now. Accounts that a network marks
 * as spam or deleted are nobody.
 */
export function makeLoadPrincipal(deps: {
  readonly users: Pick<WordPressUsers, 'findById'>;
  readonly readCapabilities: ReadCapabilities;
  readonly agents: Pick<AgentStore, 'byUser'>;
}): LoadPrincipal {
  return async ({ userId, credential, keyId, ip }) => {
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
      capabilities,
      agentId: agent?.id ?? null,
      credential,
      keyId,
      ip,
    };
  };
}
