import type { Actor } from '../../audit/audit-entry.js';
import type { AgentId, WpUserId } from '../../kernel/ids.js';
import type { Secret } from '../../kernel/secret.js';
import { noSuchAgent, type AgentDeps } from './manage-agents.js';

export type IssuePassword = (input: {
  readonly agentId: AgentId;
  /** Ends all others of the account; without it they stay good, so that the new one can be put in place first. */
  readonly revokeOthers: boolean;
  readonly actor: Actor;
}) => Promise<Secret<string>>;

/**
 * A new application password for an agent's account, made by WordPress and shown this once. The entry is committed first:
 * without it, nothing is asked of WordPress.
 * @throws not_found, upstream_unavailable, upstream_refused
 */
export function makeIssuePassword(
  deps: AgentDeps & {
    readonly makePassword: (wanted: {
      readonly userId: WpUserId;
      readonly revokeOthers: boolean;
    }) => Promise<Secret<string>>;
  },
): IssuePassword {
  return async ({ agentId, revokeOthers, actor }) => {
    const userId = await deps.inTransaction(async ({ agents, audit }) => {
      const agent = await agents.get(agentId);
      if (agent === undefined) throw noSuchAgent();
      const detail = { name: 'application_password', agentId, userId: agent.userId, revokeOthers };
      await audit.append([{ kind: 'secret.created', at: deps.clock.now(), actor, detail }]);
      return agent.userId;
    });
    return deps.makePassword({ userId, revokeOthers });
  };
}
