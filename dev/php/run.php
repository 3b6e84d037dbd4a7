<?php
/**
 * Runs PHP with WordPress loaded. Run by dev/site.ts as `php run.php DOCROOT URL`, with JSON on standard input:
 * {"code":"return get_option( $args['name'] );","args":{…}}. Prints {"value":…,"printed":"…"} after a line of its own.
 */

$docroot = $argv[1];
$address = parse_url( $argv[2] );
$request = json_decode( stream_get_contents( STDIN ), true );

$_SERVER['HTTP_HOST']       = $address['host'] . ( isset( $address['port'] ) ? ':' . $address['port'] : '' );
$_SERVER['SERVER_NAME']     = $address['host'];
$_SERVER['SERVER_PROTOCOL'] = 'HTTP/1.1';
$_SERVER['REQUEST_METHOD']  = 'GET';
$_SERVER['REQUEST_URI']     = ( isset( $address['path'] ) ? rtrim( $address['path'], '/' ) : '' ) . '/';
$_SERVER['PHP_SELF']        = '/index.php';
$_SERVER['REMOTE_ADDR']     = '127.0.0.1';

require $docroot . '/wp-load.php';

ob_start();
$value = ( static function ( $code, $args ) {
	global $wpdb;
	return eval( $code ); // phpcs:ignore
} )( $request['code'], $request['args'] );

$printed = ob_get_clean();
$answer  = json_encode(
	array(
		'value'   => $value,
		'printed' => $printed,
	),
	JSON_INVALID_UTF8_SUBSTITUTE
);
echo "\n" . $answer . "\n";
