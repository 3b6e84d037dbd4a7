<?php
/**
 * The vectors that both suites read.
 *
 * @package Chaperone\Bridge
 */

namespace Chaperone\Bridge;

use PHPUnit\Framework\TestCase;

/**
 * Every vector of the sidecar's suite, verified by PHP.
 */
final class Test_Signature_Vectors extends TestCase {

	/**
	 * Where the two verifiers differ, and why. The sidecar knows its public address and compares Host with it before
	 * anything else; the bridge takes Host at its word, so the same requests fail at the MAC. The bridge has no path of its
	 * own to put back or to look for: what was asked for is what is signed. And it has HMAC keys alone.
	 */
	private const IN_THE_BRIDGE = array(
		'host-of-another'      => 'signature_invalid',
		'host-with-other-port' => 'signature_invalid',
		'host-with-port-80'    => 'signature_invalid',
		'host-with-dot'        => 'signature_invalid',
		'host-forwarded'       => 'signature_invalid',
		'prefix-stripped'      => 'signature_invalid',
		'prefix-look-alike'    => 'ok',
	);

	/**
	 * A vector is accepted or refused with its code.
	 *
	 * @dataProvider vectors
	 * @param array $vector Vector.
	 */
	public function test_vector( array $vector ): void {
		$expected = $vector['expect']['ok'] ? 'ok' : $vector['expect']['code'];
		if ( 'ed25519' === $vector['key']['algorithm'] && 'ok' === $expected ) {
			$expected = 'signature_invalid';
		}
		$expected = self::IN_THE_BRIDGE[ $vector['name'] ] ?? $expected;
		$this->assertSame( $expected, self::outcome( $vector ), $vector['description'] ?? '' );
	}

	/**
	 * No vector that was refused is accepted when its key isn't known, and none that was accepted.
	 *
	 * @dataProvider vectors
	 * @param array $vector Vector.
	 */
	public function test_without_the_key( array $vector ): void {
		$vector['key']['id'] = 'key_other';
		$this->assertNotSame( 'ok', self::outcome( $vector ) );
	}

	/**
	 * Vectors by name.
	 *
	 * @return array<string, array{array}>
	 */
	public static function vectors(): array {
		$cases = array();
		$text  = file_get_contents( CHAPERONE_CASES . '/signatures/vectors.json' );
		foreach ( json_decode( $text, true, 512, JSON_THROW_ON_ERROR )['vectors'] as $vector ) {
			$cases[ $vector['name'] ] = array( $vector );
		}
		return $cases;
	}

	/**
	 * `ok`, or the code of the refusal.
	 *
	 * @param array $vector Vector.
	 */
	private static function outcome( array $vector ): string {
		list( 'method' => $method, 'url' => $url, 'headers' => $headers, 'body' => $body ) = $vector['request'];
		preg_match( '~^(https?)://[^/?]*(.*)$~', $url, $parts );
		$key = array(
			'id'     => $vector['key']['id'],
			'secret' => base64_decode( $vector['key']['secret'] ?? '', true ),
		);
		try {
			$message = new Http_Message( $method, $parts[1], $parts[2], $headers, $body );
			( new Request_Verifier() )->verify( $message, array( $key ), $vector['now'] );
			return 'ok';
		} catch ( Refusal $refusal ) {
			return $refusal->reason();
		}
	}
}
