<?php
/**
 * Personal data.
 *
 * @package Chaperone\Bridge
 */

namespace Chaperone\Bridge;

/**
 * Tells WordPress's own tools (Tools, Export and Erase Personal Data) what the audit log holds about a user's doings, and
 * has it erased there. The sidecar erases the private part of each entry alone, so the log still verifies afterwards.
 *
 * Both ask the site's REST routes, as whoever uses the tool; somebody whom the log isn't shown gets an error and no page
 * that says there was nothing. Only a site that was never paired has nothing for certain: there is no sidecar, and no log.
 */
final class Privacy {

	private const PAGE_SIZE = 100;
	private const PATIENCE  = 3600;

	/**
	 * What the sidecar left.
	 *
	 * @var Stored_Options
	 */
	private $options;

	/**
	 * Takes its collaborators.
	 *
	 * @param Stored_Options|null $options What the sidecar left; this site's rows when left out.
	 */
	public function __construct( ?Stored_Options $options = null ) {
		global $wpdb;
		$this->options = $options ?? new Stored_Options( $wpdb, '' );
	}

	/**
	 * Adds the hooks.
	 */
	public function register(): void {
		add_filter( 'wp_privacy_personal_data_exporters', array( $this, 'add_exporter' ) );
		add_filter( 'wp_privacy_personal_data_erasers', array( $this, 'add_eraser' ) );
		add_action( 'admin_init', array( $this, 'suggest_policy' ) );
	}

	/**
	 * Adds the exporter.
	 *
	 * @param array<string, array<string, mixed>> $exporters Exporters.
	 * @return array<string, array<string, mixed>>
	 */
	public function add_exporter( $exporters ): array {
		$exporters['chaperone-audit'] = array(
			'exporter_friendly_name' => __( 'Chaperone audit log', 'chaperone' ),
			'callback'               => array( $this, 'export' ),
		);
		return $exporters;
	}

	/**
	 * Adds the eraser.
	 *
	 * @param array<string, array<string, mixed>> $erasers Erasers.
	 * @return array<string, array<string, mixed>>
	 */
	public function add_eraser( $erasers ): array {
		$erasers['chaperone-audit'] = array(
			'eraser_friendly_name' => __( 'Chaperone audit log', 'chaperone' ),
			'callback'             => array( $this, 'erase' ),
		);
		return $erasers;
	}

	/**
	 * One page of what the log has about a user's doings, oldest page last.
	 *
	 * The tool counts pages and keeps nothing between them, so where the log goes on is kept for it, for the one who asks.
	 *
	 * @param string $email Address of the user.
	 * @param int    $page  Page, from 1 on.
	 * @return array{data: list<array<string, mixed>>, done: bool}|\WP_Error
	 */
	public function export( $email, $page = 1 ) {
		$user = get_user_by( 'email', $email );
		if ( false === $user || $this->is_never_paired() ) {
			return array(
				'data' => array(),
				'done' => true,
			);
		}
		$query  = array(
			'userId' => (string) $user->ID,
			'limit'  => (string) self::PAGE_SIZE,
		);
		$place  = sprintf( 'chaperone_export_%d_%d', get_current_user_id(), $user->ID );
		$cursor = 1 === (int) $page ? '' : get_transient( $place );
		if ( false === $cursor ) {
			return new \WP_Error( 'export_interrupted', __( 'The export of the audit log was interrupted for too long. Start it again.', 'chaperone' ) );
		}
		if ( is_string( $cursor ) && '' !== $cursor ) {
			$query['cursor'] = $cursor;
		}
		$answer = self::ask( 'GET', '/audit', $query );
		if ( is_wp_error( $answer ) ) {
			return $answer;
		}
		$next = is_string( $answer['nextCursor'] ?? null ) ? $answer['nextCursor'] : null;
		if ( null === $next ) {
			delete_transient( $place );
		} else {
			set_transient( $place, $next, self::PATIENCE );
		}
		return array(
			'data' => array_map( array( self::class, 'exported' ), is_array( $answer['items'] ?? null ) ? array_values( $answer['items'] ) : array() ),
			'done' => null === $next,
		);
	}

	/**
	 * Erases what the log has about a user's doings, a part with each page.
	 *
	 * @param string $email Address of the user.
	 * @return array{items_removed: bool, items_retained: bool, messages: list<string>, done: bool}|\WP_Error
	 */
	public function erase( $email ) {
		$user = get_user_by( 'email', $email );
		if ( false === $user || $this->is_never_paired() ) {
			return array(
				'items_removed'  => false,
				'items_retained' => false,
				'messages'       => array(),
				'done'           => true,
			);
		}
		$answer = self::ask( 'POST', '/audit/erase', array(), array( 'userId' => $user->ID ) );
		if ( is_wp_error( $answer ) ) {
			return $answer;
		}
		return array(
			'items_removed'  => is_int( $answer['erased'] ?? null ) && $answer['erased'] > 0,
			'items_retained' => true,
			'messages'       => array( __( 'Erased from Chaperone\'s audit log: addresses, arguments, findings and details of the user\'s entries; and the copies of content from which the user\'s calls could be undone. Kept: of each entry its number, instant, kind, user id, tool, content, verdict and digests, so that nobody can take an entry out unseen; and entries that hold a public key or say what was erased. Chaperone\'s records of calls, approvals, votes, delegations and remembered approvals are kept as they are, with logins, addresses, arguments, answers, reasons and notes.', 'chaperone' ) ),
			'done'           => true === ( $answer['done'] ?? null ),
		);
	}

	/**
	 * Adds a text to the guide for privacy policies.
	 */
	public function suggest_policy(): void {
		wp_add_privacy_policy_content(
			__( 'Chaperone', 'chaperone' ),
			wpautop( esc_html__( 'AI agents work on this site under supervision. A log holds what each agent was asked to do, when, from which address, with which arguments, and who approved it. It is kept in this site\'s database; other parties are sent nothing of it unless an administrator set up a notice to them.', 'chaperone' ) )
		);
	}

	/**
	 * An entry as the export shows it.
	 *
	 * @param mixed $entry Entry.
	 * @return array{group_id: string, group_label: string, item_id: string, data: list<array{name: string, value: string}>}
	 */
	private static function exported( $entry ): array {
		$entry  = is_array( $entry ) ? $entry : array();
		$labels = array(
			'ts'         => __( 'Instant (UTC)', 'chaperone' ),
			'kind'       => __( 'Kind', 'chaperone' ),
			'ip'         => __( 'Address', 'chaperone' ),
			'credential' => __( 'Credential', 'chaperone' ),
			'tool'       => __( 'Tool', 'chaperone' ),
			'arguments'  => __( 'Arguments', 'chaperone' ),
			'verdict'    => __( 'Verdict', 'chaperone' ),
			'code'       => __( 'Code', 'chaperone' ),
			'findings'   => __( 'Findings', 'chaperone' ),
			'detail'     => __( 'Detail', 'chaperone' ),
		);
		$data   = array();
		foreach ( $labels as $field => $label ) {
			$value = $entry[ $field ] ?? null;
			if ( null !== $value ) {
				$data[] = array(
					'name'  => $label,
					'value' => esc_html( is_string( $value ) ? $value : (string) wp_json_encode( $value, JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE ) ),
				);
			}
		}
		return array(
			'group_id'    => 'chaperone-audit',
			'group_label' => __( 'Chaperone audit log', 'chaperone' ),
			'item_id'     => 'chaperone-audit-' . ( is_int( $entry['id'] ?? null ) ? (string) $entry['id'] : '0' ),
			'data'        => $data,
		);
	}

	/**
	 * Whether no sidecar ever wrote here: neither its address nor the text that its key-encryption key is tried with. Rows that can't be read
	 * prove nothing.
	 */
	private function is_never_paired(): bool {
		try {
			return null === $this->options->read( Stored_Options::SIDECAR ) && null === $this->options->read( Stored_Options::CANARY );
		} catch ( Refusal $refusal ) {
			return false;
		}
	}

	/**
	 * Asks one of the site's routes as the present user.
	 *
	 * @param string                $method GET or POST.
	 * @param string                $route  Below the namespace.
	 * @param array<string, string> $query  Query.
	 * @param array<string, mixed>  $body   Body of a POST.
	 * @return array<mixed>|\WP_Error
	 */
	private static function ask( string $method, string $route, array $query, array $body = array() ) {
		$request = new \WP_REST_Request( $method, '/' . Bridge_Controller::REST_NAMESPACE . $route );
		$request->set_query_params( $query );
		if ( 'POST' === $method ) {
			$request->set_header( 'Content-Type', 'application/json' );
			$request->set_body( (string) wp_json_encode( $body ) );
		}
		$response = rest_do_request( $request );
		$answer   = json_decode( (string) wp_json_encode( $response->get_data() ), true );
		$answer   = is_array( $answer ) ? $answer : array();
		if ( ! $response->is_error() && $response->get_status() < 400 ) {
			return $answer;
		}
		$reason = $answer['message'] ?? $answer['detail'] ?? $answer['title'] ?? '';
		/* translators: %s: why. */
		return new \WP_Error( 'chaperone_audit', sprintf( __( 'Chaperone\'s audit log can\'t be asked: %s', 'chaperone' ), is_string( $reason ) ? $reason : '' ) );
	}
}
