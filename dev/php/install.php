<?php
/**
 * Installs WordPress into an empty database. Run by dev/site.ts as `php install.php DOCROOT`, with JSON on standard input:
 * {"step":"single"|"network","title","url","login","email","password","timeZone"}. Prints {"ok":true}.
 */

$docroot  = $argv[1];
$settings = json_decode( stream_get_contents( STDIN ), true );
$address  = parse_url( $settings['url'] );

$_SERVER['HTTP_HOST']       = $address['host'] . ( isset( $address['port'] ) ? ':' . $address['port'] : '' );
$_SERVER['SERVER_NAME']     = $address['host'];
$_SERVER['SERVER_PROTOCOL'] = 'HTTP/1.1';
$_SERVER['REQUEST_METHOD']  = 'GET';
$_SERVER['REQUEST_URI']     = '/';
$_SERVER['PHP_SELF']        = '/index.php';
$_SERVER['REMOTE_ADDR']     = '127.0.0.1';

define( 'WP_INSTALLING', true );
if ( 'single' === $settings['step'] ) {
	define( 'WP_SITEURL', $settings['url'] );
}

/** Nobody is to get a letter about a site on this machine. */
function wp_new_blog_notification() {}

require $docroot . '/wp-load.php';
require_once ABSPATH . 'wp-admin/includes/upgrade.php';

// wp_install() tries its own permalinks over HTTP; there is no server yet.
add_filter(
	'pre_http_request',
	static function () {
		return new WP_Error( 'no_server_yet' );
	}
);

if ( 'single' === $settings['step'] ) {
	wp_install( $settings['title'], $settings['login'], $settings['email'], true, '', $settings['password'] );
	update_option( 'home', $settings['url'] );
	update_option( 'siteurl', $settings['url'] );
	update_option( 'timezone_string', $settings['timeZone'] );
	update_option( 'gmt_offset', '' );
	$GLOBALS['wp_rewrite']->init();
	$GLOBALS['wp_rewrite']->set_permalink_structure( '/%year%/%monthnum%/%postname%/' );
	flush_rewrite_rules( false );
} else {
	foreach ( $wpdb->tables( 'ms_global' ) as $table => $name ) {
		$wpdb->$table = $name;
	}
	install_network();
	$result = populate_network( 1, $_SERVER['HTTP_HOST'], $settings['email'], $settings['title'], '/', false );
	if ( is_wp_error( $result ) && 'no_wildcard_dns' !== $result->get_error_code() ) {
		fwrite( STDERR, $result->get_error_message() );
		exit( 1 );
	}
}

echo json_encode( array( 'ok' => true ) );
