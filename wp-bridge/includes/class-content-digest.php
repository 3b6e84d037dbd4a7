<?php
/**
 * Digests of bodies (RFC 9530).
 *
 * @package Chaperone\Bridge
 */

namespace Chaperone\Bridge;

/**
 * Writes and checks the field Content-Digest.
 */
final class Content_Digest {

	/**
	 * RFC 9530, section 5: the algorithms that are active and not for corruption alone.
	 */
	private const HASHES = array(
		'sha-256' => 'sha256',
		'sha-512' => 'sha512',
	);

	/**
	 * The field's value for these bytes, with SHA-256.
	 *
	 * @param string $body Bytes.
	 */
	public static function of( string $body ): string {
		return 'sha-256=:' . base64_encode( hash( 'sha256', $body, true ) ) . ':';
	}

	/**
	 * Refuses a field that doesn't speak the truth about the bytes that came. At least one digest must be of an algorithm
	 * known here, and every one known must match: two lazy readers of different digests see the same body.
	 *
	 * @param string $field The field's value.
	 * @param string $body  Bytes.
	 * @throws Refusal With `request_malformed` or `digest_mismatch`.
	 */
	public static function check( string $field, string $body ): void {
		$digests = Structured_Fields::byte_sequences( $field, '[ \t]*,[ \t]*' );
		if ( null === $digests ) {
			throw new Refusal( 'request_malformed', 'Content-Digest is not a canonical list of digests.' );
		}
		$known = array_intersect_key( self::HASHES, $digests );
		foreach ( $known as $name => $hash ) {
			if ( ! hash_equals( hash( $hash, $body, true ), $digests[ $name ] ) ) {
				throw new Refusal( 'digest_mismatch', "The $name digest in Content-Digest is not that of the body." );
			}
		}
		if ( array() === $known ) {
			throw new Refusal( 'digest_mismatch', 'Content-Digest holds neither sha-256 nor sha-512.' );
		}
	}
}
