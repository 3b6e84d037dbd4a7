<?php
/**
 * The present request, as signed.
 *
 * @package Chaperone\Bridge
 */

namespace Chaperone\Bridge;

/**
 * Puts the present request together from what PHP was given.
 *
 * PHP sees two lines of one header as one, joined by a comma. Each header that must be single has a form without commas
 * (or with exactly one member), so such a request is refused by whoever reads the header.
 */
final class Request_Reader {

	/**
	 * Headers whose value is a single word here; a comma in them is two lines that were joined.
	 */
	private const WITHOUT_COMMA = array( 'content-type', 'authorization', 'idempotency-key', 'ai-agent-acting-user', 'ai-agent-call', 'content-disposition' );

	/**
	 * The server's variables, without WordPress's slashes.
	 *
	 * @var array<string, string>
	 */
	private $server = array();

	/**
	 * Reads the body.
	 *
	 * @var callable(): string
	 */
	private $read_body;

	/**
	 * Takes what PHP was given.
	 *
	 * @param array<mixed>       $server    `$_SERVER`, unslashed.
	 * @param callable(): string $read_body Gives the body's bytes.
	 */
	public function __construct( array $server, callable $read_body ) {
		foreach ( $server as $name => $value ) {
			if ( is_string( $value ) ) {
				$this->server[ (string) $name ] = $value;
			}
		}
		$this->read_body = $read_body;
	}

	/**
	 * The request that PHP is answering. WordPress adds slashes to `$_SERVER` (wp_magic_quotes); they are taken off again.
	 */
	public static function of_this_request(): self {
		return new self(
			wp_unslash( $_SERVER ),
			static function (): string {
				return (string) file_get_contents( 'php://input' );
			}
		);
	}

	/**
	 * Whether the request claims a signature of this profile.
	 */
	public function claims_signature(): bool {
		return Signature_Claim::is_made( $this->server['HTTP_SIGNATURE_INPUT'] ?? '' );
	}

	/**
	 * The request.
	 *
	 * @throws Refusal With `request_malformed`.
	 */
	public function message(): Http_Message {
		$headers = $this->headers();
		foreach ( $headers as list( $name, $value ) ) {
			if ( in_array( $name, self::WITHOUT_COMMA, true ) && false !== strpos( $value, ',' ) ) {
				throw new Refusal( 'request_malformed', "The header $name comes more than once." );
			}
			// WP_REST_Server::serve_request() lets this header replace the method, and nothing would have signed it.
			if ( 'x-http-method-override' === $name ) {
				throw new Refusal( 'request_malformed', 'A signed request says its method in its request line.' );
			}
		}
		return new Http_Message(
			$this->server['REQUEST_METHOD'] ?? '',
			is_ssl() ? 'https' : 'http',
			$this->server['REQUEST_URI'] ?? '',
			$headers,
			( $this->read_body )()
		);
	}

	/**
	 * Header lines from the variables of CGI (RFC 3875, section 4.1.18).
	 *
	 * @return list<array{string, string}>
	 */
	private function headers(): array {
		$lines = array();
		foreach ( $this->server as $name => $value ) {
			if ( 0 === strpos( $name, 'HTTP_' ) ) {
				$lines[] = array( strtolower( str_replace( '_', '-', substr( $name, 5 ) ) ), $value );
			}
		}
		if ( '' !== ( $this->server['CONTENT_TYPE'] ?? '' ) && ! isset( $this->server['HTTP_CONTENT_TYPE'] ) ) {
			$lines[] = array( 'content-type', $this->server['CONTENT_TYPE'] );
		}
		if ( isset( $this->server['REDIRECT_HTTP_AUTHORIZATION'] ) && ! isset( $this->server['HTTP_AUTHORIZATION'] ) ) {
			$lines[] = array( 'authorization', $this->server['REDIRECT_HTTP_AUTHORIZATION'] );
		}
		return $lines;
	}
}
