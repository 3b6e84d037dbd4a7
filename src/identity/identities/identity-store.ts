import type { WpUserId } from '../../kernel/ids.js';
import type { Identity, Subject } from './identity.js';

export interface IdentityPage {
  readonly items: readonly Identity[];
  /** Where the next page begins; null on the last one. */
  readonly next: number | null;
}

export interface IdentityStore {
  /** @returns false when the subject is bound already, to whomever */
  insert(identity: Identity): Promise<boolean>;
  /** Byte for byte: neither case nor spaces are forgiven. */
  find(subject: Subject): Promise<Identity | undefined>;
  /** Oldest first; `after` is the `next` of the page before. */
  list(page: { readonly limit: number; readonly after?: number; readonly userId?: WpUserId }): Promise<IdentityPage>;
  /** @returns false when it isn't bound */
  remove(subject: Subject): Promise<boolean>;
  /** Ends all that are bound to a user. @returns how many there were */
  removeAllOf(userId: WpUserId): Promise<number>;
}
