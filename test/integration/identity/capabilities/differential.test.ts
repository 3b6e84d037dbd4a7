import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Knex } from 'knex';
import { connect } from '../../../../src/db/connect.js';
import { makeReadCapabilities } from '../../../../src/identity/capabilities/index.js';
import { mysqlWordPressUsers } from '../../../../src/identity/wordpress-users/wordpress-users.mysql.js';
import type { WordPressTables } from '../../../../src/identity/wordpress-users/index.js';
import { Secret } from '../../../../src/kernel/secret.js';
import { userId } from '../../../support/fakes/fake-wordpress-users.js';
import { createSite, type TestSite } from '../../../support/stack.js';

/** Users with every role, with denials and grants of their own, and with rows that only a database can hold. */
const MAKE_USERS = `
  add_role( 'reviewer', 'Reviewer', array( 'read' => true, 'edit_posts' => true, 'publish_posts' => false, 'moderate_comments' => false, 'ai_agent_view_logs' => true ) );
  add_role( '2024', 'Class of 2024', array( 'read' => true, 'upload_files' => true ) );
  $rows = array( array(), array( 'ghost' => true ), array( 'reviewer' => true, 'editor' => true ), array( 'editor' => true, 'reviewer' => true ),
    array( 'editor' => true, 'publish_posts' => false, 'delete_others_posts' => 0 ), array( 'subscriber' => true, 'manage_options' => true, 'list_users' => '1', 'edit_users' => 'yes' ),
    array( 'administrator' => false ), array( 'administrator' => true, 'do_not_allow' => true, 'exist' => false, 'edit_posts' => '' ), array( '2024' => true ),
    array( 'subscriber' => true, 'edit_post' => true, 'unfiltered_upload' => true, 'manage_links' => true, 'manage_network_users' => true, 'manage_network_plugins' => true, 'edit_users' => true, 'activate_plugins' => true ), 'text', array( 'subscriber' => true, 'update_core' => true, 'resume_plugins' => false, 'install_plugins' => true, 'switch_themes' => true ) );
  foreach ( array_keys( wp_roles()->roles ) as $role ) { $rows[] = array( $role => true ); }
  $ids = array( 1 );
  foreach ( $rows as $n => $row ) {
    $ids[] = $id = wp_insert_user( array( 'user_login' => "user$n", 'user_pass' => 'x', 'user_email' => "user$n@example.org" ) );
    update_user_meta( $id, $wpdb->get_blog_prefix() . 'capabilities', $row );
  }
  return $ids;`;

/** Everything that a role grants, and what map_meta_cap() maps without an object. */
const ASK = `
  $site = (int) $args['blogId'];
  if ( is_multisite() ) { switch_to_blog( $site ); }
  $names = array( 'exist', 'do_not_allow', 'view_site_health_checks', 'resume_plugins', 'resume_themes', 'nonsense', '__proto__', 'edit_css', 'edit_files', 'upload_plugins', 'upload_themes', 'update_languages', 'install_languages', 'activate_plugin', 'deactivate_plugin', 'deactivate_plugins',
    'resume_plugin', 'resume_theme', 'delete_user', 'remove_user', 'promote_user', 'add_users', 'customize', 'delete_site', 'edit_categories', 'edit_post_tags', 'manage_post_tags', 'delete_categories', 'delete_post_tags', 'assign_categories',
    'assign_post_tags', 'create_sites', 'delete_sites', 'manage_network', 'manage_sites', 'manage_network_users', 'manage_network_plugins', 'manage_network_themes', 'manage_network_options', 'upgrade_network', 'setup_network', 'update_php',
    'update_https', 'export_others_personal_data', 'erase_others_personal_data', 'manage_privacy_options', 'edit_blocks', 'edit_others_blocks', 'publish_blocks', 'read_private_blocks', 'delete_blocks', 'delete_private_blocks',
    'delete_published_blocks', 'delete_others_blocks', 'edit_private_blocks', 'edit_published_blocks', 'edit_post', 'delete_post', 'read_post', 'edit_page', 'delete_page', 'read_page', 'publish_post', 'edit_comment', 'edit_term', 'delete_term', 'assign_term', 'edit_post_meta', 'add_user_meta' );
  foreach ( wp_roles()->roles as $role => $definition ) { $names[] = (string) $role; $names = array_merge( $names, array_keys( $definition['capabilities'] ) ); }
  $names = array_values( array_filter( array_unique( $names ), fn( $name ) => ! is_numeric( $name ) ) );
  $users = array();
  foreach ( $args['ids'] as $id ) {
    $user = new WP_User( $id, '', $site );
    $can = array();
    foreach ( $names as $name ) { if ( @$user->has_cap( $name ) ) { $can[] = $name; } }
    $users[] = array( 'id' => $id, 'roles' => array_map( 'strval', $user->roles ), 'can' => $can );
  }
  return array( 'names' => $names, 'users' => $users );`;

interface Asked {
  readonly names: readonly string[];
  readonly users: readonly {
    readonly id: number;
    readonly roles: readonly string[];
    readonly can: readonly string[];
  }[];
}

function tablesOf(site: TestSite, multisite: boolean, blogId = 1): WordPressTables {
  const base = site.database.tablePrefix;
  const blogPrefix = blogId === 1 ? base : `${base}${blogId}_`;
  return {
    users: `${base}users`,
    usermeta: `${base}usermeta`,
    options: `${blogPrefix}options`,
    sitemeta: multisite ? `${base}sitemeta` : null,
    basePrefix: base,
    blogPrefix,
    multisite,
    blogId,
  };
}

async function compare(
  site: TestSite,
  db: Knex,
  tables: WordPressTables,
  ids: readonly number[],
): Promise<{ compared: number; granted: number; faults: string[] }> {
  const { names, users } = (await site.php(ASK, { ids, blogId: tables.blogId })) as Asked;
  const read = makeReadCapabilities({
    users: mysqlWordPressUsers(db, tables),
    tables,
    isAgentBound: () => Promise.resolve(false),
  });
  const faults: string[] = [];
  let granted = 0;
  for (const { id, roles, can } of users) {
    const ours = await read(userId(id));
    if (ours.roles.join() !== roles.join())
      faults.push(`user ${id}: roles ${ours.roles.join()}, WordPress ${roles.join()}`);
    const theirs = new Set(can);
    granted += theirs.size;
    for (const name of names)
      if (ours.has(name) !== theirs.has(name))
        faults.push(`user ${id}: ${name} ${ours.has(name)}, WordPress ${theirs.has(name)}`);
  }
  return { compared: users.length * names.length, granted, faults };
}

describe.each([
  ['7.1', false, 'wp_'],
  ['6.8', false, 'wp_'],
  ['6.1', false, 'Odd7_'],
  ['7.1', true, 'net_'],
] as const)('WordPress %s, network %s, prefix %s', (version, multisite, tablePrefix) => {
  let site: TestSite;
  let db: Knex;
  let ids: readonly number[];

  beforeAll(async () => {
    site = await createSite({ version, multisite, tablePrefix });
    db = connect({ url: new Secret(site.database.url), tablePrefix, poolSize: 4 });
    ids = (await site.php(MAKE_USERS)) as number[];
  }, 120_000);
  afterAll(async () => {
    await db.destroy();
    await site.stop();
  });

  it('has() says what has_cap() says, for every user and capability', async () => {
    const { compared, granted, faults } = await compare(site, db, tablesOf(site, multisite), ids);
    console.info(
      `capabilities: WordPress ${version}${multisite ? ', network' : ''}: ${compared} answers compared, ${granted} granted`,
    );
    expect(faults).toEqual([]);
    expect(compared).toBeGreaterThan(1_500);
    expect(granted).toBeGreaterThan(200);
  });

  if (!multisite) return;

  it('and so on the second site of the network, whose roles and users are its own', async () => {
    const blogId = Number(
      await site.php(
        `$id = wpmu_create_blog( get_network()->domain, '/second/', 'Second', 1 );
         if ( is_wp_error( $id ) ) { throw new Exception( $id->get_error_message() ); }
         add_user_to_blog( $id, $args[3], 'editor' );
         switch_to_blog( $id );
         get_role( 'editor' )->add_cap( 'only_here' );
         return $id;`,
        ids,
      ),
    );
    const { compared, faults, granted } = await compare(site, db, tablesOf(site, true, blogId), ids);
    console.info(`capabilities: second site: ${compared} answers compared, ${granted} granted`);
    expect(faults).toEqual([]);
    expect(granted).toBeGreaterThan(50);
  });
});
