/**
 * What `map_meta_cap()` of wp-includes/capabilities.php asks of a user for a capability that concerns no object, under
 * WordPress's defaults. Capabilities that concern an object (`edit_post`, `edit_term`, …) map to `do_not_allow`: they are
 * WordPress's to judge, and `WordPressQuestions` asks it.
 *
 * Constants (DISALLOW_FILE_MODS and its like) and network settings (`add_new_users`, `menu_items`) are not seen. Where one
 * of them takes away, WordPress refuses at execution; where one gives, the answer here stays no.
 */
export function requiredCapabilities(
  capability: string,
  site: { readonly multisite: boolean; readonly isSuperAdmin: boolean },
): readonly string[] {
  if (NEVER.has(capability) || NEEDS_OBJECT.test(capability)) return DENIED;
  if (site.multisite && !site.isSuperAdmin && SUPER_ADMINS_ONLY.has(capability)) return DENIED;
  return ALWAYS.get(capability) ?? (site.multisite ? NETWORK : SINGLE).get(capability) ?? [capability];
}

const DENIED: readonly string[] = ['do_not_allow'];
/** `unfiltered_upload` needs ALLOW_UNFILTERED_UPLOADS, `manage_links` the option `link_manager_enabled`. */
const NEVER = new Set(['do_not_allow', 'unfiltered_upload', 'manage_links']);
const NEEDS_OBJECT =
  /^(?:(?:edit|delete|read|publish)_(?:post|page)|edit_comment|(?:edit|delete|assign)_term|(?:edit|delete|add)_(?:post|comment|term|user)_meta|edit_block_binding|(?:create|read|edit|delete)_app_password|(?:list|delete)_app_passwords|edit_user)$/;
const SUPER_ADMINS_ONLY = new Set([
  ...['edit_css', 'unfiltered_html', 'edit_files', 'edit_plugins', 'edit_themes'],
  ...['update_plugins', 'delete_plugins', 'install_plugins', 'upload_plugins'],
  ...['update_themes', 'delete_themes', 'install_themes', 'upload_themes'],
  ...['update_core', 'install_languages', 'update_languages', 'update_php', 'update_https'],
  ...['delete_user', 'delete_users', 'create_users'],
]);

/** Written as lines of `asked needed needed`. */
function table(lines: readonly string[]): ReadonlyMap<string, readonly string[]> {
  return new Map(lines.map((line) => [line.split(' ')[0] ?? '', line.split(' ').slice(1)]));
}

const BLOCKS = ['edit', 'publish', 'delete'].map((verb) => `${verb}_blocks ${verb}_posts`);
const SOME_BLOCKS = [
  ...['edit_others', 'delete_others', 'read_private', 'edit_private', 'delete_private', 'edit_published'],
  'delete_published',
].map((verb) => `${verb}_blocks ${verb}_posts`);

const ALWAYS = table([
  ...['edit_css unfiltered_html', 'upload_themes install_themes', 'upload_plugins install_plugins'],
  ...['update_languages install_languages', 'customize edit_theme_options'],
  ...['resume_plugin resume_plugins', 'resume_theme resume_themes', 'remove_user remove_users'],
  ...['promote_user promote_users', 'add_users promote_users', 'delete_user delete_users'],
  ...['update_php update_core', 'update_https manage_options update_core'],
  ...['manage_post_tags', 'edit_categories', 'edit_post_tags', 'delete_categories', 'delete_post_tags'].map(
    (name) => `${name} manage_categories`,
  ),
  ...['assign_categories edit_posts', 'assign_post_tags edit_posts'],
  ...BLOCKS,
  ...SOME_BLOCKS,
]);
const PLUGINS = ['activate_plugins', 'deactivate_plugins', 'activate_plugin', 'deactivate_plugin'];
const PRIVACY = ['export_others_personal_data', 'erase_others_personal_data', 'manage_privacy_options'];
const SINGLE = table([
  ...PLUGINS.map((name) => `${name} activate_plugins`),
  ...PRIVACY.map((name) => `${name} manage_options`),
  ...['delete_site do_not_allow', 'setup_network manage_options'],
]);
const NETWORK = table([
  ...PLUGINS.map((name) => `${name} activate_plugins manage_network_plugins`),
  ...PRIVACY.map((name) => `${name} manage_network`),
  ...[
    'delete_site manage_options',
    'setup_network manage_network_options',
    'edit_users manage_network_users edit_users',
  ],
]);
