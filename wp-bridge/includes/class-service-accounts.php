<?php
/**
 * Users for agents.
 *
 * @package Chaperone\Bridge
 */

namespace Chaperone\Bridge;

/**
 * Makes service accounts.
 */
final class Service_Accounts {

	private const PASSWORD_NAME = 'Chaperone';

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
	 * Makes a user with the role `ai_agent` and, when asked, an application password. Nobody knows its ordinary password.
	 *
	 * @param string $login        User name.
	 * @param string $display_name Shown as the author of what the agent writes.
	 * @param string $email        E-mail address; empty for none.
	 * @param bool   $has_password Whether it gets an application password.
	 * @return array{userId: int, login: string, applicationPassword: string|null}|\WP_Error `account_exists` (409) when the
	 *         user name or address is taken, `args_invalid` (422) when WordPress won't have it.
	 */
	public function create( string $login, string $display_name, string $email, bool $has_password ) {
		if ( '' === $login || sanitize_user( $login, true ) !== $login || ! validate_username( $login ) ) {
			return new \WP_Error( 'args_invalid', __( 'The user name has characters that WordPress doesn\'t allow.', 'chaperone' ), array( 'status' => 422 ) );
		}
		if ( username_exists( $login ) || ( '' !== $email && email_exists( $email ) ) ) {
			return new \WP_Error( 'account_exists', __( 'There is a user with this name or address already.', 'chaperone' ), array( 'status' => 409 ) );
		}
		$user_id = wp_insert_user(
			array(
				'user_login'   => $login,
				'user_pass'    => wp_generate_password( 64, true, true ),
				'user_email'   => $email,
				'display_name' => $display_name,
				'role'         => Capabilities::ROLE,
			)
		);
		if ( is_wp_error( $user_id ) ) {
			$is_taken = in_array( $user_id->get_error_code(), array( 'existing_user_login', 'existing_user_email' ), true );
			return new \WP_Error( $is_taken ? 'account_exists' : 'args_invalid', $user_id->get_error_message(), array( 'status' => $is_taken ? 409 : 422 ) );
		}
		$password = $has_password ? $this->new_password( $user_id ) : null;
		if ( is_wp_error( $password ) ) {
			$this->delete( $user_id );
			return $password;
		}
		return array(
			'userId'              => $user_id,
			'login'               => $login,
			'applicationPassword' => $password,
		);
	}

	/**
	 * Makes one more application password for an agent's account. Nobody else's account gets one here.
	 *
	 * @param int  $user_id       User id.
	 * @param bool $revoke_others Whether it is the only one afterwards.
	 * @return array{applicationPassword: string}|\WP_Error `not_found` (404) when the user isn't an agent's account.
	 */
	public function renew_password( int $user_id, bool $revoke_others ) {
		if ( ! $this->is_agents( $user_id ) ) {
			return self::not_an_agents();
		}
		$before   = \WP_Application_Passwords::get_user_application_passwords( $user_id );
		$password = $this->new_password( $user_id );
		if ( is_wp_error( $password ) ) {
			return $password;
		}
		foreach ( $revoke_others ? $before : array() as $item ) {
			\WP_Application_Passwords::delete_application_password( $user_id, $item['uuid'] );
		}
		return array( 'applicationPassword' => $password );
	}

	/**
	 * Ends every application password of an agent's account. Nobody else's are ended here.
	 *
	 * @param int $user_id User id.
	 * @return int|\WP_Error How many there were, none for a user who is gone; `not_found` (404) when the user isn't known to be an agent's
	 *         account, `internal` when one is still there.
	 */
	public function revoke_passwords( int $user_id ) {
		if ( false === get_userdata( $user_id ) ) {
			return 0;
		}
		if ( ! $this->is_agents( $user_id ) ) {
			return self::not_an_agents();
		}
		$before = \WP_Application_Passwords::get_user_application_passwords( $user_id );
		\WP_Application_Passwords::delete_all_application_passwords( $user_id );
		if ( array() !== \WP_Application_Passwords::get_user_application_passwords( $user_id ) ) {
			return new \WP_Error( 'internal', __( 'The application passwords could not be ended.', 'chaperone' ), array( 'status' => 500 ) );
		}
		return count( $before );
	}

	/**
	 * Whether a user is the account of an agent.
	 *
	 * @param int $user_id User id.
	 */
	private function is_agents( int $user_id ): bool {
		$user = get_userdata( $user_id );
		return false !== $user && in_array( $this->agents->binding( $user ), array( Agent_Register::BOUND, Agent_Register::DIRECT_USE ), true );
	}

	/**
	 * What is answered about everybody else.
	 */
	private static function not_an_agents(): \WP_Error {
		return new \WP_Error( 'not_found', __( 'This user is not the account of an agent.', 'chaperone' ), array( 'status' => 404 ) );
	}

	/**
	 * An application password, shown this once. WordPress keeps its hash.
	 *
	 * @param int $user_id User id.
	 * @return string|\WP_Error
	 */
	private function new_password( int $user_id ) {
		$created = \WP_Application_Passwords::create_new_application_password( $user_id, array( 'name' => self::PASSWORD_NAME . ' ' . gmdate( 'Y-m-d H:i:s' ) ) );
		return is_wp_error( $created ) ? new \WP_Error( 'internal', $created->get_error_message(), array( 'status' => 500 ) ) : $created[0];
	}

	/**
	 * Takes back an account that was only half made.
	 *
	 * @param int $user_id User id.
	 */
	private function delete( int $user_id ): void {
		require_once ABSPATH . 'wp-admin/includes/user.php';
		wp_delete_user( $user_id );
	}
}
