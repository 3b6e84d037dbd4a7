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
	 * Makes a user with the role `ai_agent` and an application password. Nobody knows its ordinary password.
	 *
	 * @param string $login        User name.
	 * @param string $display_name Shown as the author of what the agent writes.
	 * @param string $email        E-mail address; empty for none.
	 * @return array{userId: int, login: string, applicationPassword: string}|\WP_Error `account_exists` (409) when the
	 *         user name or address is taken, `args_invalid` (422) when WordPress won't have it.
	 */
	public function create( string $login, string $display_name, string $email ) {
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
		$created = \WP_Application_Passwords::create_new_application_password( $user_id, array( 'name' => self::PASSWORD_NAME ) );
		if ( is_wp_error( $created ) ) {
			$this->delete( $user_id );
			return new \WP_Error( 'internal', $created->get_error_message(), array( 'status' => 500 ) );
		}
		return array(
			'userId'              => $user_id,
			'login'               => $login,
			'applicationPassword' => $created[0],
		);
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
