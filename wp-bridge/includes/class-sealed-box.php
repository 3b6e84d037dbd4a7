<?php
/**
 * Sealed values.
 *
 * @package Chaperone\Bridge
 */

namespace Chaperone\Bridge;

/**
 * AES-256-GCM under a key-encryption key, in the form that docs/bridge.md describes.
 *
 * A sealed value is bound to its place and version: copied into another row, or put back after it was replaced, it
 * doesn't open. WordPress only opens; sealing is here for the tests and for the vectors that both suites read.
 */
final class Sealed_Box {

	private const CIPHER    = 'aes-256-gcm';
	private const KEY_BYTES = 32;
	private const IV_BYTES  = 12;
	private const TAG_BYTES = 16;
	private const FORM      = '/^v1\.([0-9a-f]{8})\.([A-Za-z0-9_-]{16})\.([A-Za-z0-9_-]{22,})\z/';

	/**
	 * Key-encryption keys by id, the sealing one first.
	 *
	 * @var array<string, string>
	 */
	private $keys = array();

	/**
	 * Takes the keys.
	 *
	 * @param list<string> $keys Keys of 32 bytes; the first seals, all open.
	 * @throws \InvalidArgumentException When there is none, or one has another length.
	 */
	public function __construct( array $keys ) {
		foreach ( $keys as $key ) {
			if ( self::KEY_BYTES !== strlen( $key ) ) {
				throw new \InvalidArgumentException( 'a key-encryption key has 32 bytes' );
			}
			$this->keys += array( self::key_id( $key ) => $key );
		}
		if ( array() === $this->keys ) {
			throw new \InvalidArgumentException( 'there is no key-encryption key' );
		}
	}

	/**
	 * Reads the constant CHAPERONE_KEK: keys in base64, separated by commas.
	 *
	 * @param string $text The constant's value.
	 * @throws \InvalidArgumentException When a key isn't 32 bytes in base64.
	 */
	public static function from_text( string $text ): self {
		$keys = array();
		foreach ( explode( ',', $text ) as $part ) {
			$key = base64_decode( trim( $part ), true );
			if ( false === $key ) {
				throw new \InvalidArgumentException( 'a key-encryption key is not base64' );
			}
			$keys[] = $key;
		}
		return new self( $keys );
	}

	/**
	 * Names a key without giving anything of it away.
	 *
	 * @param string $key 32 bytes.
	 * @return string 8 hexadecimal digits.
	 */
	public static function key_id( string $key ): string {
		return substr( hash( 'sha256', 'chaperone/kek-id/v1' . $key ), 0, 8 );
	}

	/**
	 * Ids of the keys, the sealing one first.
	 *
	 * @return list<string>
	 */
	public function key_ids(): array {
		return array_map( 'strval', array_keys( $this->keys ) );
	}

	/**
	 * Seals under the first key.
	 *
	 * @param string $plain   What to keep secret.
	 * @param string $place   `options:<option_name>`.
	 * @param int    $version Positive.
	 * @param string $iv      12 random bytes, never used before.
	 * @throws \InvalidArgumentException When it can't be sealed.
	 */
	public function seal( string $plain, string $place, int $version, string $iv ): string {
		if ( self::IV_BYTES !== strlen( $iv ) ) {
			throw new \InvalidArgumentException( 'an iv has 12 bytes' );
		}
		$id     = $this->key_ids()[0];
		$tag    = '';
		$sealed = openssl_encrypt( $plain, self::CIPHER, $this->keys[ $id ], OPENSSL_RAW_DATA, $iv, $tag, self::associated_data( $id, $place, $version ), self::TAG_BYTES );
		if ( false === $sealed ) {
			throw new \InvalidArgumentException( 'it could not be sealed' );
		}
		return 'v1.' . $id . '.' . self::base64url( $iv ) . '.' . self::base64url( $sealed . $tag );
	}

	/**
	 * Opens a sealed value, or gives null: it was changed, moved or put back, or none of the keys is the one.
	 *
	 * @param string $sealed  `v1.<kekId>.<iv>.<ciphertext||tag>`.
	 * @param string $place   Where it was found.
	 * @param int    $version The version beside it.
	 */
	public function open( string $sealed, string $place, int $version ): ?string {
		if ( 1 !== preg_match( self::FORM, $sealed, $parts ) || ! isset( $this->keys[ $parts[1] ] ) ) {
			return null;
		}
		$iv   = self::bytes( $parts[2] );
		$body = self::bytes( $parts[3] );
		if ( null === $iv || null === $body || strlen( $body ) < self::TAG_BYTES ) {
			return null;
		}
		$opened = openssl_decrypt(
			substr( $body, 0, -self::TAG_BYTES ),
			self::CIPHER,
			$this->keys[ $parts[1] ],
			OPENSSL_RAW_DATA,
			$iv,
			substr( $body, -self::TAG_BYTES ),
			self::associated_data( $parts[1], $place, $version )
		);
		return false === $opened ? null : $opened;
	}

	/**
	 * What is authenticated beside the value.
	 *
	 * @param string $id      Key id.
	 * @param string $place   Place.
	 * @param int    $version Version.
	 */
	private static function associated_data( string $id, string $place, int $version ): string {
		return "chaperone|$id|$place|$version";
	}

	/**
	 * Base64url without padding.
	 *
	 * @param string $bytes Bytes.
	 */
	private static function base64url( string $bytes ): string {
		return rtrim( strtr( base64_encode( $bytes ), '+/', '-_' ), '=' );
	}

	/**
	 * Bytes of base64url, or null when it has bits left over: a sealed value has one text.
	 *
	 * @param string $text Base64url.
	 */
	private static function bytes( string $text ): ?string {
		$bytes = base64_decode( strtr( $text, '-_', '+/' ), true );
		return false !== $bytes && self::base64url( $bytes ) === $text ? $bytes : null;
	}
}
