<?php
/**
 * Sealed values.
 *
 * @package Chaperone\Bridge
 */

namespace Chaperone\Bridge;

use PHPUnit\Framework\TestCase;

/**
 * A sealed value opens in its place, its version and with its key, or not at all.
 */
final class Test_Sealed_Box extends TestCase {

	/**
	 * The vectors that both suites read.
	 *
	 * @dataProvider vectors
	 * @param array $vector Vector.
	 */
	public function test_vector( array $vector ): void {
		$box    = Sealed_Box::from_text( implode( ',', $vector['kek'] ) );
		$opened = $box->open( $vector['sealed'], $vector['place'], $vector['version'] );
		$this->assertSame( isset( $vector['error'] ) ? null : $vector['plain'], $opened );
	}

	/**
	 * Vectors by name.
	 *
	 * @return array<string, array{array}>
	 */
	public static function vectors(): array {
		$cases = array();
		foreach ( json_decode( file_get_contents( CHAPERONE_CASES . '/secrets/sealed.json' ), true, 512, JSON_THROW_ON_ERROR )['vectors'] as $vector ) {
			$cases[ $vector['name'] ] = array( $vector );
		}
		return $cases;
	}

	/**
	 * Every single bit counts.
	 */
	public function test_each_flipped_bit_is_noticed(): void {
		$box    = new Sealed_Box( array( str_repeat( 'k', 32 ) ) );
		$sealed = $box->seal( 'plain', 'options:a', 1, str_repeat( 'i', 12 ) );
		$this->assertSame( 'plain', $box->open( $sealed, 'options:a', 1 ) );
		list( $form, $id, $iv, $body ) = explode( '.', $sealed );
		$bytes                         = base64_decode( strtr( $body, '-_', '+/' ), true );
		for ( $bit = 0; $bit < 8 * strlen( $bytes ); $bit++ ) {
			$changed                      = $bytes;
			$changed[ intdiv( $bit, 8 ) ] = chr( ord( $changed[ intdiv( $bit, 8 ) ] ) ^ ( 1 << ( $bit % 8 ) ) );
			$text                         = rtrim( strtr( base64_encode( $changed ), '+/', '-_' ), '=' );
			$this->assertNull( $box->open( "$form.$id.$iv.$text", 'options:a', 1 ) );
		}
	}

	/**
	 * Keys are 32 bytes in base64.
	 *
	 * @dataProvider wrong_keys
	 * @param string $text Constant's value.
	 */
	public function test_refuses_wrong_keys( string $text ): void {
		$this->expectException( \InvalidArgumentException::class );
		Sealed_Box::from_text( $text );
	}

	/**
	 * What isn't keys.
	 *
	 * @return list<array{string}>
	 */
	public static function wrong_keys(): array {
		$good = base64_encode( str_repeat( 'k', 32 ) );
		return array( array( '' ), array( ',' ), array( "$good," ), array( base64_encode( 'short' ) ), array( '!' . $good ), array( "$good,!" ) );
	}

	/**
	 * The first key seals; a key's id gives nothing of it away.
	 */
	public function test_first_key_seals(): void {
		$keys = array( str_repeat( 'a', 32 ), str_repeat( 'b', 32 ) );
		$box  = new Sealed_Box( $keys );
		$this->assertSame( array( Sealed_Box::key_id( $keys[0] ), Sealed_Box::key_id( $keys[1] ) ), $box->key_ids() );
		$sealed = $box->seal( 'x', 'options:a', 1, str_repeat( 'i', 12 ) );
		$this->assertSame( 'x', ( new Sealed_Box( array( $keys[0] ) ) )->open( $sealed, 'options:a', 1 ) );
		$this->assertNull( ( new Sealed_Box( array( $keys[1] ) ) )->open( $sealed, 'options:a', 1 ) );
	}

	/**
	 * An id of digits alone stays text: PHP makes such array keys numbers.
	 */
	public function test_numeric_key_id(): void {
		for ( $n = 0; $n < 5000; $n++ ) {
			$key = hash( 'sha256', "key $n", true );
			if ( ctype_digit( Sealed_Box::key_id( $key ) ) && '0' !== Sealed_Box::key_id( $key )[0] ) {
				$box = new Sealed_Box( array( $key ) );
				$this->assertSame( 'x', $box->open( $box->seal( 'x', 'options:a', 1, str_repeat( 'i', 12 ) ), 'options:a', 1 ) );
				return;
			}
		}
		$this->fail( 'no key has an id of digits alone' );
	}
}
