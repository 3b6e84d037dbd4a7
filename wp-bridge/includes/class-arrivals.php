<?php
/**
 * Which calls arrived, and what became of them.
 *
 * @package Chaperone\Bridge
 */

namespace Chaperone\Bridge;

/**
 * Writes down in a call's row that it arrived, before anything is done for it, and how it ended, before that is answered. So the
 * sidecar can find out what became of a call whose answer it never got.
 *
 * Properties kept:
 * - A call is carried out while its row says that it runs, and once, whoever asks for it again and with whatever signature.
 * - A call whose row still awaits it was not carried out.
 */
final class Arrivals {

	/**
	 * Database.
	 *
	 * @var \wpdb
	 */
	private $db;

	/**
	 * The call of the present request.
	 *
	 * @var string|null
	 */
	private $call_id = null;

	/**
	 * Takes its collaborators.
	 *
	 * @param \wpdb $db Database.
	 */
	public function __construct( \wpdb $db ) {
		$this->db = $db;
	}

	/**
	 * Adds the hook. It runs once per request, when all is done and nothing is sent yet (WP_REST_Server::serve_request).
	 */
	public function register(): void {
		add_filter( 'rest_pre_serve_request', array( $this, 'end' ), PHP_INT_MIN, 2 );
	}

	/**
	 * Writes down that a call arrived. Whatever is done for it is done to its end, also when nobody waits any more.
	 *
	 * @param string $call_id The call's id.
	 * @throws Refusal When nobody awaits it (any more), or that can't be found out.
	 */
	public function begin( string $call_id ): void {
		$table      = Table::name( $this->db, Table::CALLS );
		$suppressed = $this->db->suppress_errors( true );
		// phpcs:disable WordPress.DB.PreparedSQL.InterpolatedNotPrepared, WordPress.DB.DirectDatabaseQuery -- The table's name is the prefix and a constant; a call is written down in the database or not carried out.
		$update = $this->db->prepare( "UPDATE `$table` SET arrival = 'begun' WHERE id = %s AND state = 'running' AND arrival = 'awaited'", $call_id );
		$rows   = $this->db->query( (string) $update );
		// phpcs:enable
		$this->db->suppress_errors( $suppressed );
		if ( ! is_int( $rows ) ) {
			throw new Refusal( 'database_unavailable', 'That this call arrived can\'t be written down.' );
		}
		if ( 1 !== $rows ) {
			throw new Refusal( 'signature_replayed', 'This call arrived before, or nobody waits for it any more.' );
		}
		$this->call_id = $call_id;
		ignore_user_abort( true );
	}

	/**
	 * Writes down how the call ended. When that fails the call stays without an end, which says that nobody knows it.
	 *
	 * @param bool              $served Whether the request was answered already.
	 * @param \WP_HTTP_Response $result The answer.
	 * @return bool The same.
	 */
	public function end( $served, $result ) {
		if ( null === $this->call_id ) {
			return $served;
		}
		$data    = $result->get_data();
		$code    = $result->get_status() >= 400 ? self::field( $data, 'code' ) : null;
		$id      = $result->get_status() < 400 ? self::field( $data, 'id' ) : null;
		$columns = array(
			'arrival'          => 'ended',
			'wordpress_status' => $result->get_status(),
			'wordpress_code'   => is_string( $code ) ? substr( $code, 0, 64 ) : null,
			'wordpress_object' => is_int( $id ) && $id > 0 ? $id : null,
		);
		$this->db->update( Table::name( $this->db, Table::CALLS ), $columns, array( 'id' => $this->call_id ) ); // phpcs:ignore WordPress.DB.DirectDatabaseQuery -- The sidecar reads the row in the database.
		$this->call_id = null;
		return $served;
	}

	/**
	 * A member of an answer.
	 *
	 * @param mixed  $data The answer's data.
	 * @param string $name The member's name.
	 * @return mixed Null when there is none.
	 */
	private static function field( $data, string $name ) {
		return is_array( $data ) ? $data[ $name ] ?? null : null;
	}
}
