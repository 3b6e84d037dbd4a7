import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { WORDPRESS_VERSIONS } from '../../../dev/wordpress-files.js';
import { basic, createPairedSite, type PairedSite } from './paired-site.js';

/** Runs what WordPress runs when an admin deletes the plugin, but for the deleting of its files. */
const UNINSTALL = `
  require_once ABSPATH . 'wp-admin/includes/plugin.php';
  deactivate_plugins( 'chaperone/chaperone.php', false, is_multisite() );
  uninstall_plugin( 'chaperone/chaperone.php' );
  return true;`;

/** Every trace that could be left, by where it is. */
const TRACES = `
  global $wpdb;
  wp_cache_flush();
  return array(
    'tables'   => $wpdb->get_col( "SHOW TABLES LIKE '%ai\\_agent%'" ),
    'options'  => $wpdb->get_col( "SELECT option_name FROM $wpdb->options WHERE option_name LIKE '%ai\\_agent%'" ),
    'roles'    => array_values( preg_grep( '/ai_agent/', array( (string) $wpdb->get_var( "SELECT option_value FROM $wpdb->options WHERE option_name LIKE '%user\\_roles'" ) ) ) ),
    'usermeta' => $wpdb->get_col( "SELECT user_id FROM $wpdb->usermeta WHERE meta_value LIKE '%ai\\_agent%'" ),
  );`;
const NOTHING = { tables: [], options: [], roles: [], usermeta: [] };

describe.each(WORDPRESS_VERSIONS)('the plugin on WordPress %s', (version) => {
  let site: PairedSite;
  beforeAll(async () => {
    site = await createPairedSite({ version, tablePrefix: 'x_1_' });
  }, 120_000);
  afterAll(() => site.stop());

  it('grants again after an update what somebody took', async () => {
    const took =
      "get_role( 'editor' )->remove_cap( 'ai_agent_view_logs' ); update_option( 'ai_agent_bridge_version', '0.0.1' ); return true;";
    await site.php(took);
    expect(
      await site.php("do_action( 'admin_init' ); return get_role( 'editor' )->has_cap( 'ai_agent_view_logs' );"),
    ).toBe(true);
  });

  it('leaves nothing behind, and no way around it open', async () => {
    const agent = await site.createUser({ role: 'editor' });
    const loose = await site.createUser({ role: 'ai_agent' });
    const granted = await site.createUser({ role: 'author' });
    await site.bind(agent);
    await site.php("( new WP_User( $args ) )->add_cap( 'ai_agent_view_logs' );", granted.id);
    await site.knex.raw('CREATE TABLE x_1_other_ai (id INT)');
    expect(await site.php(TRACES)).not.toEqual(NOTHING);
    await site.php(UNINSTALL);
    expect(await site.php(TRACES)).toEqual(NOTHING);
    expect(
      await site.php(
        'return array( get_userdata( $args[0] )->roles, get_userdata( $args[1] )->roles, get_userdata( $args[2] )->caps );',
        [agent.id, loose.id, granted.id],
      ),
    ).toEqual([['editor'], [], { author: true }]);
    for (const user of [agent, loose]) {
      expect((await fetch(`${site.url}/wp-json/wp/v2/users/me`, { headers: basic(user) })).status).toBe(401);
    }
    expect((await fetch(`${site.url}/wp-json/wp/v2/users/me`, { headers: basic(granted) })).status).toBe(200);
    expect(await site.knex.raw("SHOW TABLES LIKE 'x\\_1\\_other\\_ai'")).toMatchObject([[{}], {}]);
  });
});

describe.each(WORDPRESS_VERSIONS)('the plugin on a network of WordPress %s', (version) => {
  let site: PairedSite;
  beforeAll(async () => {
    site = await createPairedSite({ version, multisite: true });
  }, 120_000);
  afterAll(() => site.stop());

  const onSite = (id: number, code: string) => site.php(`switch_to_blog( ${id} ); ${code}`);
  const newSite = async (slug: string) =>
    Number(
      await site.php(
        `$domain = get_network()->domain;
         $id = wp_insert_site( array( 'domain' => $domain, 'path' => '/' . $args . '/', 'title' => $args, 'user_id' => 1 ) );
         // WordPress 6.1 takes the colon before the port out of the domain.
         global $wpdb; $wpdb->update( $wpdb->blogs, array( 'domain' => $domain ), array( 'blog_id' => $id ) ); clean_blog_cache( $id );
         return $id;`,
        slug,
      ),
    );

  it('grants on sites that are added later', async () => {
    const id = await newSite('second');
    expect(
      await onSite(
        id,
        "return array( get_role( 'ai_agent' )->capabilities, get_role( 'editor' )->has_cap( 'ai_agent_view_logs' ) );",
      ),
    ).toMatchObject([{ ai_agent_execute_tool: true }, true]);
  });

  it('tells what a network needs to be told', async () => {
    expect(await site.call({ path: '/wp-json/ai-agent/v1/bridge/status' })).toMatchObject({
      status: 200,
      body: {
        multisite: true,
        blogId: 1,
        superAdmins: ['admin'],
        tables: { sitemeta: 'wp_sitemeta', options: 'wp_options' },
        basePrefix: 'wp_',
        blogPrefix: 'wp_',
      },
    });
  });

  it('verifies with the first site’s keys on every site', async () => {
    const id = await newSite('third');
    const answer = await site.call({ path: '/third/?rest_route=/ai-agent/v1/bridge/status' });
    expect(answer).toMatchObject({
      status: 200,
      body: { blogId: id, blogPrefix: `wp_${id}_`, tables: { options: `wp_${id}_options` } },
    });
    expect(await site.call({ path: '/third/?rest_route=/wp/v2/users/me', as: 1 })).toMatchObject({
      status: 200,
      body: { id: 1 },
    });
  });

  it('takes from an agent that is a super admin what governs it', async () => {
    const agent = await site.createUser({ role: 'administrator' });
    await site.php('require_once ABSPATH . "wp-admin/includes/ms.php"; grant_super_admin( $args );', agent.id);
    const may = () =>
      site.php(
        "return array( user_can( $args, 'ai_agent_manage_agents' ), user_can( $args, 'ai_agent_execute_tool' ), user_can( $args, 'manage_network' ) );",
        agent.id,
      );
    expect(await may()).toEqual([true, true, true]);
    await site.bind(agent);
    expect(await may()).toEqual([false, true, true]);
  });

  it('leaves nothing behind on any site', async () => {
    const ids = [1, await newSite('fourth'), await newSite('fifth')];
    await site.php("add_site_option( 'ai_agent_network', 1 ); return true;");
    for (const id of ids) expect(await onSite(id, TRACES)).not.toEqual(NOTHING);
    await site.php(UNINSTALL);
    for (const id of ids) expect(await onSite(id, TRACES)).toEqual(NOTHING);
    expect(
      await site.php(
        'global $wpdb; return $wpdb->get_col( "SELECT meta_key FROM $wpdb->sitemeta WHERE meta_key LIKE \'ai\\\\_agent%\'" );',
      ),
    ).toEqual([]);
  });
});
