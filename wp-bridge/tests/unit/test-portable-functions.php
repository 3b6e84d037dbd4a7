<?php
/**
 * Functions that may be missing.
 *
 * @package Chaperone\Bridge
 */

namespace Chaperone\Bridge;

use PHPUnit\Framework\TestCase;

/**
 * WordPress runs without mbstring, and 6.1 brings two of its functions along (wp-includes/compat.php).
 */
final class Test_Portable_Functions extends TestCase {

	/**
	 * No other function of mbstring is named, as a call or as a callable.
	 */
	public function test_uses_of_mbstring_only_what_wordpress_brings_along(): void {
		$used = array();
		foreach ( (array) glob( dirname( __DIR__, 2 ) . '/includes/*.php' ) as $file ) {
			foreach ( token_get_all( (string) file_get_contents( (string) $file ) ) as $token ) {
				if ( is_array( $token ) && ! in_array( $token[0], array( T_COMMENT, T_DOC_COMMENT ), true ) && 1 === preg_match( '/^[\'"\\\\]*(mb_[a-z_]+)[\'"]?\z/', $token[1], $name ) ) {
					$used[ $name[1] ] = true;
				}
			}
		}
		$this->assertArrayHasKey( 'mb_substr', $used );
		$this->assertSame( array(), array_diff( array_keys( $used ), array( 'mb_substr', 'mb_strlen' ) ) );
	}
}
