/**
 * Where a site keeps what the sidecar reads of WordPress. Names are complete; CUSTOM_USER_TABLE and
 * CUSTOM_USER_META_TABLE of wp-config.php may give `users` and `usermeta` any name. Users belong to the whole network,
 * options and roles to one site of it (`blogId`), whose prefix is `blogPrefix` (`wp_` for site 1, `wp_7_` for site 7).
 */
export interface WordPressTables {
  readonly users: string;
  readonly usermeta: string;
  readonly options: string;
  /** Networks alone have it. */
  readonly sitemeta?: string | null;
  readonly basePrefix: string;
  readonly blogPrefix: string;
  readonly multisite: boolean;
  readonly blogId: number;
}
