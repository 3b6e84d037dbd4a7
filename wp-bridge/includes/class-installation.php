<?php
/**
 * What activation leaves on a site.
 *
 * @package Chaperone\Bridge
 */

namespace Chaperone\Bridge;

/**
 * Grants role and capabilities: on activation, on every site of a network that activates the plugin as a whole, on sites
 * that are added to it later, and after an update. The tables are the sidecar's; none are made here.
 */
final class Installation {

	public const VERSION_OPTION = 'ai_agent_bridge_version';
	private const BATCH         = 100;

	/**
	 * Adds the hooks.
	 */
	public function register(): void {
		register_activation_hook( PLUGIN_FILE, array( $this, 'activate' ) );
		// 100: core makes the new site's roles at 10.
		add_action( 'wp_initialize_site', array( $this, 'grant_on_new_site' ), 100 );
		add_action( 'admin_init', array( $this, 'grant_after_update' ) );
	}

	/**
	 * Grants on this site, or on all sites of the network.
	 *
	 * @param bool $network_wide Whether the whole network activates the plugin.
	 */
	public function activate( $network_wide ): void {
		if ( ! is_multisite() || ! $network_wide ) {
			$this->grant();
			return;
		}
		$last_id = 0;
		do {
			$site_ids = $this->site_ids( $last_id );
			foreach ( $site_ids as $site_id ) {
				$this->grant_on( $site_id );
				$last_id = $site_id;
			}
		} while ( array() !== $site_ids );
	}

	/**
	 * Grants on a site that was just added, when the whole network has the plugin.
	 *
	 * @param \WP_Site $site The site.
	 */
	public function grant_on_new_site( $site ): void {
		if ( array_key_exists( plugin_basename( PLUGIN_FILE ), (array) get_site_option( 'active_sitewide_plugins', array() ) ) ) {
			$this->grant_on( (int) $site->blog_id );
		}
	}

	/**
	 * Grants what a newer version of the plugin brings, once.
	 */
	public function grant_after_update(): void {
		if ( get_option( self::VERSION_OPTION ) !== VERSION ) {
			$this->grant();
		}
	}

	/**
	 * Grants on the present site.
	 */
	private function grant(): void {
		Capabilities::grant();
		update_option( self::VERSION_OPTION, VERSION, true );
	}

	/**
	 * Grants on one site of the network.
	 *
	 * @param int $site_id Site id.
	 */
	private function grant_on( int $site_id ): void {
		switch_to_blog( $site_id );
		$this->grant();
		restore_current_blog();
	}

	/**
	 * The next site ids of the network, in their order. By id and not by offset: nothing is skipped when a site goes.
	 *
	 * @param int $last_id The last one that was seen.
	 * @return list<int>
	 */
	private function site_ids( int $last_id ): array {
		global $wpdb;
		// phpcs:ignore WordPress.DB.DirectDatabaseQuery -- get_sites() has no "greater than"; this runs on activation alone.
		$ids = $wpdb->get_col( $wpdb->prepare( "SELECT blog_id FROM {$wpdb->blogs} WHERE site_id = %d AND blog_id > %d ORDER BY blog_id LIMIT %d", get_current_network_id(), $last_id, self::BATCH ) );
		return array_map( 'intval', array_values( $ids ) );
	}
}
