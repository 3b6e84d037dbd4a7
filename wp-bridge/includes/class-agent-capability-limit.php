<?php
/**
 * Keeps agents from governing themselves.
 *
 * @package Chaperone\Bridge
 */

namespace Chaperone\Bridge;

/**
 * Leaves a user that is bound to an agent, of all `ai_agent_*` capabilities, `ai_agent_execute_tool` alone, whatever its
 * roles, direct grants or rank in a network: an agent never approves, and never reads or changes what governs it.
 */
final class Agent_Capability_Limit {

	/**
	 * Agents.
	 *
	 * @var Agent_Register
	 */
	private $agents;

	/**
	 * Takes its collaborators.
	 *
	 * @param Agent_Register $agents Agents.
	 */
	public function __construct( Agent_Register $agents ) {
		$this->agents = $agents;
	}

	/**
	 * Adds the hooks, last of all, so that nothing grants again what is taken here.
	 * `user_has_cap` isn't asked about a network's super admins; `map_meta_cap` is.
	 */
	public function register(): void {
		add_filter( 'user_has_cap', array( $this, 'strip' ), PHP_INT_MAX, 4 );
		add_filter( 'map_meta_cap', array( $this, 'forbid' ), PHP_INT_MAX, 3 );
	}

	/**
	 * Takes the capabilities out of what a user has.
	 *
	 * @param array<string, bool> $all  What the user has.
	 * @param array<string>       $caps What is asked for.
	 * @param array<mixed>        $args The question.
	 * @param \WP_User            $user The user.
	 * @return array<string, bool>
	 */
	public function strip( $all, $caps, $args, $user ): array {
		$all      = (array) $all;
		$governed = array_filter( (array) $caps, array( self::class, 'is_governing' ) );
		if ( array() === $governed || ! $user instanceof \WP_User || ! $this->is_agent( $user ) ) {
			return $all;
		}
		return array_diff_key( $all, array_flip( $governed ) );
	}

	/**
	 * Forbids the capabilities to super admins too.
	 *
	 * @param array<string> $caps    What the capability needs.
	 * @param string        $cap     The capability asked for.
	 * @param int           $user_id The user.
	 * @return array<string>
	 */
	public function forbid( $caps, $cap, $user_id ): array {
		$caps = (array) $caps;
		if ( ! self::is_governing( $cap ) ) {
			return $caps;
		}
		$user = get_userdata( (int) $user_id );
		return false !== $user && $this->is_agent( $user ) ? array( 'do_not_allow' ) : $caps;
	}

	/**
	 * Whether a capability is one that no agent has.
	 *
	 * @param mixed $cap Capability.
	 */
	private static function is_governing( $cap ): bool {
		return is_string( $cap ) && 0 === strpos( $cap, Capabilities::PREFIX ) && Capabilities::EXECUTE_TOOL !== $cap;
	}

	/**
	 * Whether a user is bound to an agent, or may be.
	 *
	 * @param \WP_User $user User.
	 */
	private function is_agent( \WP_User $user ): bool {
		return Agent_Register::UNBOUND !== $this->agents->binding( $user );
	}
}
