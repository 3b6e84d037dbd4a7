import type { AgentId, KeyId, WpUserId } from '../kernel/ids.js';
import type { Actor, CredentialKind } from '../audit/audit-entry.js';
import type { Moment } from '../kernel/fresh-reading.js';
import type { TokenGrant } from './token-grant.js';

/** Primitive WordPress capabilities, as core's WP_User::has_cap would answer, less what an agent never has. */
export interface CapabilitySet {
  has(capability: string): boolean;
}

/** Who is calling, after authentication. */
export interface Principal {
  readonly userId: WpUserId;
  readonly login: string;
  readonly roles: readonly string[];
  readonly capabilities: CapabilitySet;
  /** The agent that the user is bound to, whichever credential it used; null for a person. */
  readonly agentId: AgentId | null;
  /** Globs of the tools that its agent may ever call; null: the policy alone decides. */
  readonly agentTools: readonly string[] | null;
  readonly credential: CredentialKind;
  /** The key that signed the request, when one did. */
  readonly keyId: KeyId | null;
  /** What its access token grants; null when it came with none. The capabilities are narrowed by it already. */
  readonly grant: TokenGrant | null;
  /** Null when the address isn't known. */
  readonly ip: string | null;
  /** When the request came: what was read for it after that needn't be read again. Absent: everything is read anew. */
  readonly asOf?: Moment;
}

export function actorOf(principal: Principal): Actor {
  const { userId, agentId, credential, ip } = principal;
  return { userId, agentId, credential, ip };
}
