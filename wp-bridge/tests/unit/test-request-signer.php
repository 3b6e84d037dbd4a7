<?php
/**
 * Signing.
 *
 * @package Chaperone\Bridge
 */

namespace Chaperone\Bridge;

use PHPUnit\Framework\TestCase;

/**
 * What the signer makes, the verifier believes, and only that.
 */
final class Test_Request_Signer extends TestCase {

	private const KEY   = array(
		'id'     => 'bridge_to_sidecar_1',
		'secret' => '0123456789abcdef0123456789abcdef',
	);
	private const NOW   = 1795377600;
	private const NONCE = 'abcdefghijklmnopqrstuvwx';

	/**
	 * RFC 9421, B.2.5: the HMAC of the RFC's own signature base.
	 */
	public function test_hmac_of_the_rfc(): void {
		$base   = "\"date\": Tue, 20 Apr 2021 02:07:55 GMT\n\"@authority\": example.com\n\"content-type\": application/json\n"
			. '"@signature-params": ("date" "@authority" "content-type");created=1618884473;keyid="test-shared-secret"';
		$secret = base64_decode( 'uzvJfB4u3N0Jy4T7NZ75MDVcr8zSTInedJtkgcu46YW4XByzNJjxBdtjUkdJPBtbmHhIDi6pcl8jsasjlTMtDQ==', true );
		$this->assertSame( 'pxcQw6G3AjtMBQjwo8XzkZf/bws5LelbaMk5rGIGtE8=', base64_encode( hash_hmac( 'sha256', $base, $secret, true ) ) );

		$message = new Http_Message( 'POST', 'https', '/foo', array( array( 'Host', 'example.com' ), array( 'Date', 'Tue, 20 Apr 2021 02:07:55 GMT' ), array( 'Content-Type', 'application/json' ) ), '' );
		$params  = '("date" "@authority" "content-type");created=1618884473;keyid="test-shared-secret"';
		$this->assertSame( $base, Signature_Profile::signature_base( $message, array( 'date', '@authority', 'content-type' ), $params ) );
	}

	/**
	 * With and without a body, the sidecar's headers covered.
	 *
	 * @dataProvider requests
	 * @param string                $method  Method.
	 * @param string                $url     Address.
	 * @param array<string, string> $headers Headers.
	 * @param string                $body    Body.
	 */
	public function test_round_trip( string $method, string $url, array $headers, string $body ): void {
		$signed = $headers + ( new Request_Signer() )->sign( $method, $url, $headers, $body, self::KEY, self::NOW, self::NONCE );
		$claim  = self::verify( $method, $url, $signed, $body );
		$this->assertSame( self::NONCE, $claim->parameters['nonce'] );
		$this->assertSame( self::NOW + 300, $claim->parameters['expires'] );
		foreach ( array_keys( $headers ) as $name ) {
			$name = strtolower( $name );
			if ( 'x-extra' !== $name && ! ( '' === $body && 'content-type' === $name ) ) {
				$this->assertContains( $name, $claim->components );
			}
		}
	}

	/**
	 * Each part of the request that is changed on its way breaks the signature.
	 */
	public function test_changes_are_noticed(): void {
		$headers = array(
			'Content-Type'         => 'application/json',
			'Idempotency-Key'      => 'one',
			'AI-Agent-Acting-User' => '7',
		);
		$url     = 'https://sidecar.example/v1/policies?a=1';
		$signed  = $headers + ( new Request_Signer() )->sign( 'POST', $url, $headers, '{"a":1}', self::KEY, self::NOW, self::NONCE );
		$changed = array(
			array( 'PUT', $url, $signed, '{"a":1}' ),
			array( 'POST', 'https://other.example/v1/policies?a=1', $signed, '{"a":1}' ),
			array( 'POST', 'https://sidecar.example/v1/policies?a=2', $signed, '{"a":1}' ),
			array( 'POST', 'https://sidecar.example/v1/audit?a=1', $signed, '{"a":1}' ),
			array( 'POST', $url, $signed, '{"a":2}' ),
			array( 'POST', $url, $signed, '' ),
			array( 'POST', $url, array( 'AI-Agent-Acting-User' => '1' ) + $signed, '{"a":1}' ),
			array( 'POST', $url, array( 'Content-Type' => 'text/plain' ) + $signed, '{"a":1}' ),
			array( 'POST', $url, array( 'Authorization' => 'Basic YTpi' ) + $signed, '{"a":1}' ),
		);
		foreach ( $changed as $index => $arguments ) {
			try {
				self::verify( ...$arguments );
				$this->fail( "change $index went unnoticed" );
			} catch ( Refusal $refusal ) {
				$this->assertMatchesRegularExpression( '/^(signature_(invalid|coverage)|digest_mismatch)$/', $refusal->reason() );
			}
		}
	}

	/**
	 * What no verifier would accept isn't sent.
	 */
	public function test_refuses_to_sign_nonsense(): void {
		$wrong = array(
			array( 'POST', 'https://sidecar.example/v1/x', array(), '{}', self::KEY, self::NOW, self::NONCE ),
			array( 'GET', '/v1/x', array(), '', self::KEY, self::NOW, self::NONCE ),
			array( 'GET', 'https://sidecar.example/v1/x', array(), '', self::KEY, self::NOW, 'short' ),
			array( 'GET', 'https://sidecar.example/v1/x', array( 'Idempotency-Key' => "a\nb" ), '', self::KEY, self::NOW, self::NONCE ),
			array( 'GET', 'https://sidecar.example/v1/x', array( 'Idempotency-Key' => "caf\xc3\xa9" ), '', self::KEY, self::NOW, self::NONCE ),
			array( 'GET', 'https://sidecar.example/v1/x', array(), '', array( 'id' => 'a"b' ) + self::KEY, self::NOW, self::NONCE ),
		);
		foreach ( $wrong as $index => $arguments ) {
			try {
				( new Request_Signer() )->sign( ...$arguments );
				$this->fail( "case $index was signed" );
			} catch ( \InvalidArgumentException $problem ) {
				$this->addToAssertionCount( 1 );
			}
		}
	}

	/**
	 * Requests of every shape.
	 *
	 * @return array<string, array>
	 */
	public static function requests(): array {
		$user = array( 'AI-Agent-Acting-User' => '7' );
		$json = $user + array( 'Content-Type' => 'application/json' );
		return array(
			'get'            => array( 'GET', 'https://sidecar.example/v1/pairing', $user, '' ),
			'get, query'     => array( 'GET', 'https://sidecar.example/v1/audit?b=2&a=%20x&a=+&c', $user, '' ),
			'get, no path'   => array( 'GET', 'https://sidecar.example', $user, '' ),
			'get, port'      => array( 'GET', 'http://127.0.0.1:8080/v1/pairing', $user, '' ),
			'get, prefix'    => array( 'GET', 'https://site.example/chaperone/v1/pairing', $user, '' ),
			'post'           => array( 'POST', 'https://sidecar.example/v1/policies', $json + array( 'Idempotency-Key' => 'k' ), '{"ü":1}' ),
			'post, no body'  => array( 'POST', 'https://sidecar.example/v1/policies/1/activate', $json, '' ),
			'post, and more' => array( 'POST', 'https://sidecar.example/v1/policies', $json + array( 'X-Extra' => 'é' ), '{}' ),
		);
	}

	/**
	 * Verifies what was sent.
	 *
	 * @param string                $method  Method.
	 * @param string                $url     Address.
	 * @param array<string, string> $headers Headers.
	 * @param string                $body    Body.
	 */
	private static function verify( string $method, string $url, array $headers, string $body ): Signature_Claim {
		preg_match( '~^(https?)://([^/?]*)(.*)$~', $url, $parts );
		$lines = array( array( 'host', $parts[2] ) );
		foreach ( $headers as $name => $value ) {
			$lines[] = array( $name, $value );
		}
		$message = new Http_Message( $method, $parts[1], '' === $parts[3] ? '/' : $parts[3], $lines, $body );
		return ( new Request_Verifier() )->verify( $message, array( self::KEY ), self::NOW );
	}
}
