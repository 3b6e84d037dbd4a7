<?php
/**
 * The sidecar's admin routes, offered again on the site.
 *
 * @package Chaperone\Bridge
 */

namespace Chaperone\Bridge;

/**
 * Lets logged-in admins use the sidecar's API under `ai-agent/v1/…` with WordPress's own authentication: a cookie with its
 * nonce, or whatever else core accepts. The route's capability is checked here, the request is signed for the user who
 * makes it, and the sidecar checks the capability again.
 *
 * An agent's account is never forwarded for, whatever capabilities it was given.
 */
final class Forwarding_Controller {

	/**
	 * For what makes, replaces or ends a key or a secret: a login, not an application password. The sidecar takes these from the bridge
	 * alone, where it asks everybody else for a signature.
	 */
	private const BY_LOGIN = 'login';

	/**
	 * Routes by path, and what each method needs: a capability, and a login where it says so. A route that isn't here isn't forwarded.
	 */
	private const ROUTES = array(
		'/policies'                                       => array(
			'GET'  => Capabilities::READ_POLICIES,
			'POST' => Capabilities::MANAGE_POLICIES,
		),
		'/policies/(?P<id>[1-9][0-9]{0,9}|active)'        => array( 'GET' => Capabilities::READ_POLICIES ),
		'/policies/diff'                                  => array( 'GET' => Capabilities::READ_POLICIES ),
		'/policies/(?P<id>[1-9][0-9]{0,9})/activate'      => array( 'POST' => Capabilities::MANAGE_POLICIES ),
		'/policies/(?:validate|test)'                     => array( 'POST' => Capabilities::READ_POLICIES ),
		'/policies/replay'                                => array( 'POST' => Capabilities::MANAGE_POLICIES ),
		'/tools'                                          => array( 'GET' => Capabilities::EXECUTE_TOOL ),
		'/overview'                                       => array( 'GET' => Capabilities::VIEW_LOGS ),
		'/audit'                                          => array( 'GET' => Capabilities::VIEW_LOGS ),
		'/audit/(?P<id>[1-9][0-9]{0,15}|verify)'          => array( 'GET' => Capabilities::VIEW_LOGS ),
		'/audit/checkpoints'                              => array(
			'GET'  => Capabilities::VIEW_LOGS,
			'POST' => Capabilities::VIEW_LOGS,
		),
		'/audit/erase'                                    => array( 'POST' => Capabilities::MANAGE_SETTINGS ),
		'/calls/(?P<id>call_[0-9a-z]{20})'                => array( 'GET' => Capabilities::VIEW_LOGS ),
		'/calls/(?P<id>call_[0-9a-z]{20})/undo'           => array( 'POST' => Capabilities::APPROVE_CHANGES ),
		'/approvals'                                      => array( 'GET' => Capabilities::APPROVE_CHANGES ),
		'/approvals/batch'                                => array( 'POST' => Capabilities::APPROVE_CHANGES ),
		'/approvals/(?P<id>[a-z]{3}_[0-9a-z]{20})'        => array( 'GET' => Capabilities::APPROVE_CHANGES ),
		'/approvals/(?P<id>[a-z]{3}_[0-9a-z]{20})/(?:approve|reject|comment|renew)' => array( 'POST' => Capabilities::APPROVE_CHANGES ),
		'/approval-delegations'                           => array(
			'GET'  => Capabilities::APPROVE_CHANGES,
			'POST' => Capabilities::APPROVE_CHANGES,
		),
		'/approval-grants'                                => array( 'GET' => Capabilities::APPROVE_CHANGES ),
		'/approval-(?:delegations|grants)/(?P<id>[a-z]{3}_[0-9a-z]{20})/revoke' => array( 'POST' => Capabilities::APPROVE_CHANGES ),
		'/agents'                                         => array(
			'GET'  => Capabilities::MANAGE_AGENTS,
			'POST' => array( Capabilities::MANAGE_AGENTS, self::BY_LOGIN ),
		),
		'/agents/(?P<id>agt_[0-9a-z]{20})'                => array(
			'GET'    => Capabilities::MANAGE_AGENTS,
			'PATCH'  => Capabilities::MANAGE_AGENTS,
			'DELETE' => Capabilities::MANAGE_AGENTS,
		),
		'/agents/(?P<id>agt_[0-9a-z]{20})/keys'           => array(
			'GET'  => Capabilities::MANAGE_AGENTS,
			'POST' => array( Capabilities::MANAGE_AGENTS, self::BY_LOGIN ),
		),
		'/agents/(?P<id>agt_[0-9a-z]{20})/password'       => array( 'POST' => array( Capabilities::MANAGE_AGENTS, self::BY_LOGIN ) ),
		'/identities'                                     => array(
			'GET'    => Capabilities::MANAGE_AGENTS,
			'POST'   => Capabilities::MANAGE_AGENTS,
			'DELETE' => Capabilities::MANAGE_AGENTS,
		),
		'/agents/(?P<id>agt_[0-9a-z]{20})/keys/(?P<kid>[A-Za-z0-9_.:-]{1,64})/(?:rotate|activate|revoke)' => array( 'POST' => array( Capabilities::MANAGE_AGENTS, self::BY_LOGIN ) ),
		'/secrets'                                        => array( 'GET' => Capabilities::MANAGE_SECRETS ),
		'/secrets/(?P<id>[a-z0-9_]{1,64})/rotate'         => array( 'POST' => array( Capabilities::MANAGE_SECRETS, self::BY_LOGIN ) ),
		'/settings'                                       => array(
			'GET' => Capabilities::MANAGE_SETTINGS,
			'PUT' => Capabilities::MANAGE_SETTINGS,
		),
		'/kill-switch'                                    => array( 'PUT' => Capabilities::MANAGE_SETTINGS ),
		'/webhook-(?:sources|endpoints)'                  => array(
			'GET'  => Capabilities::MANAGE_SETTINGS,
			'POST' => array( Capabilities::MANAGE_SETTINGS, self::BY_LOGIN ),
		),
		'/webhook-(?:sources|endpoints)/(?P<id>[a-z0-9_-]{1,64})' => array(
			'GET'    => Capabilities::MANAGE_SETTINGS,
			'PATCH'  => Capabilities::MANAGE_SETTINGS,
			'DELETE' => Capabilities::MANAGE_SETTINGS,
		),
		'/webhook-(?:sources|endpoints)/(?P<id>[a-z0-9_-]{1,64})/rotate' => array( 'POST' => array( Capabilities::MANAGE_SECRETS, self::BY_LOGIN ) ),
		'/webhook-endpoints/(?P<id>[a-z0-9_]{1,64})/test' => array( 'POST' => Capabilities::MANAGE_SETTINGS ),
		'/webhook-deliveries'                             => array( 'GET' => Capabilities::MANAGE_SETTINGS ),
		'/webhook-deliveries/(?P<id>[1-9][0-9]{0,14})/redeliver' => array( 'POST' => Capabilities::MANAGE_SETTINGS ),
	);

	/**
	 * Request headers that the sidecar is told.
	 */
	private const REQUEST_HEADERS = array( 'Content-Type', 'Idempotency-Key' );

	/**
	 * Response headers that the caller is told.
	 */
	private const RESPONSE_HEADERS = array( 'retry-after', 'ratelimit', 'ratelimit-policy', 'idempotency-replayed' );

	/**
	 * Ends of paths whose answers take longer than others, and the seconds that they get.
	 */
	private const SLOW = array(
		'/approve'         => 60,
		'/undo'            => 60,
		'/approvals/batch' => 300,
		'/policies/replay' => 120,
		'/audit/verify'    => 600,
	);

	/**
	 * Client.
	 *
	 * @var Sidecar_Client
	 */
	private $client;

	/**
	 * Agents.
	 *
	 * @var Agent_Register
	 */
	private $agents;

	/**
	 * Authentication.
	 *
	 * @var Authentication
	 */
	private $authentication;

	/**
	 * Takes its collaborators.
	 *
	 * @param Sidecar_Client $client         Client.
	 * @param Agent_Register $agents         Agents.
	 * @param Authentication $authentication Authentication.
	 */
	public function __construct( Sidecar_Client $client, Agent_Register $agents, Authentication $authentication ) {
		$this->client         = $client;
		$this->agents         = $agents;
		$this->authentication = $authentication;
	}

	/**
	 * Adds the hook.
	 */
	public function register(): void {
		add_action( 'rest_api_init', array( $this, 'register_routes' ) );
	}

	/**
	 * Adds the routes.
	 */
	public function register_routes(): void {
		foreach ( self::ROUTES as $route => $capabilities ) {
			foreach ( $capabilities as $method => $needs ) {
				$capability = is_array( $needs ) ? $needs[0] : $needs;
				$by_login   = is_array( $needs );
				register_rest_route(
					Bridge_Controller::REST_NAMESPACE,
					$route,
					array(
						'methods'             => $method,
						'callback'            => array( $this, 'forward' ),
						'permission_callback' => function () use ( $capability, $by_login ) {
							if ( $by_login && ! self::is_logged_in_here() ) {
								return new \WP_Error( 'login_required', __( 'Keys and secrets are changed by somebody who is logged in to WordPress, not with an application password: use the screens, WP-CLI, or "chaperone key" and "chaperone secrets".', 'chaperone' ), array( 'status' => 403 ) );
							}
							return $this->may_forward( $capability );
						},
					)
				);
			}
		}
	}

	/**
	 * Signs the request for the present user, sends it on, and hands the answer back.
	 *
	 * @param \WP_REST_Request $request Request.
	 * @return \WP_REST_Response|\WP_Error
	 */
	public function forward( \WP_REST_Request $request ) {
		$query = self::query( $request->get_query_params() );
		if ( is_wp_error( $query ) ) {
			return $query;
		}
		$path    = '/v1' . substr( $request->get_route(), strlen( '/' . Bridge_Controller::REST_NAMESPACE ) );
		$headers = array();
		foreach ( self::REQUEST_HEADERS as $name ) {
			$value = $request->get_header( $name );
			if ( null !== $value && '' !== $value ) {
				$headers[ $name ] = $value;
			}
		}
		try {
			$reply = $this->client->send( $request->get_method(), $path . $query, get_current_user_id(), $headers, (string) $request->get_body(), self::timeout( $path ) );
		} catch ( \InvalidArgumentException $problem ) {
			return new \WP_Error( 'request_malformed', __( 'This request can\'t be forwarded: with a body it needs a Content-Type, and its headers must be plain text.', 'chaperone' ), array( 'status' => 400 ) );
		}
		return is_wp_error( $reply ) ? $reply : self::answer( $reply );
	}

	/**
	 * How long an answer may take. The last vote runs the call before it answers, and verifying walks the whole log.
	 *
	 * @param string $path The sidecar's path.
	 * @return int Seconds.
	 */
	private static function timeout( string $path ): int {
		foreach ( self::SLOW as $end => $seconds ) {
			if ( substr( $path, -strlen( $end ) ) === $end ) {
				return $seconds;
			}
		}
		return Sidecar_Client::TIMEOUT_SECONDS;
	}

	/**
	 * Whether the present user may use a route.
	 *
	 * @param string $capability The route's capability.
	 * @return true|\WP_Error
	 */
	public function may_forward( string $capability ) {
		$user = wp_get_current_user();
		if ( $this->authentication->is_sidecar() || ! $user->exists() ) {
			return new \WP_Error( 'credentials_missing', __( 'Log in to use this.', 'chaperone' ), array( 'status' => 401 ) );
		}
		// Capabilities are taken from agents by a filter already; here it doesn't rest on filters.
		if ( Agent_Register::UNBOUND !== $this->agents->binding( $user ) || ! current_user_can( $capability ) ) { // phpcs:ignore WordPress.WP.Capabilities.Undetermined -- One of the table's above.
			/* translators: %s: name of a capability. */
			return new \WP_Error( 'capability_missing', sprintf( __( 'You need the capability %s for this.', 'chaperone' ), $capability ), array( 'status' => 403 ) );
		}
		return true;
	}

	/**
	 * Whether the user is known by a cookie, with which core demands a nonce (`rest_cookie_check_errors`), or by WP-CLI.
	 */
	private static function is_logged_in_here(): bool {
		return ( defined( 'WP_CLI' ) && WP_CLI ) || true === ( $GLOBALS['wp_rest_auth_cookie'] ?? null );
	}

	/**
	 * The query to send on, without what was meant for WordPress: `rest_route`, and names with a leading underscore.
	 *
	 * @param array<mixed> $params Query parameters.
	 * @return string|\WP_Error Begins with a question mark, or is empty.
	 */
	public static function query( array $params ) {
		$pairs = array();
		foreach ( $params as $name => $value ) {
			$name = (string) $name;
			if ( 'rest_route' === $name || '_' === substr( $name, 0, 1 ) ) {
				continue;
			}
			if ( ! is_string( $value ) ) {
				return new \WP_Error( 'request_malformed', __( 'A query parameter must have one value.', 'chaperone' ), array( 'status' => 400 ) );
			}
			$pairs[] = rawurlencode( $name ) . '=' . rawurlencode( $value );
		}
		return array() === $pairs ? '' : '?' . implode( '&', $pairs );
	}

	/**
	 * The sidecar's answer as WordPress's. Objects in it stay objects: an empty one must not come back as a list. The
	 * outermost becomes an array, as core expects it (`_fields`, `_embed`).
	 *
	 * @param array{status: int, headers: array<string, string>, body: string} $reply Reply.
	 * @return \WP_REST_Response|\WP_Error
	 */
	public static function answer( array $reply ) {
		$data = json_decode( $reply['body'], false, 512, JSON_BIGINT_AS_STRING );
		$type = $reply['headers']['content-type'] ?? '';
		if ( null === $data || 1 !== preg_match( '~^application/(?:json|problem\+json)(?:\s*;|\z)~i', $type ) ) {
			return new \WP_Error( 'sidecar_answer_unknown', __( 'What answered at the sidecar\'s address is not a Chaperone sidecar, or a proxy stands between. Check the address that this site is paired with.', 'chaperone' ), array( 'status' => 502 ) );
		}
		$response = new \WP_REST_Response( is_object( $data ) ? get_object_vars( $data ) : $data, $reply['status'] );
		if ( $reply['status'] >= 400 ) {
			$response->header( 'Content-Type', 'application/problem+json; charset=utf-8' );
		}
		foreach ( self::RESPONSE_HEADERS as $name ) {
			if ( isset( $reply['headers'][ $name ] ) ) {
				$response->header( $name, $reply['headers'][ $name ] );
			}
		}
		return $response;
	}
}
