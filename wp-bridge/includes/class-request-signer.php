<?php
/**
 * Signs requests.
 *
 * @package Chaperone\Bridge
 */

namespace Chaperone\Bridge;

/**
 * Makes the headers by which the sidecar knows that a request comes from this site. Pure: time and nonce are given.
 */
final class Request_Signer {

	private const LABEL = 'sig1';

	/**
	 * The headers to add: Content-Digest when there is a body, Signature-Input and Signature.
	 * Everything that a verifier demands is covered, in a fixed order.
	 *
	 * @param string                            $method  Upper case.
	 * @param string                            $url     Absolute address, as it will be asked for.
	 * @param array<string, string>             $headers What will be sent besides; with a body, `Content-Type` must be among them.
	 * @param string                            $body    Body; empty for none.
	 * @param array{id: string, secret: string} $key  Key id and secret bytes.
	 * @param int                               $created Unix seconds.
	 * @param string                            $nonce   16 to 128 characters, never used before with this key.
	 * @return array<string, string>
	 * @throws \InvalidArgumentException When no verifier would accept the result.
	 */
	public function sign( string $method, string $url, array $headers, string $body, array $key, int $created, string $nonce ): array {
		$added   = '' === $body ? array() : array( 'Content-Digest' => Content_Digest::of( $body ) );
		$message = self::message( $method, $url, $headers + $added, $body );
		if ( 1 !== preg_match( Signature_Profile::NONCE_PATTERN, $nonce ) || 1 !== preg_match( Key_Ring::ID_PATTERN, $key['id'] ) ) {
			throw new \InvalidArgumentException( 'the nonce or the key id is not of this profile' );
		}
		$components = Signature_Profile::required_components( $message );
		$parameters = sprintf(
			'("%s");created=%d;expires=%d;nonce="%s";keyid="%s";tag="%s"',
			implode( '" "', $components ),
			$created,
			$created + Signature_Profile::MAX_LIFETIME_SECONDS,
			$nonce,
			$key['id'],
			Signature_Profile::TAG
		);
		$base       = Signature_Profile::signature_base( $message, $components, $parameters );
		if ( null === $base ) {
			throw new \InvalidArgumentException( 'a header that must be signed is missing or not ASCII' );
		}
		$signature = base64_encode( hash_hmac( 'sha256', $base, $key['secret'], true ) );
		return $added + array(
			'Signature-Input' => self::LABEL . '=' . $parameters,
			'Signature'       => self::LABEL . '=:' . $signature . ':',
		);
	}

	/**
	 * The request as the other side will see it.
	 *
	 * @param string                $method  Upper case.
	 * @param string                $url     Absolute address.
	 * @param array<string, string> $headers Headers.
	 * @param string                $body    Body.
	 * @throws \InvalidArgumentException When it can't be sent.
	 */
	private static function message( string $method, string $url, array $headers, string $body ): Http_Message {
		if ( 1 !== preg_match( '~^(https?)://([^/?#@]+)([^#]*)\z~', $url, $parts ) ) {
			throw new \InvalidArgumentException( 'the address is not absolute' );
		}
		$target = '/' === substr( $parts[3], 0, 1 ) ? $parts[3] : '/' . $parts[3];
		$lines  = array( array( 'Host', $parts[2] ) );
		foreach ( $headers as $name => $value ) {
			$lines[] = array( $name, $value );
		}
		try {
			return new Http_Message( $method, $parts[1], $target, $lines, $body );
		} catch ( Refusal $refusal ) {
			throw new \InvalidArgumentException( $refusal->getMessage() );
		}
	}
}
