import type { DelegationId, WpUserId } from '../kernel/ids.js';
import type { Delegation } from './delegation.js';

export interface DelegationStore {
  insert(delegation: Delegation): Promise<void>;
  get(id: DelegationId): Promise<Delegation | undefined>;
  /** @returns false, and nothing is written, when it was revoked before */
  revoke(id: DelegationId, revoked: NonNullable<Delegation['revoked']>): Promise<boolean>;
  /** Newest first. */
  list(page: { readonly limit: number }): Promise<readonly Delegation[]>;
  /** Those of one delegate that hold at an instant and weren't revoked. */
  activeFor(to: WpUserId, now: Date): Promise<readonly Delegation[]>;
  /** Those that hold at an instant and weren't revoked, of everybody. */
  active(now: Date, limit: number): Promise<readonly Delegation[]>;
}
