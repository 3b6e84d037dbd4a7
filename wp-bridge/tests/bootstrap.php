<?php
/**
 * Loads the classes that need no WordPress, and what little of WordPress they ask for.
 *
 * @package Chaperone\Bridge
 */

namespace {
	error_reporting( E_ALL );

	define( 'CHAPERONE_CASES', dirname( __DIR__, 2 ) . '/test/cases' );

	require_once __DIR__ . '/class-fake-wpdb.php';
}

namespace Chaperone\Bridge {
	/**
	 * Stands for WordPress's function: whether the request came over TLS.
	 */
	function is_ssl(): bool {
		return ! empty( $GLOBALS['chaperone_test_ssl'] );
	}

	$chaperone_classes = array(
		'refusal',
		'structured-fields',
		'http-message',
		'signature-profile',
		'content-digest',
		'signature-claim',
		'request-signer',
		'request-verifier',
		'sealed-box',
		'table',
		'stored-options',
		'key-ring',
		'nonce-store',
		'request-reader',
	);
	foreach ( $chaperone_classes as $chaperone_class ) {
		require_once dirname( __DIR__ ) . "/includes/class-$chaperone_class.php";
	}
}
