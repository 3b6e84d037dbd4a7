import type { AuditEntryId, WpUserId } from '../kernel/ids.js';
import type { AuditKind } from './audit-entry.js';

/** Whose notes prove a removal or a key; they are never erased themselves. */
export const PROVING_KINDS = [
  'audit.erased',
  'audit.pruned',
  'secret.created',
  'secret.rotated',
] as const satisfies readonly AuditKind[];

/**
 * The only way in which anything is taken out of the log, always after the entry that says so, and in pieces, so that no
 * lock is held for long.
 */
export interface RemovalStore {
  /** Entries of the user, up to a number, that still have their private part. */
  countOfUser(userId: WpUserId, upTo: number): Promise<number>;
  /** Their numbers, above `after`, the smallest first. */
  ofUser(
    userId: WpUserId,
    range: { readonly after: number; readonly upTo: number; readonly limit: number },
  ): Promise<readonly AuditEntryId[]>;
  /** Entries about others in whose detail the user is named: votes of theirs that stopped counting. At most `limit`. */
  naming(userId: WpUserId, limit: number): Promise<readonly AuditEntryId[]>;
  /** Of these, the ones that are there, may be erased, and still have their private part. */
  erasable(ids: readonly AuditEntryId[]): Promise<readonly AuditEntryId[]>;
  eraseEntries(ids: readonly AuditEntryId[]): Promise<number>;
  /** @returns how many; fewer than `limit`: there are no more */
  prune(upTo: number, limit: number): Promise<number>;
}
