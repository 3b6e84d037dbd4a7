<?php
/**
 * The audit log as a file.
 *
 * @package Chaperone\Bridge
 */

namespace Chaperone\Bridge;

/**
 * GET ai-agent/v1/audit/export: the sidecar's JSON Lines, handed on to the browser as a file. It goes through a temporary
 * file, never through memory as a whole, and is begun only when the sidecar's status is known.
 */
final class Log_Export {

	private const ROUTE           = '/audit/export';
	private const LONGEST_PROBLEM = 1048576;

	/**
	 * Client.
	 *
	 * @var Sidecar_Client
	 */
	private $client;

	/**
	 * Whose checks hold here too.
	 *
	 * @var Forwarding_Controller
	 */
	private $forwarding;

	/**
	 * Takes its collaborators.
	 *
	 * @param Sidecar_Client        $client     Client.
	 * @param Forwarding_Controller $forwarding Whose checks hold here too.
	 */
	public function __construct( Sidecar_Client $client, Forwarding_Controller $forwarding ) {
		$this->client     = $client;
		$this->forwarding = $forwarding;
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
			self::ROUTE,
			array(
				'methods'             => 'GET',
				'callback'            => array( $this, 'export' ),
				'permission_callback' => function () {
					return $this->forwarding->may_forward( Capabilities::VIEW_LOGS );
				},
			)
		);
	}

	/**
	 * Fetches the file and has it sent in place of JSON.
	 *
	 * @param \WP_REST_Request $request Request.
	 * @return \WP_REST_Response|\WP_Error
	 */
	public function export( \WP_REST_Request $request ) {
		$query = Forwarding_Controller::query( $request->get_query_params() );
		if ( is_wp_error( $query ) ) {
			return $query;
		}
		require_once ABSPATH . 'wp-admin/includes/file.php';
		$file  = wp_tempnam( 'chaperone-audit' );
		$reply = $this->client->download( '/v1' . self::ROUTE . $query, get_current_user_id(), $file );
		if ( is_wp_error( $reply ) || 200 !== $reply['status'] ) {
			$body = (string) file_get_contents( $file, false, null, 0, self::LONGEST_PROBLEM ); // phpcs:ignore WordPress.WP.AlternativeFunctions.file_get_contents_file_get_contents -- A local file.
			wp_delete_file( $file );
			return is_wp_error( $reply ) ? $reply : Forwarding_Controller::answer( array( 'body' => $body ) + $reply );
		}
		$response = new \WP_REST_Response( null );
		$response->header( 'Content-Type', 'application/jsonl; charset=utf-8' );
		$response->header( 'Content-Length', (string) filesize( $file ) );
		$response->header( 'Content-Disposition', sprintf( 'attachment; filename="chaperone-audit-%s.jsonl"', wp_date( 'Y-m-d-His' ) ) );
		add_filter(
			'rest_pre_serve_request',
			static function ( $served, $result ) use ( $response, $file ) {
				if ( $result === $response && ! $served ) {
					return self::send( $file );
				}
				wp_delete_file( $file );
				return $served;
			},
			10,
			2
		);
		return $response;
	}

	/**
	 * Sends a file and removes it.
	 *
	 * @param string $file File.
	 * @return true Nothing else is to be sent.
	 */
	private static function send( string $file ): bool {
		while ( ob_get_level() > 0 ) {
			ob_end_clean();
		}
		readfile( $file ); // phpcs:ignore WordPress.WP.AlternativeFunctions -- WP_Filesystem can't send a file without holding it in memory.
		wp_delete_file( $file );
		return true;
	}
}
