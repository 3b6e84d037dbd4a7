<?php
/**
 * Whether application passwords may be used.
 *
 * @package Chaperone\Bridge
 */

namespace Chaperone\Bridge;

/**
 * Says what core would say of an application password that reached the sidecar over TLS, or on a local site.
 *
 * Core's own functions can't be asked: they look at the present request, which the sidecar may well make over plain http
 * on the same machine. Their filters are applied here as core applies them, so that a plugin that turns application
 * passwords off turns them off for the sidecar too.
 */
final class Application_Password_Availability {

	/**
	 * For the site as a whole (wp_is_application_passwords_available() and WP_Application_Passwords::is_in_use()).
	 */
	public function for_site(): bool {
		$by_default = wp_is_home_url_using_https() || 'local' === wp_get_environment_type();
		// phpcs:ignore WordPress.NamingConventions.PrefixAllGlobals.NonPrefixedHooknameFound -- Core's own filter.
		return (bool) apply_filters( 'wp_is_application_passwords_available', $by_default ) && \WP_Application_Passwords::is_in_use();
	}

	/**
	 * For one user (wp_is_application_passwords_available_for_user()).
	 *
	 * @param \WP_User $user User.
	 */
	public function for_user( \WP_User $user ): bool {
		// phpcs:ignore WordPress.NamingConventions.PrefixAllGlobals.NonPrefixedHooknameFound -- Core's own filter.
		return $this->for_site() && (bool) apply_filters( 'wp_is_application_passwords_available_for_user', true, $user );
	}
}
