<?php
/**
 * Why a signed request is refused.
 *
 * @package Chaperone\Bridge
 */

namespace Chaperone\Bridge;

/**
 * A refusal with a code of the sidecar's registry, so that both sides speak of one thing by one name.
 * The message is safe to show: it never holds a secret, nor says which keys exist.
 */
final class Refusal extends \RuntimeException {

	/**
	 * The registry's code.
	 *
	 * @var string
	 */
	private $reason;

	/**
	 * Makes a refusal.
	 *
	 * @param string $reason  Code: signature_missing, signature_coverage, signature_invalid, signature_stale,
	 *                        signature_replayed, digest_mismatch, request_malformed, credentials_invalid or
	 *                        database_unavailable.
	 * @param string $message What is wrong, in a sentence.
	 */
	public function __construct( string $reason, string $message ) {
		parent::__construct( $message );
		$this->reason = $reason;
	}

	/**
	 * The registry's code.
	 */
	public function reason(): string {
		return $this->reason;
	}

	/**
	 * The HTTP status. A request that claims a signature and fails is unauthenticated, whatever is wrong with it; only a
	 * database that can't be asked is the site's own fault.
	 */
	public function status(): int {
		return 'database_unavailable' === $this->reason ? 503 : 401;
	}
}
