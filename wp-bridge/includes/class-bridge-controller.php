<?php
/**
 * The routes that answer the sidecar.
 *
 * @package Chaperone\Bridge
 */

namespace Chaperone\Bridge;

/**
 * `ai-agent/v1/bridge/…`: status, questions about capabilities, files that may be uploaded, and service accounts. They answer verified requests of the
 * sidecar and nobody else, an administrator included.
 *
 * @phpstan-import-type Question from Capability_Questions
 * @phpstan-import-type Mailing from Approval_Mail
 */
final class Bridge_Controller {

	public const REST_NAMESPACE = 'ai-agent/v1';

	/**
	 * Authentication.
	 *
	 * @var Authentication
	 */
	private $authentication;

	/**
	 * Questions.
	 *
	 * @var Capability_Questions
	 */
	private $questions;

	/**
	 * Accounts.
	 *
	 * @var Service_Accounts
	 */
	private $accounts;

	/**
	 * Availability of application passwords.
	 *
	 * @var Application_Password_Availability
	 */
	private $availability;

	/**
	 * E-mail to those who may vote.
	 *
	 * @var Approval_Mail
	 */
	private $mail;

	/**
	 * Takes its collaborators.
	 *
	 * @param Authentication                    $authentication Authentication.
	 * @param Capability_Questions              $questions      Questions.
	 * @param Service_Accounts                  $accounts       Accounts.
	 * @param Application_Password_Availability $availability   Availability of application passwords.
	 * @param Approval_Mail                     $mail           E-mail to those who may vote.
	 */
	public function __construct( Authentication $authentication, Capability_Questions $questions, Service_Accounts $accounts, Application_Password_Availability $availability, Approval_Mail $mail ) {
		$this->authentication = $authentication;
		$this->questions      = $questions;
		$this->accounts       = $accounts;
		$this->availability   = $availability;
		$this->mail           = $mail;
	}

	/**
	 * Adds the hook.
	 */
	public function register(): void {
		add_action( 'rest_api_init', array( $this, 'register_routes' ) );
	}

	/**
	 * Adds the routes. They aren't listed in the site's index: nobody else has a use for them.
	 */
	public function register_routes(): void {
		$this->add_route( '/bridge/status', 'GET', 'status', array() );
		$this->add_route( '/bridge/questions', 'POST', 'answer_questions', Bridge_Schemas::questions() );
		$this->add_route( '/bridge/uploads', 'GET', 'uploads', array() );
		$this->add_route( '/bridge/accounts', 'POST', 'create_account', Bridge_Schemas::account() );
		$this->add_route( '/bridge/passwords', 'POST', 'make_password', Bridge_Schemas::password() );
		$this->add_route( '/bridge/passwords', 'DELETE', 'revoke_passwords', array( 'userId' => Bridge_Schemas::password()['userId'] ) );
		$this->add_route( '/bridge/mail', 'POST', 'send_mail', Bridge_Schemas::mail() );
	}

	/**
	 * Only the sidecar is answered.
	 *
	 * @return true|\WP_Error
	 */
	public function is_sidecar() {
		if ( $this->authentication->is_sidecar() ) {
			return true;
		}
		$refusal = $this->authentication->refusal();
		return new \WP_Error( $refusal->reason(), $refusal->getMessage(), array( 'status' => $refusal->status() ) );
	}

	/**
	 * What the sidecar needs to know about this site to read its tables and call its API.
	 */
	public function status(): \WP_REST_Response {
		global $wpdb;
		return new \WP_REST_Response(
			array(
				'bridgeVersion'                 => VERSION,
				'wordpressVersion'              => get_bloginfo( 'version' ),
				'phpVersion'                    => PHP_VERSION,
				'multisite'                     => is_multisite(),
				'environmentType'               => wp_get_environment_type(),
				'restRoot'                      => rest_url(),
				'timeZone'                      => wp_timezone_string(),
				'time'                          => time(),
				'applicationPasswordsAvailable' => $this->availability->for_site(),
				'blogId'                        => get_current_blog_id(),
				'tables'                        => array(
					'users'    => $wpdb->users,
					'usermeta' => $wpdb->usermeta,
					'options'  => $wpdb->options,
					'sitemeta' => is_multisite() ? $wpdb->sitemeta : null,
				),
				'basePrefix'                    => $wpdb->base_prefix,
				'blogPrefix'                    => $wpdb->get_blog_prefix(),
				'writesArrivals'                => true,
				'superAdmins'                   => is_multisite() ? array_values( get_super_admins() ) : array(),
				'objectCache'                   => (bool) wp_using_ext_object_cache(),
			)
		);
	}

	/**
	 * Which files the user that the sidecar acts for may upload, as core's own forms would say it.
	 */
	public function uploads(): \WP_REST_Response {
		return new \WP_REST_Response(
			array(
				'mimeTypes' => (object) get_allowed_mime_types(),
				'maxBytes'  => (int) wp_max_upload_size(),
			)
		);
	}

	/**
	 * Answers questions about capabilities.
	 *
	 * @param \WP_REST_Request $request Request, valid by the schema.
	 */
	public function answer_questions( \WP_REST_Request $request ): \WP_REST_Response {
		/**
		 * The schema has checked and converted them.
		 *
		 * @var list<Question> $questions
		 */
		$questions = $request['questions'];
		return new \WP_REST_Response( array( 'answers' => $this->questions->answer( $questions ) ) );
	}

	/**
	 * Makes a service account. Its application password, when asked for, is shown in this answer and never again.
	 *
	 * @param \WP_REST_Request $request Request, valid by the schema.
	 * @return \WP_REST_Response|\WP_Error
	 */
	public function create_account( \WP_REST_Request $request ) {
		return self::shown_once( $this->accounts->create( (string) $request['login'], (string) $request['displayName'], (string) ( $request['email'] ?? '' ), (bool) $request['applicationPassword'] ) );
	}

	/**
	 * Makes an application password for an agent's account. It is shown in this answer and never again.
	 *
	 * @param \WP_REST_Request $request Request, valid by the schema.
	 * @return \WP_REST_Response|\WP_Error
	 */
	public function make_password( \WP_REST_Request $request ) {
		return self::shown_once( $this->accounts->renew_password( (int) $request['userId'], (bool) $request['revokeOthers'] ) );
	}

	/**
	 * Ends every application password of an agent's account.
	 *
	 * @param \WP_REST_Request $request Request, valid by the schema.
	 * @return \WP_REST_Response|\WP_Error
	 */
	public function revoke_passwords( \WP_REST_Request $request ) {
		$revoked = $this->accounts->revoke_passwords( (int) $request['userId'] );
		return is_wp_error( $revoked ) ? $revoked : new \WP_REST_Response( array( 'revoked' => $revoked ) );
	}

	/**
	 * Writes to those who may vote on a call that waits.
	 *
	 * @param \WP_REST_Request $request Request, valid by the schema.
	 */
	public function send_mail( \WP_REST_Request $request ): \WP_REST_Response {
		$mailing = array();
		foreach ( array_keys( Bridge_Schemas::mail() ) as $name ) {
			$mailing[ $name ] = $request[ $name ];
		}
		/**
		 * The schema has checked and converted it.
		 *
		 * @var Mailing $mailing
		 */
		return new \WP_REST_Response( $this->mail->send( $mailing ) );
	}

	/**
	 * An answer with a secret in it.
	 *
	 * @param array<string, mixed>|\WP_Error $made What was made.
	 * @return \WP_REST_Response|\WP_Error
	 */
	private static function shown_once( $made ) {
		if ( is_wp_error( $made ) ) {
			return $made;
		}
		$response = new \WP_REST_Response( $made, 201 );
		$response->header( 'Cache-Control', 'no-store' );
		return $response;
	}

	/**
	 * Adds one route.
	 *
	 * @param non-falsy-string                    $route  Route.
	 * @param string                              $method HTTP method.
	 * @param string                              $answer Name of the method here that answers.
	 * @param array<string, array<string, mixed>> $args   Schema of the arguments.
	 */
	private function add_route( string $route, string $method, string $answer, array $args ): void {
		register_rest_route(
			self::REST_NAMESPACE,
			$route,
			array(
				'methods'             => $method,
				'callback'            => array( $this, $answer ),
				'permission_callback' => array( $this, 'is_sidecar' ),
				'args'                => $args,
				'show_in_index'       => false,
			)
		);
	}
}
