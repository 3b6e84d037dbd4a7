<?php
/**
 * What a signature between sidecar and bridge must look like.
 *
 * @package Chaperone\Bridge
 */

namespace Chaperone\Bridge;

/**
 * The profile of RFC 9421 that docs/bridge.md describes: what must be covered, how long it lives, and the bytes signed.
 * Signer and verifier both take it from here.
 */
final class Signature_Profile {

	public const TAG                  = 'ai-agent';
	public const ALGORITHM            = 'hmac-sha256';
	public const MAX_LIFETIME_SECONDS = 300;
	public const CLOCK_SKEW_SECONDS   = 30;

	/**
	 * Printable ASCII that needs no escaping in a structured field's string.
	 */
	public const NONCE_PATTERN = '/^[\x20\x21\x23-\x5b\x5d-\x7e]{16,128}\z/';

	/**
	 * Headers that change who acts or what happens: whoever adds or swaps one must break the signature.
	 */
	private const WHEN_SENT = array( 'authorization', 'idempotency-key', 'ai-agent-acting-user', 'ai-agent-call', 'content-disposition' );

	/**
	 * What a signature of this request must cover, in the order in which the signer lists it.
	 *
	 * @param Http_Message $message The request.
	 * @return list<string>
	 */
	public static function required_components( Http_Message $message ): array {
		$required = array( '@method', '@authority', '@path', '@query' );
		if ( '' !== $message->body() ) {
			$required[] = 'content-digest';
			$required[] = 'content-type';
		}
		foreach ( self::WHEN_SENT as $name ) {
			if ( null !== $message->header( $name ) ) {
				$required[] = $name;
			}
		}
		return $required;
	}

	/**
	 * The bytes that are signed (RFC 9421, section 2.5), or null when a covered component can't be found.
	 *
	 * @param Http_Message $message    The request.
	 * @param list<string> $components Names of what is covered, in order.
	 * @param string       $parameters The text of the member in Signature-Input.
	 */
	public static function signature_base( Http_Message $message, array $components, string $parameters ): ?string {
		$base = '';
		foreach ( $components as $name ) {
			$value = $message->component( $name );
			if ( null === $value ) {
				return null;
			}
			$base .= "\"$name\": $value\n";
		}
		return $base . '"@signature-params": ' . $parameters;
	}
}
