<?php
/**
 * Rows of the database.
 *
 * @package Chaperone\Bridge
 */

namespace Chaperone\Bridge;

use PHPUnit\Framework\TestCase;

/**
 * Keys, address and nonces, read and written as the sidecar does, and refused when the database fails.
 */
final class Test_Stored_Keys extends TestCase {

	private const KEK = 'AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=';

	/**
	 * A ring with a key to sign and one that retires.
	 */
	public function test_reads_keys(): void {
		$keys = array(
			array( 'id' => 'new', 'secret' => base64_encode( str_repeat( 'n', 32 ) ) ),
			array( 'id' => 'old', 'secret' => base64_encode( str_repeat( 'o', 32 ) ) ),
		);
		$db   = self::database( array( 'keys' => $keys ) );
		$ring = ( new Key_Ring( new Stored_Options( $db, self::KEK ) ) )->keys( Stored_Options::KEY_TO_WORDPRESS, 1000 );
		$this->assertSame( array( 'new', 'old' ), array_column( $ring, 'id' ) );
		$this->assertSame( str_repeat( 'n', 32 ), $ring[0]['secret'] );
		$this->assertStringContainsString( '`wp_options`', $db->asked[0][0] );
	}

	/**
	 * A ring with anything wrong in it is no ring.
	 *
	 * @dataProvider wrong_rings
	 * @param mixed $ring What was sealed.
	 */
	public function test_a_wrong_ring_is_empty( $ring ): void {
		$options = new Stored_Options( self::database( $ring ), self::KEK );
		$this->assertSame( array(), ( new Key_Ring( $options ) )->keys( Stored_Options::KEY_TO_WORDPRESS, 1000 ) );
	}

	/**
	 * Rings with something wrong in them.
	 *
	 * @return list<array{mixed}>
	 */
	public static function wrong_rings(): array {
		$secret = base64_encode( str_repeat( 'n', 32 ) );
		$good   = array( 'id' => 'a', 'secret' => $secret );
		return array(
			array( null ),
			array( array() ),
			array( array( 'keys' => 'a' ) ),
			array( array( 'keys' => array( 'a' ) ) ),
			array( array( 'keys' => array( $good, array( 'id' => 'b' ) ) ) ),
			array( array( 'keys' => array( array( 'id' => 'a b', 'secret' => $secret ) ) ) ),
			array( array( 'keys' => array( array( 'id' => 'a', 'secret' => base64_encode( 'short' ) ) ) ) ),
			array( array( 'keys' => array( array( 'id' => 'a', 'secret' => '!' ) ) ) ),
			array( array( 'keys' => array_fill( 0, 9, $good ) ) ),
			array( array( 'keys' => array( $good, $good + array( 'notAfter' => '2000' ) ) ) ),
			array( array( 'keys' => array( $good, $good + array( 'notAfter' => null ) ) ) ),
		);
	}

	/**
	 * A key that retires is good until its end, and not from then on.
	 */
	public function test_a_key_ends(): void {
		$secret = base64_encode( str_repeat( 'n', 32 ) );
		$db     = self::database( array( 'keys' => array( array( 'id' => 'new', 'secret' => $secret ), array( 'id' => 'old', 'secret' => $secret, 'notAfter' => 2000 ) ) ) );
		$ring   = new Key_Ring( new Stored_Options( $db, self::KEK ) );
		$this->assertSame( array( 'new', 'old' ), array_column( $ring->keys( Stored_Options::KEY_TO_WORDPRESS, 1999 ), 'id' ) );
		$this->assertSame( array( 'new' ), array_column( $ring->keys( Stored_Options::KEY_TO_WORDPRESS, 2000 ), 'id' ) );
	}

	/**
	 * Without the key-encryption key, with another one, or moved to another row, a ring doesn't open.
	 */
	public function test_the_ring_is_bound(): void {
		$db = self::database( array( 'keys' => array( array( 'id' => 'a', 'secret' => base64_encode( str_repeat( 'n', 32 ) ) ) ) ) );
		foreach ( array( '', 'nonsense', base64_encode( str_repeat( 'x', 32 ) ) ) as $kek ) {
			$this->assertSame( array(), ( new Key_Ring( new Stored_Options( $db, $kek ) ) )->keys( Stored_Options::KEY_TO_WORDPRESS, 1000 ) );
		}
		$db->options[ Stored_Options::KEY_TO_SIDECAR ] = $db->options[ Stored_Options::KEY_TO_WORDPRESS ];
		$this->assertSame( array(), ( new Key_Ring( new Stored_Options( $db, self::KEK ) ) )->keys( Stored_Options::KEY_TO_SIDECAR, 1000 ) );
	}

	/**
	 * A database that can't be asked is not an empty one.
	 */
	public function test_a_failing_database_refuses(): void {
		$db          = self::database( null );
		$db->is_down = true;
		try {
			( new Key_Ring( new Stored_Options( $db, self::KEK ) ) )->keys( Stored_Options::KEY_TO_WORDPRESS, 1000 );
			$this->fail( 'it gave keys' );
		} catch ( Refusal $refusal ) {
			$this->assertSame( array( 'database_unavailable', 503 ), array( $refusal->reason(), $refusal->status() ) );
		}
	}

	/**
	 * Addresses that may be called.
	 *
	 * @dataProvider addresses
	 * @param mixed       $url      What is stored.
	 * @param string|null $expected What is called.
	 */
	public function test_address( $url, ?string $expected ): void {
		$db                                     = new \wpdb();
		$db->options[ Stored_Options::SIDECAR ] = json_encode( array( 'publicUrl' => $url ) );
		$this->assertSame( $expected, ( new Stored_Options( $db, '' ) )->sidecar_url() );
	}

	/**
	 * Addresses.
	 *
	 * @return list<array{mixed, string|null}>
	 */
	public static function addresses(): array {
		return array(
			array( 'https://sidecar.example', 'https://sidecar.example' ),
			array( 'https://site.example:8443/chaperone/', 'https://site.example:8443/chaperone' ),
			array( 'http://127.0.0.1:3000', 'http://127.0.0.1:3000' ),
			array( 'http://localhost:3000', 'http://localhost:3000' ),
			array( 'http://[::1]:3000', 'http://[::1]:3000' ),
			array( 'http://sidecar.example', null ),
			array( 'http://127.0.0.1.example', null ),
			array( 'https://user@sidecar.example', null ),
			array( 'https://sidecar.example/?a=1', null ),
			array( "https://sidecar.example\n", null ),
			array( 'ftp://sidecar.example', null ),
			array( 7, null ),
			array( null, null ),
		);
	}

	/**
	 * A nonce is spent once, by its hash, and remembered as long as its signature could be accepted.
	 */
	public function test_spends_nonces(): void {
		$db = new \wpdb();
		( new Nonce_Store( $db ) )->spend( 'key', 'nonce-nonce-nonce', 1795377900 );
		$this->assertSame( array( 'key', hash( 'sha256', 'nonce-nonce-nonce' ), gmdate( 'Y-m-d H:i:s', 1795377930 ) ), array_slice( $db->asked[0], 1 ) );

		$db->rows = 0;
		$this->assertSame( 'signature_replayed', self::reason_of_spending( $db ) );
		$db->is_down = true;
		$this->assertSame( 'database_unavailable', self::reason_of_spending( $db ) );
	}

	/**
	 * Why a nonce can't be spent.
	 *
	 * @param \wpdb $db Database.
	 */
	private static function reason_of_spending( \wpdb $db ): string {
		try {
			( new Nonce_Store( $db ) )->spend( 'key', 'nonce-nonce-nonce', 1795377900 );
			return 'spent';
		} catch ( Refusal $refusal ) {
			return $refusal->reason();
		}
	}

	/**
	 * A database with one sealed ring.
	 *
	 * @param mixed $ring What is sealed.
	 */
	private static function database( $ring ): \wpdb {
		$place = 'options:' . Stored_Options::KEY_TO_WORDPRESS;
		$db    = new \wpdb();

		$db->options[ Stored_Options::KEY_TO_WORDPRESS ] = json_encode(
			array(
				'version' => 3,
				'sealed'  => Sealed_Box::from_text( self::KEK )->seal( json_encode( $ring ), $place, 3, str_repeat( 'i', 12 ) ),
			)
		);
		return $db;
	}
}
