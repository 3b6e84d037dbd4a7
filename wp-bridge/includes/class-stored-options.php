<?php
/**
 * The rows that the sidecar leaves for the bridge.
 *
 * @package Chaperone\Bridge
 */

namespace Chaperone\Bridge;

/**
 * Reads rows of the options table past the object cache: the sidecar writes them behind WordPress's back, so a cached
 * value could be a key that was rotated away.
 *
 * In a network the rows are in the first site's table, whose name has no number.
 */
final class Stored_Options {

	public const KEY_TO_WORDPRESS = 'ai_agent_key_to_wordpress';
	public const KEY_TO_SIDECAR   = 'ai_agent_key_to_sidecar';
	public const CANARY           = 'ai_agent_kek_canary';
	public const SIDECAR          = 'ai_agent_sidecar';

	/**
	 * Database.
	 *
	 * @var \wpdb
	 */
	private $db;

	/**
	 * The value of CHAPERONE_KEK; empty when the constant is missing.
	 *
	 * @var string
	 */
	private $kek;

	/**
	 * Takes its collaborators.
	 *
	 * @param \wpdb  $db  Database.
	 * @param string $kek The value of CHAPERONE_KEK; empty when the constant is missing.
	 */
	public function __construct( \wpdb $db, string $kek ) {
		$this->db  = $db;
		$this->kek = $kek;
	}

	/**
	 * An option's value, or null when there is no such row.
	 *
	 * @param string $name Option name.
	 * @throws Refusal With `database_unavailable`.
	 */
	public function read( string $name ): ?string {
		$suppressed = $this->db->suppress_errors( true );
		$table      = Table::name( $this->db, Table::OPTIONS );
		// phpcs:disable WordPress.DB.PreparedSQL.InterpolatedNotPrepared, WordPress.DB.DirectDatabaseQuery -- The table's name is WordPress's own; the cache must be passed.
		$value = $this->db->get_var( $this->db->prepare( "SELECT option_value FROM `$table` WHERE option_name = %s", $name ) );
		// phpcs:enable
		$this->db->suppress_errors( $suppressed );
		if ( null === $value && '' !== $this->db->last_error ) {
			throw new Refusal( 'database_unavailable', 'The keys can\'t be read from the database.' );
		}
		return null === $value ? null : (string) $value;
	}

	/**
	 * A sealed option's plain text, or null when there is no such row, it doesn't open, or there is no key to open it with.
	 *
	 * @param string $name Option name.
	 * @throws Refusal With `database_unavailable`.
	 */
	public function read_sealed( string $name ): ?string {
		$row = json_decode( (string) $this->read( $name ), true );
		if ( ! is_array( $row ) || ! is_int( $row['version'] ?? null ) || ! is_string( $row['sealed'] ?? null ) ) {
			return null;
		}
		$box = $this->box();
		return null === $box ? null : $box->open( $row['sealed'], "options:$name", $row['version'] );
	}

	/**
	 * Where the sidecar is: an address without a trailing slash, or null before the pairing.
	 * Plain http is for the same machine only; elsewhere it would carry the admins' requests in the open.
	 *
	 * @throws Refusal With `database_unavailable`.
	 */
	public function sidecar_url(): ?string {
		$row = json_decode( (string) $this->read( self::SIDECAR ), true );
		$url = is_array( $row ) && is_string( $row['publicUrl'] ?? null ) ? $row['publicUrl'] : '';
		if ( 1 !== preg_match( '~^(https|http)://(\[[0-9a-f:.]+\]|[a-z0-9.-]+)(?::[0-9]{1,5})?(?:/[A-Za-z0-9._\~/-]*)?\z~i', $url, $parts ) ) {
			return null;
		}
		$is_loopback = 1 === preg_match( '/^(localhost|127(\.[0-9]{1,3}){3}|\[::1\])\z/i', $parts[2] );
		return 'https' === strtolower( $parts[1] ) || $is_loopback ? rtrim( $url, '/' ) : null;
	}

	/**
	 * What opens sealed values, or null when CHAPERONE_KEK is missing or isn't keys.
	 */
	public function box(): ?Sealed_Box {
		try {
			return '' === $this->kek ? null : Sealed_Box::from_text( $this->kek );
		} catch ( \InvalidArgumentException $problem ) {
			return null;
		}
	}
}
