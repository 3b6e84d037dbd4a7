<?php
/**
 * What was refused on WordPress itself.
 *
 * @package Chaperone\Bridge
 */

namespace Chaperone\Bridge;

/**
 * Leaves word of refused direct uses for the sidecar, which alone writes the log. One row per account and way in, that counts:
 * however often somebody tries, nothing grows, and nobody waits for the sidecar.
 */
final class Refused_Uses {

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
	 * Notes one. The request is refused whether or not this can be written.
	 *
	 * @param int $user_id Whose application password was refused.
	 */
	public function note( int $user_id ): void {
		$table      = Table::name( $this->db, Table::REFUSED );
		$via        = defined( 'XMLRPC_REQUEST' ) && XMLRPC_REQUEST ? 'xmlrpc' : 'rest';
		$ip         = isset( $_SERVER['REMOTE_ADDR'] ) ? substr( sanitize_text_field( wp_unslash( $_SERVER['REMOTE_ADDR'] ) ), 0, 45 ) : '';
		$suppressed = $this->db->suppress_errors( true );
		// phpcs:disable WordPress.DB.PreparedSQL.InterpolatedNotPrepared, WordPress.DB.DirectDatabaseQuery -- The table's name is the prefix and a constant. MySQL assigns from left to right, so first_at comes before the count that it depends on.
		$this->db->query(
			(string) $this->db->prepare(
				"INSERT INTO `$table` (user_id, via, uses, first_at, last_at, last_ip) VALUES (%d, %s, 1, UTC_TIMESTAMP(6), UTC_TIMESTAMP(6), NULLIF(%s, ''))
				ON DUPLICATE KEY UPDATE first_at = IF(uses = 0, VALUES(first_at), first_at), last_at = VALUES(last_at), last_ip = VALUES(last_ip), uses = uses + 1",
				$user_id,
				$via,
				$ip
			)
		);
		// phpcs:enable
		$this->db->suppress_errors( $suppressed );
	}
}
