<?php
/**
 * Verifies signed requests.
 *
 * @package Chaperone\Bridge
 */

namespace Chaperone\Bridge;

/**
 * The pure core of verification: keys and time are given, nothing is read and nothing written.
 *
 * Order of checks (section 7 of the contract): form and coverage, MAC, window, digest; the nonce is spent by the caller,
 * last, so that only the key's owner can spend one. Nothing about the request is said before its MAC is right.
 */
final class Request_Verifier {

	/**
	 * The key whose MAC is computed for an unknown key id: refusing it takes as long as refusing a wrong MAC.
	 */
	private const NOBODYS_SECRET = "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0";

	/**
	 * Half of SHA-256's output: a shorter secret, an empty one above all, is a mistake and never verifies.
	 */
	private const MIN_SECRET_BYTES = 16;

	/**
	 * Believes a request or refuses it.
	 *
	 * @param Http_Message                            $message The request.
	 * @param list<array{id: string, secret: string}> $keys   Keys that may have signed it.
	 * @param int                                     $now     Unix seconds.
	 * @return Signature_Claim The claim, now true. Its nonce is still to be spent.
	 * @throws Refusal With the reason.
	 */
	public function verify( Http_Message $message, array $keys, int $now ): Signature_Claim {
		$input     = $message->header( 'signature-input' );
		$signature = $message->header( 'signature' );
		if ( null === $input || null === $signature ) {
			throw new Refusal( 'signature_missing', 'The headers Signature-Input and Signature are both needed.' );
		}
		$claim = Signature_Claim::parse( $input, $signature );
		$base  = self::covered_base( $message, $claim );
		if ( ! self::is_authentic( $claim, $base, $keys ) ) {
			throw new Refusal( 'signature_invalid', 'The key id is unknown, or the signature is not of this request.' );
		}
		self::check_window( $claim->parameters['created'], $claim->parameters['expires'], $now );
		$digest = $message->header( 'content-digest' );
		if ( null !== $digest || '' !== $message->body() ) {
			Content_Digest::check( (string) $digest, $message->body() );
		}
		return $claim;
	}

	/**
	 * The bytes that must have been signed.
	 *
	 * @param Http_Message    $message The request.
	 * @param Signature_Claim $claim   Its claim.
	 * @throws Refusal With `request_malformed` or `signature_coverage`.
	 */
	private static function covered_base( Http_Message $message, Signature_Claim $claim ): string {
		foreach ( $claim->components as $name ) {
			if ( $message->is_repeated( $name ) ) {
				throw new Refusal( 'request_malformed', "The header $name comes more than once." );
			}
		}
		$missing = array_values( array_diff( Signature_Profile::required_components( $message ), $claim->components ) );
		if ( array() !== $missing ) {
			throw new Refusal( 'signature_coverage', "The signature must cover \"{$missing[0]}\"." );
		}
		$base = Signature_Profile::signature_base( $message, $claim->components, $claim->parameters_text );
		if ( null === $base ) {
			throw new Refusal( 'signature_coverage', 'The signature covers a header that is missing or not ASCII.' );
		}
		return $base;
	}

	/**
	 * Whether one of the keys made the signature. The message's `alg` may repeat the key's algorithm, never choose one.
	 *
	 * @param Signature_Claim                         $claim The claim.
	 * @param string                                  $base  What must have been signed.
	 * @param list<array{id: string, secret: string}> $keys Keys.
	 */
	private static function is_authentic( Signature_Claim $claim, string $base, array $keys ): bool {
		$secret   = self::NOBODYS_SECRET;
		$is_known = false;
		foreach ( $keys as $key ) {
			if ( $key['id'] === $claim->parameters['keyid'] && strlen( $key['secret'] ) >= self::MIN_SECRET_BYTES ) {
				$secret   = $key['secret'];
				$is_known = true;
				break;
			}
		}
		$matches = hash_equals( hash_hmac( 'sha256', $base, $secret, true ), $claim->signature );
		$alg     = $claim->parameters['alg'];
		return $matches && $is_known && ( null === $alg || Signature_Profile::ALGORITHM === $alg );
	}

	/**
	 * Refuses what was signed too long ago, too far ahead, or for too long.
	 *
	 * @param int $created Unix seconds.
	 * @param int $expires Unix seconds.
	 * @param int $now     Unix seconds.
	 * @throws Refusal With `signature_stale`.
	 */
	private static function check_window( int $created, int $expires, int $now ): void {
		if ( $expires <= $created || $expires - $created > Signature_Profile::MAX_LIFETIME_SECONDS ) {
			throw new Refusal( 'signature_stale', 'A signature lives at least 1 second and at most ' . Signature_Profile::MAX_LIFETIME_SECONDS . '.' );
		}
		if ( $created > $now + Signature_Profile::CLOCK_SKEW_SECONDS ) {
			throw new Refusal( 'signature_stale', 'The signature was created in the future: compare the clocks.' );
		}
		if ( $now > $expires + Signature_Profile::CLOCK_SKEW_SECONDS ) {
			throw new Refusal( 'signature_stale', 'The signature has expired.' );
		}
	}
}
