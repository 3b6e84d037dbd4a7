<?php
/**
 * Scripts and styles of the screens.
 *
 * @package Chaperone\Bridge
 */

namespace Chaperone\Bridge;

/**
 * Enqueues what admin/build.mjs made, on Chaperone's own pages and nowhere else. React and the components are in it; language, nonce,
 * time zone and live region are the site's own. Nothing is loaded from elsewhere.
 */
final class Admin_Assets {

	private const HANDLE       = 'chaperone-screens';
	private const DEPENDENCIES = array( 'wp-i18n', 'wp-api-fetch', 'wp-date', 'wp-a11y', 'wp-hooks' );

	/**
	 * Capabilities that the screens show things by.
	 */
	private const TOLD = array(
		Capabilities::EXECUTE_TOOL,
		Capabilities::READ_POLICIES,
		Capabilities::MANAGE_POLICIES,
		Capabilities::APPROVE_CHANGES,
		Capabilities::VIEW_LOGS,
		Capabilities::MANAGE_AGENTS,
		Capabilities::MANAGE_SECRETS,
		Capabilities::MANAGE_SETTINGS,
	);

	/**
	 * Says that a page shows a screen.
	 *
	 * @param string $hook   The page's hook, from add_submenu_page().
	 * @param string $screen Name of the screen.
	 */
	public function use_on( string $hook, string $screen ): void {
		add_action(
			'admin_enqueue_scripts',
			static function ( $current ) use ( $hook, $screen ): void {
				if ( $current === $hook ) {
					self::enqueue( $screen );
				}
			},
			// Before the command palette, whose scripts of some megabytes come on every page since WordPress 6.9.
			1
		);
	}

	/**
	 * Enqueues script and style, or says that they are missing.
	 *
	 * @param string $screen Name of the screen.
	 */
	private static function enqueue( string $screen ): void {
		$folder = dirname( PLUGIN_FILE ) . '/build';
		if ( ! is_readable( "$folder/screens.asset.php" ) ) {
			add_action( 'admin_notices', array( self::class, 'print_missing' ) );
			return;
		}
		$asset = require "$folder/screens.asset.php";
		wp_enqueue_style( self::HANDLE, plugins_url( 'build/screens.css', PLUGIN_FILE ), array(), $asset['version'] );
		wp_style_add_data( self::HANDLE, 'rtl', 'replace' );
		wp_enqueue_script( self::HANDLE, plugins_url( 'build/screens.js', PLUGIN_FILE ), self::DEPENDENCIES, $asset['version'], true );
		wp_set_script_translations( self::HANDLE, 'chaperone', dirname( PLUGIN_FILE ) . '/languages' );
		wp_add_inline_script( self::HANDLE, 'window.chaperoneScreen = ' . self::json( self::facts( $screen ) ) . ';', 'before' );
		self::translate_components();
		$parts = (array) ( $asset['parts'][ $screen ] ?? array() );
		add_action(
			'admin_print_styles',
			static function () use ( $parts ): void {
				foreach ( $parts as $part ) {
					printf( "<link rel=\"modulepreload\" href=\"%s\">\n", esc_url( plugins_url( "build/$part", PLUGIN_FILE ) ) );
				}
			},
			1
		);
	}

	/**
	 * Hands the components that are in our bundle the words that core has for its own ones.
	 */
	private static function translate_components(): void {
		foreach ( array( 'wp-components', 'wp-dataviews' ) as $handle ) {
			$words = wp_script_is( $handle, 'registered' ) ? load_script_textdomain( $handle ) : false;
			if ( is_string( $words ) && null !== json_decode( $words ) ) {
				$code = sprintf( '( function ( found ) { var words = found.locale_data && ( found.locale_data.messages || found.locale_data.default ); if ( words ) { words[ "" ].domain = "default"; wp.i18n.setLocaleData( words ); } } )( %s );', self::json( json_decode( $words ) ) );
				wp_add_inline_script( self::HANDLE, $code, 'before' );
			}
		}
	}

	/**
	 * What the screens are told about the page. Nothing here is a secret, and nothing is decided by it.
	 *
	 * @param string $screen Name of the screen.
	 * @return array<string, mixed>
	 */
	private static function facts( string $screen ): array {
		$user = wp_get_current_user();
		return array(
			'screen'        => $screen,
			'user'          => array(
				'id'    => $user->ID,
				'login' => $user->user_login,
			),
			'capabilities'  => array_combine( self::TOLD, array_map( 'current_user_can', self::TOLD ) ),
			'timeZone'      => wp_timezone_string(),
			'locale'        => str_replace( '_', '-', get_user_locale() ),
			'adminUrl'      => admin_url(),
			'restUrl'       => rest_url( Bridge_Controller::REST_NAMESPACE ),
			'siteHealthUrl' => admin_url( 'site-health.php' ),
			'version'       => VERSION,
		);
	}

	/**
	 * JSON that can stand inside a script element.
	 *
	 * @param mixed $value Value.
	 */
	private static function json( $value ): string {
		return (string) wp_json_encode( $value, JSON_HEX_TAG | JSON_HEX_AMP | JSON_UNESCAPED_SLASHES );
	}

	/**
	 * Says what to do when the plugin was copied without its built files.
	 */
	public static function print_missing(): void {
		printf( '<div class="notice notice-error"><p>%s</p></div>', esc_html__( 'Chaperone\'s screens haven\'t been built into this copy of the plugin. Run "npm run build" beside the sidecar, then "npx chaperone init" again.', 'chaperone' ) );
	}
}
