<?php
/**
 * How site and sidecar are, for the overview.
 *
 * @package Chaperone\Bridge
 */

namespace Chaperone\Bridge;

/**
 * GET ai-agent/v1/health: what the pairing check finds, and what the sidecar says of its own readiness. Answers also when the
 * sidecar is away, since that is what it is asked for.
 */
final class Health_Controller {

	private const TIMEOUT_SECONDS = 5;

	/**
	 * Pairing.
	 *
	 * @var Pairing_Check
	 */
	private $pairing;

	/**
	 * Client.
	 *
	 * @var Sidecar_Client
	 */
	private $client;

	/**
	 * Takes its collaborators.
	 *
	 * @param Pairing_Check  $pairing Pairing.
	 * @param Sidecar_Client $client  Client.
	 */
	public function __construct( Pairing_Check $pairing, Sidecar_Client $client ) {
		$this->pairing = $pairing;
		$this->client  = $client;
	}

	/**
	 * Adds the hook.
	 */
	public function register(): void {
		add_action( 'rest_api_init', array( $this, 'register_route' ) );
	}

	/**
	 * Adds the route.
	 */
	public function register_route(): void {
		register_rest_route(
			Bridge_Controller::REST_NAMESPACE,
			'/health',
			array(
				'methods'             => 'GET',
				'callback'            => array( $this, 'answer' ),
				'permission_callback' => static function (): bool {
					return current_user_can( Capabilities::VIEW_LOGS );
				},
				'show_in_index'       => false,
			)
		);
	}

	/**
	 * Asks both.
	 */
	public function answer(): \WP_REST_Response {
		$user_id = get_current_user_id();
		$pairing = $this->pairing->asked( $user_id );
		$reached = in_array( $pairing['state'], array( 'agreed', 'clock_skewed', 'keys_disagree' ), true );
		return new \WP_REST_Response(
			array(
				'pairing'   => $pairing,
				'readiness' => $reached ? $this->readiness( $user_id ) : null,
			)
		);
	}

	/**
	 * The sidecar's /readyz; 503 with the failing check is an answer too.
	 *
	 * @param int $user_id The user who asks.
	 * @return array<mixed>|null
	 */
	private function readiness( int $user_id ): ?array {
		$reply = $this->client->send( 'GET', '/readyz', $user_id, array(), '', self::TIMEOUT_SECONDS );
		if ( is_wp_error( $reply ) || ! in_array( $reply['status'], array( 200, 503 ), true ) ) {
			return null;
		}
		$body = json_decode( $reply['body'], true );
		return is_array( $body ) && is_array( $body['checks'] ?? null ) ? $body : null;
	}
}
