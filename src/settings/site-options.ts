/** A row of `wp_options` that belongs to us. Rows of other names are out of reach by type and by check. */
export type OptionName = `ai_agent_${string}`;

/** Ours to write, read by the bridge with `$wpdb`, past WordPress's object cache. */
export interface SiteOptions {
  read(name: OptionName): Promise<string | undefined>;
  /** As `read`, and whoever else locks or writes it waits until the transaction ends. */
  lock(name: OptionName): Promise<string | undefined>;
  /** Inserts or replaces, autoload off. */
  write(name: OptionName, value: string): Promise<void>;
}
