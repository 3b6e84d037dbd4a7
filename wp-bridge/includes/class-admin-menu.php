<?php
/**
 * The menu "Chaperone".
 *
 * @package Chaperone\Bridge
 */

namespace Chaperone\Bridge;

/**
 * Adds the menu with a page for each screen, shown to whoever has the screen's capability. A page holds one empty element;
 * what fills it is admin/, built into build/.
 */
final class Admin_Menu {

	public const SLUG = 'chaperone';

	/**
	 * Whose number stands in the menu.
	 *
	 * @var Waiting_Approvals
	 */
	private $waiting;

	/**
	 * What a page needs besides its element.
	 *
	 * @var Admin_Assets
	 */
	private $assets;

	/**
	 * Takes its collaborators.
	 *
	 * @param Waiting_Approvals $waiting Whose number stands in the menu.
	 * @param Admin_Assets      $assets  What a page needs besides its element.
	 */
	public function __construct( Waiting_Approvals $waiting, Admin_Assets $assets ) {
		$this->waiting = $waiting;
		$this->assets  = $assets;
	}

	/**
	 * Adds the hook.
	 */
	public function register(): void {
		add_action( 'admin_menu', array( $this, 'add_pages' ) );
	}

	/**
	 * The address of a screen.
	 *
	 * @param string $screen One of the screens' names.
	 */
	public static function url( string $screen ): string {
		return admin_url( 'admin.php?page=' . self::slug( $screen ) );
	}

	/**
	 * Adds the pages. The menu itself is the overview; who may not see that gets the first page below it that they may see.
	 */
	public function add_pages(): void {
		$screens  = self::screens();
		$waiting  = current_user_can( Capabilities::APPROVE_CHANGES ) ? $this->waiting->count() : 0;
		$overview = $screens['overview'];
		add_menu_page( $overview['title'], 'Chaperone' . self::bubble( $waiting ), $overview['capability'], self::SLUG, '', 'dashicons-shield', 72 );
		foreach ( $screens as $name => $screen ) {
			$label = $screen['title'] . ( 'approvals' === $name ? self::bubble( $waiting ) : '' );
			$hook  = add_submenu_page(
				self::SLUG,
				/* translators: %s: name of a screen. */
				sprintf( __( '%s, Chaperone', 'chaperone' ), $screen['title'] ),
				$label,
				$screen['capability'],
				self::slug( $name ),
				array( self::class, 'render' )
			);
			if ( is_string( $hook ) ) {
				$this->assets->use_on( $hook, $name );
			}
		}
	}

	/**
	 * Prints a page's element.
	 */
	public static function render(): void {
		printf(
			'<div class="wrap chaperone"><noscript><div class="notice notice-error"><p>%1$s</p></div></noscript><div id="chaperone-root" data-failed="%2$s"></div></div>',
			esc_html__( 'Chaperone\'s screens need JavaScript. Without it, the command line does the same: "npx chaperone --help" beside the sidecar.', 'chaperone' ),
			esc_attr__( 'Chaperone\'s screens could not be loaded. Load this page again; if that doesn\'t help, install the plugin anew.', 'chaperone' )
		);
	}

	/**
	 * The screens in the order of the menu. Their names are those of admin/src/screens.ts.
	 *
	 * @return array<string, array{title: string, capability: string}>
	 */
	private static function screens(): array {
		return array(
			'overview'  => array(
				'title'      => __( 'Overview', 'chaperone' ),
				'capability' => Capabilities::VIEW_LOGS,
			),
			'approvals' => array(
				'title'      => __( 'Approvals', 'chaperone' ),
				'capability' => Capabilities::APPROVE_CHANGES,
			),
			'policy'    => array(
				'title'      => __( 'Policy', 'chaperone' ),
				'capability' => Capabilities::READ_POLICIES,
			),
			'audit'     => array(
				'title'      => __( 'Audit', 'chaperone' ),
				'capability' => Capabilities::VIEW_LOGS,
			),
			'agents'    => array(
				'title'      => __( 'Agents', 'chaperone' ),
				'capability' => Capabilities::MANAGE_AGENTS,
			),
			'settings'  => array(
				'title'      => __( 'Settings', 'chaperone' ),
				'capability' => Capabilities::MANAGE_SETTINGS,
			),
		);
	}

	/**
	 * A page's slug.
	 *
	 * @param string $screen Name of a screen.
	 */
	private static function slug( string $screen ): string {
		return 'overview' === $screen ? self::SLUG : self::SLUG . '-' . $screen;
	}

	/**
	 * The number of waiting calls as core prints such numbers; nothing for none.
	 *
	 * @param int $count Number.
	 */
	private static function bubble( int $count ): string {
		if ( $count < 1 ) {
			return '';
		}
		/* translators: %s: number of calls. */
		$words = sprintf( _n( '%s call waits for approval', '%s calls wait for approval', $count, 'chaperone' ), number_format_i18n( $count ) );
		return sprintf( ' <span class="awaiting-mod count-%1$d"><span class="pending-count" aria-hidden="true">%2$s</span><span class="screen-reader-text">%3$s</span></span>', $count, esc_html( number_format_i18n( $count ) ), esc_html( $words ) );
	}
}
