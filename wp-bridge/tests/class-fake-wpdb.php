<?php
/**
 * A database of a few rows.
 *
 * @package Chaperone\Bridge
 */

/**
 * Answers the queries that the classes under test make, and nothing else.
 */
class wpdb { // phpcs:ignore -- WordPress's own name.

	/**
	 * Prefix of the first site.
	 *
	 * @var string
	 */
	public $base_prefix = 'wp_';

	/**
	 * What went wrong last.
	 *
	 * @var string
	 */
	public $last_error = '';

	/**
	 * Options by name.
	 *
	 * @var array<string, string>
	 */
	public $options = array();

	/**
	 * Whether every query fails.
	 *
	 * @var bool
	 */
	public $is_down = false;

	/**
	 * What the next writing query gives: rows, or false.
	 *
	 * @var int|false
	 */
	public $rows = 1;

	/**
	 * Arguments of queries, in their order.
	 *
	 * @var list<list<mixed>>
	 */
	public $asked = array();

	/**
	 * Keeps query and arguments together.
	 *
	 * @param string $query Query.
	 * @param mixed  ...$args Arguments.
	 */
	public function prepare( $query, ...$args ): string {
		$this->asked[] = array_merge( array( $query ), $args );
		return $query;
	}

	/**
	 * An option's value.
	 *
	 * @param string $query Query.
	 */
	public function get_var( $query ): ?string {
		$asked            = end( $this->asked );
		$this->last_error = $this->is_down ? 'gone away' : '';
		return $this->is_down ? null : $this->options[ $asked[1] ] ?? null;
	}

	/**
	 * Rows written.
	 *
	 * @param string $query Query.
	 * @return int|false
	 */
	public function query( $query ) {
		$this->last_error = $this->is_down ? 'gone away' : '';
		return $this->is_down ? false : $this->rows;
	}

	/**
	 * As WordPress's.
	 *
	 * @param bool $suppress Whether to.
	 */
	public function suppress_errors( $suppress = true ): bool {
		return false;
	}
}
