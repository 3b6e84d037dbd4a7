/** A row of `wp_options` that belongs to us. Rows of other names are out of reach by type and by check. */
export type OptionName = `ai_agent_${string}`;

/** It is what the asker knows. */
export const UNCHANGED = Symbol('unchanged');

/** Ours to write, read by the bridge with `$wpdb`, past WordPress's object cache. */
export interface SiteOptions {
  read(name: OptionName): Promise<string | undefined>;
  /** As `read`, and whoever else locks or writes it waits until the transaction ends. */
  lock(name: OptionName): Promise<string | undefined>;
  /** As `lock`, with `initial` written where nothing was, since a row that isn't there locks nobody out. */
  lockOrCreate(name: OptionName, initial: string): Promise<string>;
  /** The value unless its SHA-256 (hexadecimal, of its bytes) is this one: what was read before isn't transferred again. */
  readIfOther(name: OptionName, sha256: string): Promise<string | undefined | typeof UNCHANGED>;
  /** Inserts or replaces, autoload off. */
  write(name: OptionName, value: string): Promise<void>;
}
