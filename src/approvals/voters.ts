import type { LoadPrincipal } from '../identity/authenticate.js';
import type { Principal } from '../identity/principal.js';
import type { DelegationId, WpUserId } from '../kernel/ids.js';
import { liveVotes, type Approval } from './approval.js';
import type { Present, Voter } from './voting.js';

/** The capability that every decision on an approval needs. */
export const APPROVE = 'ai_agent_approve_changes';

export function voterOf({ userId, login, roles, capabilities, agentId }: Principal): Voter {
  return { userId, login, roles, agentId, mayApprove: capabilities.has(APPROVE) };
}

export type LoadPresent = (approval: Approval) => Promise<Present>;

/**
 * Everybody with a part in a vote that counts so far, as the shared tables have them now. Who cast one by a delegation that
 * was revoked isn't there any more: nobody has a part in two votes. Errors are the database's.
 */
export function makeLoadPresent({
  loadPrincipal,
  isStanding,
}: {
  readonly loadPrincipal: LoadPrincipal;
  readonly isStanding: (id: DelegationId) => Promise<boolean>;
}): LoadPresent {
  return async (approval) => {
    const live = liveVotes(approval);
    const proxies = live.flatMap(({ by }) => (by === null ? [] : [by]));
    const standing = await Promise.all(
      proxies.map(async (by) => ((await isStanding(by.delegationId)) ? [by.userId] : [])),
    );
    const ids = [...new Set([...live.map(({ userId }) => userId), ...standing.flat()])];
    const found = await Promise.all(
      ids.map((userId) => loadPrincipal({ userId, credential: 'bridge', keyId: null, ip: null })),
    );
    return new Map<WpUserId, Voter>(
      found.flatMap((principal) => (principal === undefined ? [] : [[principal.userId, voterOf(principal)] as const])),
    );
  };
}
