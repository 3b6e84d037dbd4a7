<?php
/**
 * Calls the sidecar.
 *
 * @package Chaperone\Bridge
 */

namespace Chaperone\Bridge;

/**
 * Sends signed requests to the sidecar that this site is paired with. Before the pairing nothing is contacted.
 */
final class Sidecar_Client {

	public const TIMEOUT_SECONDS     = 10;
	private const DOWNLOAD_SECONDS   = 600;
	private const MAX_RESPONSE_BYTES = 10485760;

	/**
	 * Where the sidecar is.
	 *
	 * @var Stored_Options
	 */
	private $options;

	/**
	 * Keys.
	 *
	 * @var Key_Ring
	 */
	private $key_ring;

	/**
	 * Signer.
	 *
	 * @var Request_Signer
	 */
	private $signer;

	/**
	 * Takes its collaborators.
	 *
	 * @param Stored_Options $options  Where the sidecar is.
	 * @param Key_Ring       $key_ring Keys.
	 * @param Request_Signer $signer   Signer.
	 */
	public function __construct( Stored_Options $options, Key_Ring $key_ring, Request_Signer $signer ) {
		$this->options  = $options;
		$this->key_ring = $key_ring;
		$this->signer   = $signer;
	}

	/**
	 * Sends a request for a user and hands back what the sidecar says, whatever its status.
	 *
	 * @param string                $method         GET or POST.
	 * @param string                $path_and_query Begins with `/v1/`.
	 * @param int                   $user_id        The user it is sent for.
	 * @param array<string, string> $headers        Further headers.
	 * @param string                $body           JSON; empty for none.
	 * @param int                   $timeout        Seconds.
	 * @return array{status: int, headers: array<string, string>, body: string}|\WP_Error `sidecar_not_paired` (503) or
	 *         `sidecar_unreachable` (502).
	 */
	public function send( string $method, string $path_and_query, int $user_id, array $headers = array(), string $body = '', int $timeout = self::TIMEOUT_SECONDS ) {
		$options = array(
			'timeout'             => (float) $timeout,
			'limit_response_size' => self::MAX_RESPONSE_BYTES,
		);
		return $this->exchange( $method, $path_and_query, $user_id, $headers, $body, $options );
	}

	/**
	 * Fetches something long for a user into a file, so that it never stands in memory as a whole.
	 *
	 * @param string $path_and_query Begins with `/v1/`.
	 * @param int    $user_id        The user it is sent for.
	 * @param string $file           Where the body goes, whatever the status.
	 * @return array{status: int, headers: array<string, string>, body: string}|\WP_Error As send(), with an empty body.
	 */
	public function download( string $path_and_query, int $user_id, string $file ) {
		$options = array(
			'timeout'  => (float) self::DOWNLOAD_SECONDS,
			'stream'   => true,
			'filename' => $file,
		);
		return $this->exchange( 'GET', $path_and_query, $user_id, array(), '', $options );
	}

	/**
	 * One request, signed, without redirects: a signature speaks of one address.
	 *
	 * @param string                $method         Method.
	 * @param string                $path_and_query Path and query.
	 * @param int                   $user_id        The user it is sent for.
	 * @param array<string, string> $headers        Further headers.
	 * @param string                $body           Body.
	 * @param array<string, mixed>  $options        Further options of the HTTP API.
	 * @return array{status: int, headers: array<string, string>, body: string}|\WP_Error
	 */
	private function exchange( string $method, string $path_and_query, int $user_id, array $headers, string $body, array $options ) {
		try {
			$base = $this->options->sidecar_url();
			$keys = null === $base ? array() : $this->key_ring->keys( Stored_Options::KEY_TO_SIDECAR, time() );
		} catch ( Refusal $refusal ) {
			return new \WP_Error( $refusal->reason(), $refusal->getMessage(), array( 'status' => 503 ) );
		}
		if ( null === $base || array() === $keys ) {
			return new \WP_Error( 'sidecar_not_paired', __( 'This site is not paired with a Chaperone sidecar, or its keys can\'t be opened. Run "chaperone doctor" beside the sidecar, and look at Tools, Site Health.', 'chaperone' ), array( 'status' => 503 ) );
		}
		$url     = $base . $path_and_query;
		$headers = array( 'AI-Agent-Acting-User' => (string) $user_id ) + $headers;
		$nonce   = rtrim( strtr( base64_encode( random_bytes( 18 ) ), '+/', '-_' ), '=' );
		$fixed   = array(
			'method'      => $method,
			'headers'     => $headers + $this->signer->sign( $method, $url, $headers, $body, $keys[0], time(), $nonce ),
			'body'        => $body,
			'redirection' => 0,
			'user-agent'  => 'Chaperone/' . VERSION,
		);
		$reply   = wp_remote_request( $url, $fixed + $options );
		if ( is_wp_error( $reply ) ) {
			/* translators: %s: what the connection failed with, in English. */
			$message = sprintf( __( 'The Chaperone sidecar can\'t be reached (%s). Check that it runs, and that this server may connect to the address it was paired with; "chaperone doctor" tells more.', 'chaperone' ), $reply->get_error_message() );
			return new \WP_Error( 'sidecar_unreachable', $message, array( 'status' => 502 ) );
		}
		return array(
			'status'  => (int) wp_remote_retrieve_response_code( $reply ),
			'headers' => self::headers_of( $reply ),
			'body'    => wp_remote_retrieve_body( $reply ),
		);
	}

	/**
	 * Headers of a reply; one that came twice is left out, since nobody can say which of the two was meant.
	 *
	 * @param array<mixed> $reply What the HTTP API gave.
	 * @return array<string, string> By lower-case name.
	 */
	private static function headers_of( array $reply ): array {
		$headers = array();
		foreach ( wp_remote_retrieve_headers( $reply ) as $name => $value ) {
			if ( is_string( $value ) ) {
				$headers[ strtolower( (string) $name ) ] = $value;
			}
		}
		return $headers;
	}
}
