<?php
/**
 * The two keys between sidecar and bridge.
 *
 * @package Chaperone\Bridge
 */

namespace Chaperone\Bridge;

/**
 * Opens the keys of a direction. The first signs, every one verifies, so a key can be replaced while calls run.
 */
final class Key_Ring {

	public const ID_PATTERN = '/^[A-Za-z0-9_.:-]{1,64}\z/';
	private const KEY_BYTES = 32;
	private const MAX_KEYS  = 8;

	/**
	 * Where the sealed keys are.
	 *
	 * @var Stored_Options
	 */
	private $options;

	/**
	 * Takes its collaborators.
	 *
	 * @param Stored_Options $options Where the sealed keys are.
	 */
	public function __construct( Stored_Options $options ) {
		$this->options = $options;
	}

	/**
	 * The keys of an option that are good now, the signing one first; none before the pairing, and none when a single part of
	 * it isn't as it should be. A key that retires carries `notAfter`, in Unix seconds.
	 *
	 * @param string $option Stored_Options::KEY_TO_WORDPRESS or ::KEY_TO_SIDECAR.
	 * @param int    $now    Unix seconds.
	 * @return list<array{id: string, secret: string}>
	 * @throws Refusal With `database_unavailable`.
	 */
	public function keys( string $option, int $now ): array {
		$ring = json_decode( (string) $this->options->read_sealed( $option ), true );
		if ( ! is_array( $ring ) || ! is_array( $ring['keys'] ?? null ) || count( $ring['keys'] ) > self::MAX_KEYS ) {
			return array();
		}
		$keys = array();
		foreach ( $ring['keys'] as $key ) {
			$id     = is_array( $key ) ? $key['id'] ?? null : null;
			$base64 = is_array( $key ) ? $key['secret'] ?? null : null;
			$secret = is_string( $base64 ) ? base64_decode( $base64, true ) : false;
			$until  = is_array( $key ) && array_key_exists( 'notAfter', $key ) ? $key['notAfter'] : PHP_INT_MAX;
			if ( ! is_int( $until ) || ! is_string( $id ) || 1 !== preg_match( self::ID_PATTERN, $id ) || ! is_string( $secret ) || self::KEY_BYTES !== strlen( $secret ) ) {
				return array();
			}
			if ( $now < $until ) {
				$keys[] = array(
					'id'     => $id,
					'secret' => $secret,
				);
			}
		}
		return $keys;
	}
}
