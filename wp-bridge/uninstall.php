<?php
/**
 * Leaves nothing behind: role and capabilities, options, the sidecar's tables, on every site of a network.
 *
 * Service accounts stay, because what they wrote is theirs; but with the plugin goes what kept their application passwords
 * from working on WordPress directly, so those are revoked.
 *
 * @package Chaperone\Bridge
 */

if ( ! defined( 'WP_UNINSTALL_PLUGIN' ) ) {
	exit;
}

/**
 * Users that are agents' service accounts, by the sidecar's table and by the role on the present site.
 *
 * @return list<int>
 */
function chaperone_uninstall_agents(): array {
	global $wpdb;
	$table = $wpdb->base_prefix . 'ai_agent_agents';
	// phpcs:disable WordPress.DB.PreparedSQL.InterpolatedNotPrepared, WordPress.DB.DirectDatabaseQuery -- The table's name is the prefix and a constant.
	$exists = $wpdb->get_var( $wpdb->prepare( 'SHOW TABLES LIKE %s', $wpdb->esc_like( $table ) ) );
	$bound  = null === $exists ? array() : $wpdb->get_col( "SELECT user_id FROM `$table`" );
	// phpcs:enable
	$by_role = get_users(
		array(
			'role'   => 'ai_agent',
			'fields' => 'ID',
		)
	);
	return array_map( 'intval', array_values( array_merge( $bound, $by_role ) ) );
}

/**
 * Takes role and capabilities from everybody on the present site, and the options out of its table.
 */
function chaperone_uninstall_site(): void {
	global $wpdb;
	foreach ( chaperone_uninstall_agents() as $user_id ) {
		WP_Application_Passwords::delete_all_application_passwords( $user_id );
	}
	// phpcs:disable WordPress.DB.DirectDatabaseQuery -- No function of core finds users by a direct capability, or options by their beginning.
	$key     = $wpdb->get_blog_prefix() . 'capabilities';
	$holders = $wpdb->get_col( $wpdb->prepare( "SELECT user_id FROM {$wpdb->usermeta} WHERE meta_key = %s AND meta_value LIKE %s", $key, '%' . $wpdb->esc_like( '"ai_agent' ) . '%' ) );
	$options = $wpdb->get_col( $wpdb->prepare( "SELECT option_name FROM {$wpdb->options} WHERE option_name LIKE %s", $wpdb->esc_like( 'ai_agent_' ) . '%' ) );
	// phpcs:enable
	foreach ( $holders as $user_id ) {
		$user = new WP_User( (int) $user_id );
		foreach ( array_keys( $user->caps ) as $name ) {
			if ( 'ai_agent' === $name || 0 === strpos( $name, 'ai_agent_' ) ) {
				$user->remove_cap( $name );
			}
		}
	}
	foreach ( wp_roles()->role_objects as $role ) {
		foreach ( array_keys( $role->capabilities ) as $capability ) {
			if ( 0 === strpos( (string) $capability, 'ai_agent_' ) ) {
				$role->remove_cap( (string) $capability );
			}
		}
	}
	remove_role( 'ai_agent' );
	foreach ( $options as $option ) {
		delete_option( $option );
	}
	chaperone_uninstall_tables( $wpdb->prefix );
}

/**
 * Drops tables whose names begin with a prefix and `ai_agent_`, the migrations' own among them.
 *
 * @param string $prefix A site's prefix.
 */
function chaperone_uninstall_tables( string $prefix ): void {
	global $wpdb;
	// phpcs:disable WordPress.DB.PreparedSQL.InterpolatedNotPrepared, WordPress.DB.DirectDatabaseQuery -- Names come from the database itself; dropping tables is what uninstalling means.
	$tables = $wpdb->get_col( $wpdb->prepare( 'SHOW TABLES LIKE %s', $wpdb->esc_like( $prefix . 'ai_agent_' ) . '%' ) );
	$wpdb->query( 'SET FOREIGN_KEY_CHECKS = 0' );
	foreach ( $tables as $table ) {
		$wpdb->query( "DROP TABLE IF EXISTS `$table`" );
	}
	$wpdb->query( 'SET FOREIGN_KEY_CHECKS = 1' );
	// phpcs:enable
}

/**
 * Every site of the network, the main site last: its tables say who is an agent.
 */
function chaperone_uninstall_network(): void {
	global $wpdb;
	$main_id = get_main_site_id();
	$last_id = 0;
	do {
		// phpcs:ignore WordPress.DB.DirectDatabaseQuery -- get_sites() has no "greater than", and an offset would skip sites that go meanwhile.
		$site_ids = array_map( 'intval', $wpdb->get_col( $wpdb->prepare( "SELECT blog_id FROM {$wpdb->blogs} WHERE blog_id > %d ORDER BY blog_id LIMIT 100", $last_id ) ) );
		foreach ( $site_ids as $site_id ) {
			$last_id = $site_id;
			if ( $site_id !== $main_id ) {
				switch_to_blog( $site_id );
				chaperone_uninstall_site();
				restore_current_blog();
			}
		}
	} while ( array() !== $site_ids );
	switch_to_blog( $main_id );
	chaperone_uninstall_site();
	restore_current_blog();
	// phpcs:ignore WordPress.DB.DirectDatabaseQuery -- No function of core finds network options by their beginning.
	$names = $wpdb->get_col( $wpdb->prepare( "SELECT meta_key FROM {$wpdb->sitemeta} WHERE meta_key LIKE %s", $wpdb->esc_like( 'ai_agent_' ) . '%' ) );
	foreach ( $names as $name ) {
		delete_site_option( $name );
	}
}

delete_metadata( 'user', 0, 'ai_agent_no_approval_mail', '', true );

if ( is_multisite() ) {
	chaperone_uninstall_network();
} else {
	chaperone_uninstall_site();
}
