<?php
/**
 * How many calls wait for people.
 *
 * @package Chaperone\Bridge
 */

namespace Chaperone\Bridge;

/**
 * Counts held calls in the sidecar's table, over its index on state and expiry, so that no admin page waits for the sidecar.
 */
final class Waiting_Approvals {

	private const OPEN = array( 'pending', 'suggested' );

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
	 * The number of calls that can still be decided; 0 when it can't be read, as before the pairing.
	 */
	public function count(): int {
		$table      = Table::name( $this->db, Table::APPROVALS );
		$suppressed = $this->db->suppress_errors( true );
		// phpcs:disable WordPress.DB.PreparedSQL.InterpolatedNotPrepared, WordPress.DB.DirectDatabaseQuery -- The table's name is the prefix and a constant; the sidecar writes it behind WordPress's back.
		$count = $this->db->get_var(
			$this->db->prepare( "SELECT COUNT(*) FROM `$table` WHERE state IN (%s, %s) AND expires_at > UTC_TIMESTAMP(6)", self::OPEN[0], self::OPEN[1] )
		);
		// phpcs:enable
		$this->db->suppress_errors( $suppressed );
		return (int) $count;
	}
}
