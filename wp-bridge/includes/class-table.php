<?php
/**
 * Names of tables.
 *
 * @package Chaperone\Bridge
 */

namespace Chaperone\Bridge;

/**
 * Names the tables that bridge and sidecar share. In a network they are the first site's, whose prefix has no number.
 */
final class Table {

	public const OPTIONS   = 'options';
	public const AGENTS    = 'ai_agent_agents';
	public const APPROVALS = 'ai_agent_approvals';
	public const CALLS     = 'ai_agent_calls';
	public const NONCES    = 'ai_agent_nonces';
	public const REFUSED   = 'ai_agent_refused_direct_uses';

	/**
	 * A table's full name. `%i` of wpdb::prepare() would need WordPress 6.2.
	 *
	 * @param \wpdb  $db   Database.
	 * @param string $name One of the constants above.
	 * @phpstan-param self::* $name
	 * @return string Prefix and name: configuration and a constant, never input.
	 * @phpstan-return literal-string
	 */
	public static function name( \wpdb $db, string $name ): string {
		/**
		 * WordPress itself refuses a prefix of anything but letters, digits and underscores (wpdb::set_prefix()).
		 *
		 * @var literal-string $prefix
		 */
		$prefix = $db->base_prefix;
		return $prefix . $name;
	}
}
