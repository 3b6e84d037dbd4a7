import type { AgentId, AuditEntryId, CallId, PolicyVersion, WpUserId } from '../kernel/ids.js';
import type { AuditEntry, NewAuditEntry, Verdict } from './audit-entry.js';
import type { StoredEntry } from './evidence.js';
import type { ChainHead } from './hash-chain.js';

/** Append only: there is no update and no delete. */
export interface AuditLog {
  /**
   * Puts the entries at the end of the chain, in order, within the caller's transaction: they are durable when that
   * commits, and whatever else it wrote is undone when they can't be written.
   */
  append(entries: readonly NewAuditEntry[]): Promise<readonly AuditEntry[]>;
}

/** All given must hold; instants are half-open, [from, to). */
export interface AuditFilter {
  readonly from?: Date;
  readonly to?: Date;
  /** A kind, or its part before the dot. */
  readonly kind?: string;
  readonly userId?: WpUserId;
  readonly agentId?: AgentId;
  readonly callId?: CallId;
  readonly tool?: string;
  readonly entityType?: string;
  readonly entityId?: number;
  readonly verdict?: Verdict;
  readonly code?: string;
  readonly policyVersion?: PolicyVersion;
}

/** `next`: where to look on, strictly before it; null when all was looked through. */
export interface SearchedPage {
  readonly entries: readonly AuditEntry[];
  readonly next: AuditEntryId | null;
}

/** Reading is apart from appending: lists join and filter, the log alone writes. */
export interface AuditReader {
  /** Newest first, strictly before `before` when it is given. */
  list(
    filter: AuditFilter,
    page: { readonly before?: AuditEntryId; readonly limit: number },
  ): Promise<readonly AuditEntry[]>;
  /**
   * Entries in whose private part, tool or code a text stands, capitals or not, newest first: among the `within` newest that the
   * filter lets through, strictly before `before`.
   */
  search(
    filter: AuditFilter,
    page: { readonly text: string; readonly before?: AuditEntryId; readonly limit: number; readonly within: number },
  ): Promise<SearchedPage>;
  get(id: AuditEntryId): Promise<AuditEntry | undefined>;
  /**
   * Oldest first, strictly after `after`: the order in which the chain is verified. As they stand there: whoever reads a whole page makes
   * evidence of one after the other (evidence.ts), so that what was made of an entry can go before the next one's turn.
   */
  evidence(after: number, limit: number, filter?: AuditFilter): Promise<readonly StoredEntry[]>;
  head(): Promise<ChainHead>;
}
