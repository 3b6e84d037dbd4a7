<?php
/**
 * Tools, Site Health.
 *
 * @package Chaperone\Bridge
 */

namespace Chaperone\Bridge;

/**
 * Two quick tests (pairing, application passwords), one that asks the sidecar, and a section of debug information, which
 * holds names and states and never a secret.
 *
 * @phpstan-type Test_Result array{label: string, status: string, badge: array{label: string, color: string}, description: string, actions: string, test: string}
 */
final class Site_Health {

	private const ROUTE = '/site-health/sidecar';

	/**
	 * Pairing.
	 *
	 * @var Pairing_Check
	 */
	private $pairing;

	/**
	 * Stored rows.
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
	 * Availability of application passwords.
	 *
	 * @var Application_Password_Availability
	 */
	private $availability;

	/**
	 * Takes its collaborators.
	 *
	 * @param Pairing_Check                     $pairing      Pairing.
	 * @param Stored_Options                    $options      Stored rows.
	 * @param Key_Ring                          $key_ring     Keys.
	 * @param Application_Password_Availability $availability Availability of application passwords.
	 */
	public function __construct( Pairing_Check $pairing, Stored_Options $options, Key_Ring $key_ring, Application_Password_Availability $availability ) {
		$this->pairing      = $pairing;
		$this->options      = $options;
		$this->key_ring     = $key_ring;
		$this->availability = $availability;
	}

	/**
	 * Adds the hooks.
	 */
	public function register(): void {
		add_filter( 'site_status_tests', array( $this, 'add_tests' ) );
		add_filter( 'debug_information', array( $this, 'add_information' ) );
		add_action( 'rest_api_init', array( $this, 'register_route' ) );
	}

	/**
	 * Adds the tests. The scheduled check leaves out the one that asks the sidecar: nobody is logged in then, and the sidecar answers
	 * for a user alone.
	 *
	 * @param array<string, array<string, mixed>> $tests Tests by kind.
	 * @return array<string, array<string, mixed>>
	 */
	public function add_tests( $tests ): array {
		$tests['direct']['ai_agent_pairing']               = array(
			'label' => __( 'Chaperone is paired', 'chaperone' ),
			'test'  => array( $this, 'test_pairing' ),
		);
		$tests['direct']['ai_agent_application_passwords'] = array(
			'label' => __( 'Chaperone: application passwords', 'chaperone' ),
			'test'  => array( $this, 'test_application_passwords' ),
		);
		$tests['async']['ai_agent_sidecar']                = array(
			'label'             => __( 'Chaperone: the sidecar answers', 'chaperone' ),
			'test'              => rest_url( Bridge_Controller::REST_NAMESPACE . self::ROUTE ),
			'has_rest'          => true,
			'async_direct_test' => array( $this, 'test_sidecar' ),
			'skip_cron'         => true,
		);
		return $tests;
	}

	/**
	 * Adds the route that Site Health's screen asks for the slow test.
	 */
	public function register_route(): void {
		register_rest_route(
			Bridge_Controller::REST_NAMESPACE,
			self::ROUTE,
			array(
				'methods'             => 'GET',
				'callback'            => array( $this, 'test_sidecar' ),
				'permission_callback' => static function (): bool {
					return current_user_can( 'view_site_health_checks' );
				},
				'show_in_index'       => false,
			)
		);
	}

	/**
	 * Whether what is stored here is whole. Before the pairing there is nothing to complain of.
	 *
	 * @return Test_Result
	 */
	public function test_pairing(): array {
		$state = $this->pairing->stored();
		if ( 'paired' === $state ) {
			return self::result( 'ai_agent_pairing', 'good', __( 'Chaperone is paired with its sidecar', 'chaperone' ), __( 'The keys are there, and the key-encryption key opens them.', 'chaperone' ) );
		}
		$status = 'not_paired' === $state ? 'recommended' : 'critical';
		return self::result( 'ai_agent_pairing', $status, __( 'Chaperone is not paired with a sidecar', 'chaperone' ), self::sentence( $state, 0 ) );
	}

	/**
	 * Whether agents can sign in with application passwords.
	 *
	 * @return Test_Result
	 */
	public function test_application_passwords(): array {
		if ( $this->availability->for_site() ) {
			return self::result( 'ai_agent_application_passwords', 'good', __( 'Agents can use application passwords', 'chaperone' ), __( 'The sidecar accepts application passwords, beside signatures.', 'chaperone' ) );
		}
		return self::result( 'ai_agent_application_passwords', 'recommended', __( 'Agents can\'t use application passwords', 'chaperone' ), __( 'The sidecar refuses application passwords, as WordPress does: the site has no https address, a plugin switches them off, or nobody has made one yet. Signatures work all the same.', 'chaperone' ) );
	}

	/**
	 * Whether the sidecar answers, knows this site's key, and tells the same time.
	 *
	 * @return Test_Result
	 */
	public function test_sidecar(): array {
		$found = $this->pairing->asked( get_current_user_id() );
		if ( 'agreed' === $found['state'] ) {
			return self::result( 'ai_agent_sidecar', 'good', __( 'The Chaperone sidecar answers', 'chaperone' ), __( 'It is reachable, its keys agree with this site\'s, and so do the clocks.', 'chaperone' ) );
		}
		if ( 'not_asked' === $found['state'] ) {
			return self::result( 'ai_agent_sidecar', 'good', __( 'The Chaperone sidecar was not asked', 'chaperone' ), __( 'It answers for a user alone, and nobody is logged in. What is stored on this site is whole.', 'chaperone' ) );
		}
		$status = 'not_paired' === $found['state'] ? 'recommended' : 'critical';
		$detail = '' === $found['detail'] ? '' : ' (' . $found['detail'] . ')';
		return self::result( 'ai_agent_sidecar', $status, __( 'The Chaperone sidecar doesn\'t answer as it should', 'chaperone' ), self::sentence( $found['state'], $found['skew'] ) . $detail );
	}

	/**
	 * Adds the section of debug information.
	 *
	 * @param array<string, array<string, mixed>> $information Sections.
	 * @return array<string, array<string, mixed>>
	 */
	public function add_information( $information ): array {
		$box                      = $this->options->box();
		$information['chaperone'] = array(
			'label'  => __( 'Chaperone', 'chaperone' ),
			'fields' => array(
				'version'               => self::field( __( 'Version', 'chaperone' ), VERSION ),
				'pairing'               => self::field( __( 'Pairing', 'chaperone' ), $this->pairing->stored() ),
				'sidecar'               => self::field( __( 'Sidecar', 'chaperone' ), $this->text( array( $this, 'address' ) ) ),
				'kek_ids'               => self::field( __( 'Key-encryption keys (ids)', 'chaperone' ), null === $box ? '-' : implode( ', ', $box->key_ids() ) ),
				'keys_to_wordpress'     => self::field( __( 'Keys of the sidecar (ids)', 'chaperone' ), $this->key_names( Stored_Options::KEY_TO_WORDPRESS ) ),
				'keys_to_sidecar'       => self::field( __( 'Keys of this site (ids)', 'chaperone' ), $this->key_names( Stored_Options::KEY_TO_SIDECAR ) ),
				'application_passwords' => self::field( __( 'Application passwords available', 'chaperone' ), $this->availability->for_site() ? 'yes' : 'no' ),
			),
		);
		return $information;
	}

	/**
	 * The sidecar's address.
	 *
	 * @throws Refusal With `database_unavailable`.
	 */
	public function address(): string {
		return $this->options->sidecar_url() ?? '-';
	}

	/**
	 * Ids of a direction's keys.
	 *
	 * @param string $option Option name.
	 */
	private function key_names( string $option ): string {
		return $this->text(
			function () use ( $option ): string {
				$ids = array_column( $this->key_ring->keys( $option, time() ), 'id' );
				return array() === $ids ? '-' : implode( ', ', $ids );
			}
		);
	}

	/**
	 * A text, or the reason why it can't be read.
	 *
	 * @param callable(): string $read Reads it.
	 */
	private function text( callable $read ): string {
		try {
			return $read();
		} catch ( Refusal $refusal ) {
			return $refusal->reason();
		}
	}

	/**
	 * What a state means, and what to do about it.
	 *
	 * @param string $state A state of Pairing_Check.
	 * @param int    $skew  Seconds by which the sidecar's clock is ahead.
	 */
	private static function sentence( string $state, int $skew ): string {
		$sentences = array(
			'cipher_missing'       => __( 'PHP\'s OpenSSL lacks AES-256-GCM. Ask your host for an OpenSSL that has it.', 'chaperone' ),
			'not_paired'           => __( 'No sidecar has been paired with this site yet. Run "chaperone init" beside the sidecar.', 'chaperone' ),
			'kek_missing'          => __( 'The constant CHAPERONE_KEK in wp-config.php is missing or isn\'t keys of 32 bytes in base64. "chaperone init" writes it.', 'chaperone' ),
			'kek_wrong'            => __( 'The constant CHAPERONE_KEK in wp-config.php doesn\'t open this site\'s keys. It must be the one that the sidecar has.', 'chaperone' ),
			'keys_unusable'        => __( 'The keys between sidecar and site can\'t be opened or are missing. Run "chaperone doctor" beside the sidecar.', 'chaperone' ),
			'address_unusable'     => __( 'The sidecar\'s address is missing, or is plain http to another machine. Set CHAPERONE_PUBLIC_URL to an https address and start the sidecar again.', 'chaperone' ),
			'database_unavailable' => __( 'The rows that the sidecar wrote can\'t be read from the database.', 'chaperone' ),
			'sidecar_unreachable'  => __( 'The sidecar can\'t be reached. Check that it runs and that this server may connect to it.', 'chaperone' ),
			'keys_disagree'        => __( 'The sidecar doesn\'t know this site\'s key. Run "chaperone doctor" beside the sidecar.', 'chaperone' ),
			/* translators: %d: seconds. */
			'clock_skewed'         => sprintf( __( 'The clocks of site and sidecar differ too much (%d seconds). Signatures live for minutes: let both machines keep time with NTP.', 'chaperone' ), $skew ),
		);
		return $sentences[ $state ] ?? __( 'What answered at the sidecar\'s address didn\'t answer as a Chaperone sidecar. Check the address.', 'chaperone' );
	}

	/**
	 * A result as Site Health wants it.
	 *
	 * @param string $test        Name of the test.
	 * @param string $status      good, recommended or critical.
	 * @param string $label       What was found, in short.
	 * @param string $description What it means, as plain text.
	 * @return Test_Result
	 */
	private static function result( string $test, string $status, string $label, string $description ): array {
		return array(
			'label'       => $label,
			'status'      => $status,
			'badge'       => array(
				'label' => __( 'Security', 'chaperone' ),
				'color' => 'blue',
			),
			'description' => '<p>' . esc_html( $description ) . '</p>',
			'actions'     => '',
			'test'        => $test,
		);
	}

	/**
	 * A field of debug information.
	 *
	 * @param string $label Label.
	 * @param string $value Value.
	 * @return array{label: string, value: string}
	 */
	private static function field( string $label, string $value ): array {
		return array(
			'label' => $label,
			'value' => $value,
		);
	}
}
