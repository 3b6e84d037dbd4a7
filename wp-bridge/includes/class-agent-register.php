<?php
/**
 * Which users are agents.
 *
 * @package Chaperone\Bridge
 */

namespace Chaperone\Bridge;

/**
 * Reads the sidecar's table of agents. Whatever can't be read counts as bound: not knowing is refusing.
 *
 * A user with the role `ai_agent` counts as bound without a row too, so that neither a service account that is just being
 * made nor one whose agent was deleted is free for that moment.
 */
final class Agent_Register {

	public const UNBOUND    = 'unbound';
	public const BOUND      = 'bound';
	public const DIRECT_USE = 'direct_use';
	public const UNKNOWN    = 'unknown';

	/**
	 * Database.
	 *
	 * @var \wpdb
	 */
	private $db;

	/**
	 * What was found, by user id, for this request.
	 *
	 * @var array<int, string>
	 */
	private $known = array();

	/**
	 * Takes its collaborators.
	 *
	 * @param \wpdb $db Database.
	 */
	public function __construct( \wpdb $db ) {
		$this->db = $db;
	}

	/**
	 * Whether a user is bound to an agent.
	 *
	 * @param \WP_User $user User.
	 * @return string UNBOUND; BOUND; DIRECT_USE: bound, and an admin lets it use WordPress directly while it is neither
	 *                suspended nor past its time nor bounded to addresses, which WordPress can't tell behind a proxy; UNKNOWN: the table is there and can't be read.
	 */
	public function binding( \WP_User $user ): string {
		if ( ! isset( $this->known[ $user->ID ] ) ) {
			$this->known[ $user->ID ] = $this->look_up( $user );
		}
		return $this->known[ $user->ID ];
	}

	/**
	 * Asks the database.
	 *
	 * @param \WP_User $user User.
	 */
	private function look_up( \WP_User $user ): string {
		$table      = Table::name( $this->db, Table::AGENTS );
		$suppressed = $this->db->suppress_errors( true );
		// phpcs:disable WordPress.DB.PreparedSQL.InterpolatedNotPrepared, WordPress.DB.DirectDatabaseQuery -- The table's name is the prefix and a constant; the sidecar writes it behind WordPress's back.
		$tables = $this->db->get_col( $this->db->prepare( 'SHOW TABLES LIKE %s', $this->db->esc_like( $table ) ) );
		$failed = '' !== $this->db->last_error;
		$rows   = array();
		if ( ! $failed && array() !== $tables ) {
			$rows   = $this->db->get_col( $this->db->prepare( "SELECT direct_use = 1 AND state = 'active' AND ( expires_at IS NULL OR expires_at > UTC_TIMESTAMP(6) ) AND allowed_ips IS NULL FROM `$table` WHERE user_id = %d", $user->ID ) );
			$failed = '' !== $this->db->last_error;
		}
		// phpcs:enable
		$this->db->suppress_errors( $suppressed );
		if ( $failed ) {
			return self::UNKNOWN;
		}
		if ( array() === $rows ) {
			return in_array( Capabilities::ROLE, (array) $user->roles, true ) ? self::BOUND : self::UNBOUND;
		}
		return array( '1' ) === array_map( 'strval', $rows ) ? self::DIRECT_USE : self::BOUND;
	}
}
