<?php
/**
 * E-mail to those who may vote.
 *
 * @package Chaperone\Bridge
 */

namespace Chaperone\Bridge;

/**
 * Writes to the people who may vote on a call that waits, through WordPress's own `wp_mail`, with a link to the screen. The link
 * shows; nothing is decided by opening it. Nothing of what the call says stands in the message.
 *
 * Who is written to is found out here, among users with the capability as WordPress has them now; agents never are. Everybody
 * may switch it off in their profile.
 *
 * @phpstan-type Mailing array{messageId: string, approvalId: string, tool: string, target: string|null, agent: string, step: string, isEscalation: bool, expiresAt: int, approvers: list<array{anybody: bool, roles: list<string>, users: list<string>}>, delegations: list<array{from: int, to: int}>, except: list<int>}
 */
final class Approval_Mail {

	/**
	 * User meta of who wants none.
	 */
	public const OPT_OUT = 'ai_agent_no_approval_mail';

	private const MOST_PEOPLE = 500;
	/**
	 * The sidecar waits no longer than half a minute for an answer; who is left is written to at the next attempt.
	 */
	private const SECONDS = 15;
	/**
	 * Longer than the sidecar's retries go on, in seconds.
	 */
	private const REMEMBERED = 604800;

	/**
	 * Agents.
	 *
	 * @var Agent_Register
	 */
	private $agents;

	/**
	 * Takes its collaborators.
	 *
	 * @param Agent_Register $agents Agents.
	 */
	public function __construct( Agent_Register $agents ) {
		$this->agents = $agents;
	}

	/**
	 * Adds the hooks of the profile's page.
	 */
	public function register(): void {
		add_action( 'personal_options', array( $this, 'print_option' ) );
		add_action( 'personal_options_update', array( $this, 'save_option' ) );
		add_action( 'edit_user_profile_update', array( $this, 'save_option' ) );
	}

	/**
	 * Writes to everybody whom the mailing means and who hasn't been written to for it.
	 *
	 * @param array $mailing Mailing, valid by the schema.
	 * @phpstan-param Mailing $mailing
	 * @return array{sent: int, failed: int}
	 */
	public function send( array $mailing ): array {
		$key    = 'chaperone_mail_' . $mailing['messageId'];
		$told   = get_transient( $key );
		$told   = is_array( $told ) ? $told : array();
		$end    = microtime( true ) + self::SECONDS;
		$result = array(
			'sent'   => 0,
			'failed' => 0,
		);
		foreach ( $this->recipients( $mailing ) as $user ) {
			if ( in_array( $user->ID, $told, true ) ) {
				continue;
			}
			if ( microtime( true ) > $end || ! $this->write_to( $user, $mailing ) ) {
				++$result['failed'];
				continue;
			}
			++$result['sent'];
			$told[] = $user->ID;
			set_transient( $key, $told, self::REMEMBERED );
		}
		return $result;
	}

	/**
	 * Who may vote now and wants to know.
	 *
	 * @param array $mailing Mailing.
	 * @phpstan-param Mailing $mailing
	 * @return list<\WP_User>
	 */
	private function recipients( array $mailing ): array {
		/**
		 * With all their fields, as get_users() gives them when it isn't asked for others.
		 *
		 * @var list<\WP_User> $able
		 */
		$able = get_users(
			array(
				'capability' => Capabilities::APPROVE_CHANGES,
				'number'     => self::MOST_PEOPLE,
				'orderby'    => 'ID',
			)
		);
		$able = array_filter(
			$able,
			function ( \WP_User $user ): bool {
				return Agent_Register::UNBOUND === $this->agents->binding( $user ) && $user->has_cap( Capabilities::APPROVE_CHANGES );
			}
		);
		$ids  = array();
		foreach ( $able as $user ) {
			if ( self::is_meant( $user, $mailing['approvers'] ) && ! in_array( $user->ID, $mailing['except'], true ) ) {
				$ids[] = $user->ID;
			}
		}
		foreach ( $mailing['delegations'] as $delegation ) {
			if ( in_array( $delegation['from'], $ids, true ) ) {
				$ids[] = $delegation['to'];
			}
		}
		return array_values(
			array_filter(
				$able,
				static function ( \WP_User $user ) use ( $ids, $mailing ): bool {
					return in_array( $user->ID, $ids, true ) && ! in_array( $user->ID, $mailing['except'], true )
						&& '' !== $user->user_email && ! get_user_meta( $user->ID, self::OPT_OUT, true );
				}
			)
		);
	}

	/**
	 * Whether one of the lists names a user: a login among logins, a role among roles, ignoring case, as the sidecar has it.
	 *
	 * @param \WP_User $user      User.
	 * @param array    $approvers Approvers.
	 * @phpstan-param list<array{anybody: bool, roles: list<string>, users: list<string>}> $approvers
	 */
	private static function is_meant( \WP_User $user, array $approvers ): bool {
		foreach ( $approvers as $named ) {
			if ( $named['anybody'] || self::is_among( array( $user->user_login ), $named['users'] ) || self::is_among( $user->roles, $named['roles'] ) ) {
				return true;
			}
		}
		return false;
	}

	/**
	 * Whether one of the names stands in a list, ignoring case. By PCRE, since WordPress runs without mbstring too, and has no
	 * mb_strtolower() then.
	 *
	 * @param array<string> $names Names.
	 * @param list<string>  $among List.
	 */
	private static function is_among( array $names, array $among ): bool {
		foreach ( $names as $name ) {
			foreach ( $among as $other ) {
				// A name that isn't UTF-8 is nobody's.
				if ( 1 === preg_match( '/^' . preg_quote( $name, '/' ) . '\z/iu', $other ) ) {
					return true;
				}
			}
		}
		return false;
	}

	/**
	 * Writes to one person, in their language.
	 *
	 * @param \WP_User $user    User.
	 * @param array    $mailing Mailing.
	 * @phpstan-param Mailing $mailing
	 */
	private function write_to( \WP_User $user, array $mailing ): bool {
		$switched = switch_to_locale( get_user_locale( $user ) );
		$what     = self::plain( null === $mailing['target'] ? $mailing['tool'] : $mailing['target'] );
		$site     = wp_specialchars_decode( (string) get_option( 'blogname' ), ENT_QUOTES );
		$subject  = $mailing['isEscalation']
			/* translators: 1: name of the site, 2: what it is about. */
			? sprintf( __( '[%1$s] This has waited too long: %2$s', 'chaperone' ), $site, $what )
			/* translators: 1: name of the site, 2: what it is about. */
			: sprintf( __( '[%1$s] Waits for your approval: %2$s', 'chaperone' ), $site, $what );
		$lines = array(
			/* translators: 1: login of an agent, 2: name of a tool, 3: what it is about. */
			sprintf( __( 'The agent %1$s asks to use %2$s (%3$s).', 'chaperone' ), self::plain( $mailing['agent'] ), self::plain( $mailing['tool'] ), $what ),
			/* translators: 1: name of a step, 2: date and time. */
			sprintf( __( 'It waits for the step "%1$s" until %2$s.', 'chaperone' ), self::plain( $mailing['step'] ), self::time( $mailing['expiresAt'] ) ),
			__( 'See what it would change, and decide:', 'chaperone' ) . "\n" . self::link( $mailing['approvalId'] ),
			/* translators: %s: address of the profile's page. */
			sprintf( __( 'Opening the link decides nothing. You may switch these messages off in your profile: %s', 'chaperone' ), admin_url( 'profile.php' ) ),
		);
		$done  = wp_mail( $user->user_email, $subject, implode( "\n\n", $lines ) . "\n" );
		if ( $switched ) {
			restore_previous_locale();
		}
		return $done;
	}

	/**
	 * The screen that shows the call.
	 *
	 * @param string $approval_id Id.
	 */
	private static function link( string $approval_id ): string {
		return Admin_Menu::url( 'approvals' ) . '&id=' . rawurlencode( $approval_id );
	}

	/**
	 * An instant in the site's zone and form.
	 *
	 * @param int $timestamp Unix seconds.
	 */
	private static function time( int $timestamp ): string {
		return (string) wp_date( get_option( 'date_format' ) . ' ' . get_option( 'time_format' ) . ' T', $timestamp );
	}

	/**
	 * A name in one line, without anything that a mail program could take for more.
	 *
	 * @param string $text Text.
	 */
	private static function plain( string $text ): string {
		return mb_substr( sanitize_text_field( $text ), 0, 190 );
	}

	/**
	 * Prints the option on the profile's page, for who would be written to.
	 *
	 * @param \WP_User $user User.
	 */
	public function print_option( $user ): void {
		if ( ! $user instanceof \WP_User || ! $user->has_cap( Capabilities::APPROVE_CHANGES ) ) {
			return;
		}
		printf(
			'<tr class="chaperone-mail-wrap"><th scope="row">%1$s</th><td><label for="chaperone_mail"><input type="hidden" name="chaperone_mail_shown" value="1"><input name="chaperone_mail" type="checkbox" id="chaperone_mail" value="1"%2$s> %3$s</label></td></tr>',
			esc_html__( 'Chaperone', 'chaperone' ),
			checked( ! get_user_meta( $user->ID, self::OPT_OUT, true ), true, false ),
			esc_html__( 'E-mail me when an agent\'s call waits for my approval', 'chaperone' )
		);
	}

	/**
	 * Saves it, together with core's own fields of the page.
	 *
	 * @param int $user_id Id.
	 */
	public function save_option( $user_id ): void {
		check_admin_referer( 'update-user_' . $user_id );
		if ( ! current_user_can( 'edit_user', $user_id ) || ! isset( $_POST['chaperone_mail_shown'] ) ) {
			return;
		}
		if ( isset( $_POST['chaperone_mail'] ) ) {
			delete_user_meta( (int) $user_id, self::OPT_OUT );
		} else {
			update_user_meta( (int) $user_id, self::OPT_OUT, '1' );
		}
	}
}
