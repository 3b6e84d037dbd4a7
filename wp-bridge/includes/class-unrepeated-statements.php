<?php
/**
 * Statements that reach the database once.
 *
 * @package Chaperone\Bridge
 */

namespace Chaperone\Bridge;

/**
 * Keeps WordPress from sending a statement again whose answer it lost.
 *
 * Property kept: what a call writes is written once. wpdb::query() connects anew and repeats a statement when the connection
 * breaks, and the database may have carried it out before: a post would be there twice, and the call be told of one. With no
 * attempt to connect anew the request ends in a 500, which the sidecar takes for an outcome that nobody knows.
 */
final class Unrepeated_Statements {

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
	 * From now on until the end of this request. The property is protected, and settable from outside (wpdb::__set). A class
	 * of another maker's in wp-content/db.php that doesn't know it is left alone.
	 */
	public function begin(): void {
		if ( property_exists( $this->db, 'reconnect_retries' ) ) {
			$this->db->__set( 'reconnect_retries', 0 );
		}
	}
}
