import type { WpUserId } from '../../kernel/ids.js';

export interface WordPressUser {
  readonly id: WpUserId;
  readonly login: string;
  readonly email: string;
  /** Columns that the users table of a network has; false elsewhere. */
  readonly spam: boolean;
  readonly deleted: boolean;
}

/**
 * What the sidecar reads of WordPress's users, at each decision anew. Values are the bytes that PHP would see over a
 * utf8mb4 connection, because PHP counts the lengths of serialised strings in bytes. There is no way to write.
 */
export interface WordPressUsers {
  /** Compared as the column's collation compares: mostly ignoring case and accents. `login` is sanitised already. */
  findByLogin(login: string): Promise<WordPressUser | undefined>;
  findByEmail(email: string): Promise<WordPressUser | undefined>;
  findById(id: WpUserId): Promise<WordPressUser | undefined>;
  /** The first row of the key, as `get_user_meta( …, true )` picks it; the key is compared byte by byte. */
  userMeta(id: WpUserId, key: string): Promise<Uint8Array | undefined>;
  /** An option of this site. */
  option(name: string): Promise<Uint8Array | undefined>;
  /** An option of the network's; on a single site its own, as `get_network_option()` has it. */
  networkOption(name: string, network: 'main' | 'current'): Promise<Uint8Array | undefined>;
}
