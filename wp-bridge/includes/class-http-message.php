<?php
/**
 * A request as it came, or as it will go, over the wire.
 *
 * @package Chaperone\Bridge
 */

namespace Chaperone\Bridge;

/**
 * The parts of a request that a signature can speak of. Nothing is decoded or rewritten: what was signed is what is read.
 */
final class Http_Message {

	/**
	 * Headers of which a second line would let two readers of one request see two different requests.
	 */
	private const SINGLE = array(
		'host',
		'content-type',
		'content-digest',
		'signature',
		'signature-input',
		'authorization',
		'idempotency-key',
		'ai-agent-acting-user',
		'ai-agent-call',
		'content-disposition',
	);

	/**
	 * Upper case.
	 *
	 * @var string
	 */
	private $method;

	/**
	 * Host in lower case, without the scheme's default port.
	 *
	 * @var string
	 */
	private $authority;

	/**
	 * Path and query as sent.
	 *
	 * @var string
	 */
	private $target;

	/**
	 * Values by lower-case name.
	 *
	 * @var array<string, string>
	 */
	private $headers;

	/**
	 * Names of headers with more than one line.
	 *
	 * @var array<string, true>
	 */
	private $repeated = array();

	/**
	 * The bytes of the body; empty when there is none.
	 *
	 * @var string
	 */
	private $body;

	/**
	 * Takes a request apart and refuses what could be read in two ways.
	 *
	 * @param string                      $method  Request method.
	 * @param string                      $scheme  `http` or `https`: decides which port goes without saying.
	 * @param string                      $target  Request target in origin form: path and query.
	 * @param list<array{string, string}> $headers Every header line: name and value. `Host` must be among them.
	 * @param string                      $body    Body, before any decoding.
	 * @throws Refusal With `request_malformed`.
	 */
	public function __construct( string $method, string $scheme, string $target, array $headers, string $body ) {
		if ( 1 !== preg_match( '/^[A-Z][A-Z-]{0,19}\z/', $method ) ) {
			throw new Refusal( 'request_malformed', 'The method is not a known kind of word.' );
		}
		if ( 1 !== preg_match( '/^\/[\x21\x22\x24-\x7e]*\z/', $target ) ) {
			throw new Refusal( 'request_malformed', 'The request target must be a path in visible ASCII without a fragment.' );
		}
		$this->method    = $method;
		$this->target    = $target;
		$this->body      = $body;
		$this->headers   = $this->read_headers( $headers );
		$this->authority = self::authority_of( $scheme, $this->headers['host'] ?? '' );
	}

	/**
	 * The value of a covered component (RFC 9421, sections 2.1 and 2.2), or null when the request lacks it or it isn't ASCII.
	 *
	 * @param string $name Lower case, without parameters.
	 */
	public function component( string $name ): ?string {
		$mark = strpos( $this->target, '?' );
		switch ( $name ) {
			case '@method':
				return $this->method;
			case '@authority':
				return $this->authority;
			case '@path':
				return false === $mark ? $this->target : substr( $this->target, 0, $mark );
			case '@query':
				return false === $mark ? '?' : substr( $this->target, $mark );
			default:
				$value = $this->header( $name );
				return null !== $value && 1 === preg_match( '/^[\t\x20-\x7e]*\z/', $value ) ? $value : null;
		}
	}

	/**
	 * A header's value, or null when it wasn't sent.
	 *
	 * @param string $name Lower case.
	 */
	public function header( string $name ): ?string {
		return $this->headers[ $name ] ?? null;
	}

	/**
	 * Whether a header came in more than one line.
	 *
	 * @param string $name Lower case.
	 */
	public function is_repeated( string $name ): bool {
		return isset( $this->repeated[ $name ] );
	}

	/**
	 * The bytes of the body.
	 */
	public function body(): string {
		return $this->body;
	}

	/**
	 * Headers by lower-case name; lines of one name are joined (RFC 9421, section 2.1).
	 *
	 * @param list<array{string, string}> $lines Header lines.
	 * @return array<string, string>
	 * @throws Refusal With `request_malformed`.
	 */
	private function read_headers( array $lines ): array {
		$headers = array();
		foreach ( $lines as list( $raw_name, $raw_value ) ) {
			$name = strtolower( $raw_name );
			if ( 1 !== preg_match( '/^[!#$%&\'*+\-.^_`|~0-9a-z]+\z/', $name ) ) {
				throw new Refusal( 'request_malformed', 'A header has an invalid name.' );
			}
			if ( 1 === preg_match( '/[\x00-\x08\x0a-\x1f\x7f]/', $raw_value ) ) {
				throw new Refusal( 'request_malformed', "The header $name holds a control character." );
			}
			$value = trim( $raw_value, " \t" );
			if ( isset( $headers[ $name ] ) ) {
				$this->repeated[ $name ] = true;
				$value                   = $headers[ $name ] . ', ' . $value;
			}
			$headers[ $name ] = $value;
		}
		foreach ( self::SINGLE as $name ) {
			if ( $this->is_repeated( $name ) ) {
				throw new Refusal( 'request_malformed', "The header $name comes more than once." );
			}
		}
		return $headers;
	}

	/**
	 * Host as RFC 9421, section 2.2.3, wants it. A comma would be two Host lines that a web server has joined.
	 *
	 * @param string $scheme `http` or `https`.
	 * @param string $host   The Host header.
	 * @throws Refusal With `request_malformed`.
	 */
	private static function authority_of( string $scheme, string $host ): string {
		if ( 1 !== preg_match( '/^(?:[A-Za-z0-9._~-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?\z/', $host ) ) {
			throw new Refusal( 'request_malformed', 'The header host is missing or names no single host.' );
		}
		$default = 'https' === $scheme ? '/:443\z/' : '/:80\z/';
		return strtolower( (string) preg_replace( $default, '', $host ) );
	}
}
