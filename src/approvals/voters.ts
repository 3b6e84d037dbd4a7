import type { LoadPrincipal } from '../identity/authenticate.js';
import type { Principal } from '../identity/principal.js';
import type { WpUserId } from '../kernel/ids.js';
import { liveVotes, type Approval } from './approval.js';
import type { Present, Voter } from './voting.js';

/** The capability that every decision on an approval needs. */
export const APPROVE = 'ai_agent_approve_changes';

export function voterOf({ userId, login, roles, capabilities, agentId }: Principal): Voter {
  return { userId, login, roles, agentId, mayApprove: capabilities.has(APPROVE) };
}

export type LoadPresent = (approval: Approval) => Promise<Present>;

/** Everybody whose vote counts so far, as the shared tables have them now. Errors are the database's. */
export function makeLoadPresent({ loadPrincipal }: { readonly loadPrincipal: LoadPrincipal }): LoadPresent {
  return async (approval) => {
    const ids = [...new Set(liveVotes(approval).map(({ userId }) => userId))];
    const found = await Promise.all(
      ids.map((userId) => loadPrincipal({ userId, credential: 'bridge', keyId: null, ip: null })),
    );
    return new Map<WpUserId, Voter>(
      found.flatMap((principal) => (principal === undefined ? [] : [[principal.userId, voterOf(principal)] as const])),
    );
  };
}
