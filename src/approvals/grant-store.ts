import type { AgentId, GrantId } from '../kernel/ids.js';
import type { Grant } from './grant.js';

export interface GrantStore {
  insert(grant: Grant): Promise<void>;
  get(id: GrantId): Promise<Grant | undefined>;
  /** Those that hold at an instant for an agent, a tool and a target, newest first. */
  forCall(call: Pick<Grant, 'tool' | 'target'> & { readonly agentId: AgentId }, now: Date): Promise<readonly Grant[]>;
  /** Newest first; `activeAt`: those alone that hold at that instant. */
  list(page: { readonly activeAt?: Date; readonly limit: number }): Promise<readonly Grant[]>;
  /** Counts a use. @returns false, and nothing is written, when it was revoked or is over at that instant */
  use(id: GrantId, at: Date): Promise<boolean>;
  /** @returns false, and nothing is written, when it was revoked before */
  revoke(id: GrantId, revoked: NonNullable<Grant['revoked']>): Promise<boolean>;
}
