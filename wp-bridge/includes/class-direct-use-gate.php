<?php
/**
 * Keeps agents from walking around the sidecar.
 *
 * @package Chaperone\Bridge
 */

namespace Chaperone\Bridge;

/**
 * Refuses the application passwords of users that are bound to an agent when they are used on WordPress itself, in the
 * REST API and in XML-RPC: there, no policy would be asked. An admin can lift this per agent, in the sidecar. What is
 * refused comes into the sidecar's log.
 *
 * Limitations: WP-CLI and code on the site act without any credential and aren't seen here; nor is anything while the plugin is
 * switched off.
 */
final class Direct_Use_Gate {

	/**
	 * Agents.
	 *
	 * @var Agent_Register
	 */
	private $agents;

	/**
	 * Where the sidecar finds what was refused.
	 *
	 * @var Refused_Uses
	 */
	private $refused;

	/**
	 * Why the present request's application password was refused.
	 *
	 * @var \WP_Error|null
	 */
	private $refusal = null;

	/**
	 * Takes its collaborators.
	 *
	 * @param Agent_Register $agents  Agents.
	 * @param Refused_Uses   $refused Where the sidecar finds what was refused.
	 */
	public function __construct( Agent_Register $agents, Refused_Uses $refused ) {
		$this->agents  = $agents;
		$this->refused = $refused;
	}

	/**
	 * Adds the hooks. Core calls the first for each application password that has turned out to be right.
	 *
	 * Core shows the error only when something has asked who the user is before it looks (90); else the request would go on
	 * as an anonymous one, and the agent's programmer be told that nobody is logged in. So it is shown after the cookie's
	 * check (100), which asks.
	 */
	public function register(): void {
		add_action( 'wp_authenticate_application_password_errors', array( $this, 'refuse' ), 10, 2 );
		add_filter( 'rest_authentication_errors', array( $this, 'show_refusal' ), 110 );
	}

	/**
	 * Adds an error, which refuses the credential.
	 *
	 * @param \WP_Error $error Errors so far.
	 * @param \WP_User  $user  Whose application password it is.
	 */
	public function refuse( $error, $user ): void {
		$binding = $this->agents->binding( $user );
		if ( Agent_Register::UNKNOWN === $binding ) {
			$error->add( 'ai_agent_register_unavailable', __( 'Whether this user is an agent can\'t be found out now. Try again later.', 'chaperone' ), array( 'status' => 503 ) );
		} elseif ( Agent_Register::BOUND === $binding ) {
			if ( null === $this->refusal ) {
				$this->refused->note( $user->ID );
			}
			$error->add( 'ai_agent_direct_use_refused', __( 'This application password belongs to an AI agent. It works through the Chaperone sidecar only; an administrator can allow direct use for this agent.', 'chaperone' ), array( 'status' => 403 ) );
		}
		$this->refusal = $error->has_errors() ? $error : null;
	}

	/**
	 * Ends a REST request whose application password was refused here.
	 *
	 * @param \WP_Error|bool|null $result What others have said so far.
	 * @return \WP_Error|bool|null
	 */
	public function show_refusal( $result ) {
		return is_wp_error( $result ) || is_user_logged_in() || null === $this->refusal ? $result : $this->refusal;
	}
}
