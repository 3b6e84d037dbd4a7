<?php
/**
 * Whether sidecar and site trust each other.
 *
 * @package Chaperone\Bridge
 */

namespace Chaperone\Bridge;

/**
 * Looks at the pairing, first at what is stored here, then by asking the sidecar. Says what it found as one word, for
 * Site Health to put into sentences.
 */
final class Pairing_Check {

	private const TIMEOUT_SECONDS = 5;
	public const MAX_SKEW_SECONDS = 30;
	private const CANARY          = 'chaperone';

	/**
	 * What the sidecar left.
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
	 * Client.
	 *
	 * @var Sidecar_Client
	 */
	private $client;

	/**
	 * Takes its collaborators.
	 *
	 * @param Stored_Options $options  What the sidecar left.
	 * @param Key_Ring       $key_ring Keys.
	 * @param Sidecar_Client $client   Client.
	 */
	public function __construct( Stored_Options $options, Key_Ring $key_ring, Sidecar_Client $client ) {
		$this->options  = $options;
		$this->key_ring = $key_ring;
		$this->client   = $client;
	}

	/**
	 * What is stored here.
	 *
	 * @return string `cipher_missing`, `not_paired`, `kek_missing`, `kek_wrong`, `keys_unusable`, `address_unusable`,
	 *                `database_unavailable` or `paired`.
	 */
	public function stored(): string {
		if ( ! in_array( 'aes-256-gcm', openssl_get_cipher_methods(), true ) ) {
			return 'cipher_missing';
		}
		try {
			return $this->stored_rows();
		} catch ( Refusal $refusal ) {
			return $refusal->reason();
		}
	}

	/**
	 * What the sidecar answers. Asks nobody when nothing is stored here, nor for nobody: a request of the bridge names a user.
	 *
	 * @param int $user_id The user who asks; 0 when nobody is logged in, as in WP-Cron.
	 * @return array{state: string, detail: string, skew: int} State: one of stored(), or `not_asked`, `sidecar_unreachable`,
	 *         `keys_disagree`, `clock_skewed`, `answer_unknown` or `agreed`. Skew in seconds.
	 */
	public function asked( int $user_id ): array {
		$stored = $this->stored();
		if ( 'paired' !== $stored ) {
			return self::found( $stored );
		}
		if ( $user_id < 1 ) {
			return self::found( 'not_asked' );
		}
		$reply = $this->client->send( 'GET', '/v1/pairing', $user_id, array(), '', self::TIMEOUT_SECONDS );
		if ( is_wp_error( $reply ) ) {
			return self::found( (string) $reply->get_error_code(), $reply->get_error_message() );
		}
		$answer = json_decode( $reply['body'], true );
		$answer = is_array( $answer ) ? $answer : array();
		if ( 200 !== $reply['status'] ) {
			$code = is_string( $answer['code'] ?? null ) ? $answer['code'] : '';
			return self::found( 'signature_invalid' === $code ? 'keys_disagree' : self::state_of( $code ), "HTTP {$reply['status']} $code" );
		}
		$time = is_string( $answer['time'] ?? null ) ? strtotime( $answer['time'] ) : false;
		if ( true !== ( $answer['ok'] ?? null ) || false === $time ) {
			return self::found( 'answer_unknown' );
		}
		$skew = $time - time();
		return self::found( abs( $skew ) >= self::MAX_SKEW_SECONDS ? 'clock_skewed' : 'agreed', '', $skew );
	}

	/**
	 * Looks at the rows one after the other.
	 *
	 * @throws Refusal With `database_unavailable`.
	 */
	private function stored_rows(): string {
		if ( null === $this->options->read( Stored_Options::CANARY ) ) {
			return 'not_paired';
		}
		if ( null === $this->options->box() ) {
			return 'kek_missing';
		}
		if ( self::CANARY !== $this->options->read_sealed( Stored_Options::CANARY ) ) {
			return 'kek_wrong';
		}
		foreach ( array( Stored_Options::KEY_TO_WORDPRESS, Stored_Options::KEY_TO_SIDECAR ) as $option ) {
			if ( array() === $this->key_ring->keys( $option, time() ) ) {
				return 'keys_unusable';
			}
		}
		return null === $this->options->sidecar_url() ? 'address_unusable' : 'paired';
	}

	/**
	 * What a refusal of the sidecar means for the pairing.
	 *
	 * @param string $code The sidecar's code.
	 */
	private static function state_of( string $code ): string {
		return 'signature_stale' === $code ? 'clock_skewed' : 'answer_unknown';
	}

	/**
	 * A finding.
	 *
	 * @param string $state  State.
	 * @param string $detail What was said, in English.
	 * @param int    $skew   Seconds by which the sidecar's clock is ahead.
	 * @return array{state: string, detail: string, skew: int}
	 */
	private static function found( string $state, string $detail = '', int $skew = 0 ): array {
		return array(
			'state'  => $state,
			'detail' => $detail,
			'skew'   => $skew,
		);
	}
}
