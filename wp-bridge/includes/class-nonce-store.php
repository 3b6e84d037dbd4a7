<?php
/**
 * Spent nonces.
 *
 * @package Chaperone\Bridge
 */

namespace Chaperone\Bridge;

/**
 * Remembers nonces in the sidecar's table, which its migrations make and which it clears of what has expired.
 * The primary key decides races: of any number of requests with one nonce, one gets through.
 */
final class Nonce_Store {

	/**
	 * Database.
	 *
	 * @var \wpdb
	 */
	private $db;

	/**
	 * Takes its collaborators.
	 *
	 * @param \wpdb $db Database.
	 */
	public function __construct( \wpdb $db ) {
		$this->db = $db;
	}

	/**
	 * Spends a nonce.
	 *
	 * INSERT IGNORE adds the row or adds none, and tells a duplicate from a failure without the driver's error number.
	 *
	 * @param string $key_id  Key id.
	 * @param string $nonce   Nonce.
	 * @param int    $expires When the signature expires, in Unix seconds.
	 * @throws Refusal With `signature_replayed`, or `database_unavailable`: not knowing is refusing.
	 */
	public function spend( string $key_id, string $nonce, int $expires ): void {
		$table      = Table::name( $this->db, Table::NONCES );
		$until      = gmdate( 'Y-m-d H:i:s', $expires + Signature_Profile::CLOCK_SKEW_SECONDS );
		$suppressed = $this->db->suppress_errors( true );
		// phpcs:disable WordPress.DB.PreparedSQL.InterpolatedNotPrepared, WordPress.DB.DirectDatabaseQuery -- The table's name is the prefix and a constant; a nonce is spent in the database or not at all.
		$insert = $this->db->prepare( "INSERT IGNORE INTO `$table` (key_id, nonce_hash, expires_at) VALUES (%s, UNHEX(%s), %s)", $key_id, hash( 'sha256', $nonce ), $until );
		$rows   = $this->db->query( (string) $insert );
		// phpcs:enable
		$this->db->suppress_errors( $suppressed );
		if ( ! is_int( $rows ) ) {
			throw new Refusal( 'database_unavailable', 'Whether this signature was used before can\'t be found out.' );
		}
		if ( 1 !== $rows ) {
			throw new Refusal( 'signature_replayed', 'This nonce was used before with this key.' );
		}
	}
}
