<?php
/**
 * Lets the sidecar act as the users it names.
 *
 * @package Chaperone\Bridge
 */

namespace Chaperone\Bridge;

/**
 * Verifies signed REST requests and sets the user they act for. Core's own capability checks follow.
 *
 * Properties kept:
 * - A request that claims a signature of this profile is verified or refused. It is never taken for an anonymous one, nor
 *   for one of the cookie or password that it may carry besides.
 * - It acts as exactly the user that its signature covers, or as nobody.
 * - It is verified once per request, however often WordPress asks who the user is: a nonce can be spent once, a call can arrive
 *   once.
 * - Outside the REST API a signature makes nobody anyone.
 */
final class Authentication {

	/**
	 * Routes that are answered to the sidecar itself, which then acts for nobody.
	 */
	private const OWN_ROUTES = '~^/ai-agent/v1/bridge/~';

	/**
	 * The present request.
	 *
	 * @var Request_Reader
	 */
	private $request;

	/**
	 * Verifier.
	 *
	 * @var Request_Verifier
	 */
	private $verifier;

	/**
	 * Keys.
	 *
	 * @var Key_Ring
	 */
	private $key_ring;

	/**
	 * Nonces.
	 *
	 * @var Nonce_Store
	 */
	private $nonces;

	/**
	 * Calls that arrived.
	 *
	 * @var Arrivals
	 */
	private $arrivals;

	/**
	 * What keeps statements from being repeated.
	 *
	 * @var Unrepeated_Statements
	 */
	private $unrepeated;

	/**
	 * The user to act as (0 for nobody) or the refusal, once it is known.
	 *
	 * @var int|Refusal|null
	 */
	private $outcome = null;

	/**
	 * Takes its collaborators.
	 *
	 * @param Request_Reader        $request    The present request.
	 * @param Request_Verifier      $verifier   Verifier.
	 * @param Key_Ring              $key_ring   Keys.
	 * @param Nonce_Store           $nonces     Nonces.
	 * @param Arrivals              $arrivals   Calls that arrived.
	 * @param Unrepeated_Statements $unrepeated What keeps statements from being repeated.
	 */
	public function __construct( Request_Reader $request, Request_Verifier $verifier, Key_Ring $key_ring, Nonce_Store $nonces, Arrivals $arrivals, Unrepeated_Statements $unrepeated ) {
		$this->request    = $request;
		$this->verifier   = $verifier;
		$this->key_ring   = $key_ring;
		$this->nonces     = $nonces;
		$this->arrivals   = $arrivals;
		$this->unrepeated = $unrepeated;
	}

	/**
	 * Adds the hooks. A request without a signature of this profile gets none of them, and is not touched.
	 *
	 * 15 is after core's auth cookie (10), which would overwrite a user set before it, and before logged-in cookie and
	 * application password (20), which leave a user alone that is already set. The last word is said once more at the end.
	 */
	public function register(): void {
		if ( ! $this->request->claims_signature() ) {
			return;
		}
		$this->unrepeated->begin();
		add_filter( 'determine_current_user', array( $this, 'determine_user' ), 15 );
		add_filter( 'determine_current_user', array( $this, 'determine_user' ), PHP_INT_MAX );
		add_filter( 'rest_authentication_errors', array( $this, 'decide' ), 1 );
		add_filter( 'rest_authentication_errors', array( $this, 'decide' ), PHP_INT_MAX );
	}

	/**
	 * The user that the request acts for.
	 *
	 * WordPress may ask before it knows that this is a REST request. Then the answer is nobody, and as with application
	 * passwords core asks again when the REST API begins (WP_REST_Server::serve_request).
	 *
	 * @return int User id; 0 for nobody.
	 */
	public function determine_user(): int {
		$outcome = defined( 'REST_REQUEST' ) && REST_REQUEST ? $this->outcome() : 0;
		return is_int( $outcome ) ? $outcome : 0;
	}

	/**
	 * Refuses the request, or says that it is authenticated, which ends core's question for a cookie's nonce.
	 *
	 * @param \WP_Error|bool|null $result What others have said so far.
	 * @return \WP_Error|true
	 */
	public function decide( $result ) {
		$outcome = $this->outcome();
		if ( $outcome instanceof Refusal ) {
			wp_set_current_user( 0 );
			return new \WP_Error( $outcome->reason(), $outcome->getMessage(), array( 'status' => $outcome->status() ) );
		}
		if ( get_current_user_id() !== $outcome ) {
			wp_set_current_user( $outcome );
		}
		return is_wp_error( $result ) ? $result : true;
	}

	/**
	 * Whether the present request is the sidecar's own, verified.
	 */
	public function is_sidecar(): bool {
		return $this->request->claims_signature() && is_int( $this->outcome() );
	}

	/**
	 * Why the present request isn't the sidecar's, for the routes that answer nobody else.
	 */
	public function refusal(): Refusal {
		$outcome = $this->request->claims_signature() ? $this->outcome() : null;
		return $outcome instanceof Refusal ? $outcome : new Refusal( 'signature_missing', 'This route answers the sidecar alone.' );
	}

	/**
	 * Verifies, the first time.
	 *
	 * @return int|Refusal
	 */
	private function outcome() {
		if ( null === $this->outcome ) {
			try {
				$this->outcome = $this->verify();
			} catch ( Refusal $refusal ) {
				$this->outcome = $refusal;
			}
		}
		return $this->outcome;
	}

	/**
	 * The user that a true signature names. Before anything is said about that user the nonce is spent, or the call has arrived,
	 * which it can once.
	 *
	 * @throws Refusal With the reason.
	 */
	private function verify(): int {
		$message = $this->request->message();
		$now     = time();
		$keys    = $this->key_ring->keys( Stored_Options::KEY_TO_WORDPRESS, $now );
		$claim   = $this->verifier->verify( $message, $keys, $now );
		$acting  = $message->header( 'ai-agent-acting-user' );
		if ( null === $acting ) {
			throw new Refusal( 'signature_coverage', 'The signature must cover "ai-agent-acting-user".' );
		}
		if ( 1 !== preg_match( '/^(?:0|[1-9][0-9]{0,15})\z/', $acting ) ) {
			throw new Refusal( 'request_malformed', 'AI-Agent-Acting-User must be a user id.' );
		}
		$call = $message->header( 'ai-agent-call' );
		if ( null !== $call && 1 !== preg_match( '/^call_[0-9a-z]{20}\z/', $call ) ) {
			throw new Refusal( 'request_malformed', 'AI-Agent-Call must be a call\'s id.' );
		}
		if ( null === $call ) {
			$this->nonces->spend( $claim->parameters['keyid'], $claim->parameters['nonce'], $claim->parameters['expires'] );
		} else {
			$this->arrivals->begin( $call );
		}
		$user_id = (int) $acting;
		if ( 0 === $user_id && ! $this->is_own_route() ) {
			throw new Refusal( 'request_malformed', 'Here the sidecar must act for a user.' );
		}
		if ( 0 !== $user_id && false === get_userdata( $user_id ) ) {
			throw new Refusal( 'credentials_invalid', 'The acting user doesn\'t exist.' );
		}
		return $user_id;
	}

	/**
	 * Whether the request is for one of the routes that are answered to the sidecar itself.
	 */
	private function is_own_route(): bool {
		global $wp;
		$route = $wp instanceof \WP ? $wp->query_vars['rest_route'] ?? '' : '';
		return is_string( $route ) && 1 === preg_match( self::OWN_ROUTES, '/' . ltrim( $route, '/' ) );
	}
}
