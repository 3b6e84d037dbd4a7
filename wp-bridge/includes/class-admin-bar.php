<?php
/**
 * The kill switch in the toolbar.
 *
 * @package Chaperone\Bridge
 */

namespace Chaperone\Bridge;

/**
 * Says in WordPress's toolbar, on the site and in wp-admin, whether agents may work, and leads whoever may to the dialog that
 * stops them. A link changes nothing by itself: the dialog does, with WordPress's nonce.
 */
final class Admin_Bar {

	private const OPTION = 'ai_agent_kill_switch';

	/**
	 * Stored rows.
	 *
	 * @var Stored_Options
	 */
	private $options;

	/**
	 * Takes its collaborators.
	 *
	 * @param Stored_Options $options Stored rows.
	 */
	public function __construct( Stored_Options $options ) {
		$this->options = $options;
	}

	/**
	 * Adds the hooks.
	 */
	public function register(): void {
		add_action( 'admin_bar_menu', array( $this, 'add_node' ), 90 );
		add_action( 'admin_enqueue_scripts', array( $this, 'show_on_phones' ) );
		add_action( 'wp_enqueue_scripts', array( $this, 'show_on_phones' ) );
	}

	/**
	 * On narrow screens core shows its own items alone. Beside them there is room for the icon.
	 */
	public function show_on_phones(): void {
		wp_add_inline_style( 'admin-bar', '@media screen and (max-width:782px){#wpadminbar li#wp-admin-bar-chaperone{display:block}#wpadminbar #wp-admin-bar-chaperone>.ab-item{width:46px;padding:0;text-align:center}#wpadminbar #wp-admin-bar-chaperone>.ab-item .ab-icon{width:46px;margin:0;font-size:26px;line-height:46px}}' );
	}

	/**
	 * Adds the node, once the site is paired.
	 *
	 * @param \WP_Admin_Bar $bar Toolbar.
	 */
	public function add_node( $bar ): void {
		if ( ! current_user_can( Capabilities::MANAGE_SETTINGS ) ) {
			return;
		}
		try {
			if ( null === $this->options->sidecar_url() ) {
				return;
			}
			$is_on = self::is_on( $this->options->read( self::OPTION ) );
		} catch ( Refusal $refusal ) {
			return;
		}
		$words = $is_on ? __( 'Agents are stopped', 'chaperone' ) : __( 'Agents aren\'t stopped', 'chaperone' );
		$deed  = $is_on ? __( 'Let agents work again', 'chaperone' ) : __( 'Stop all agents', 'chaperone' );
		$bar->add_node(
			array(
				'id'    => 'chaperone',
				'title' => sprintf(
					'<span class="ab-icon dashicons %1$s" aria-hidden="true"></span><span class="ab-label">%2$s</span>',
					$is_on ? 'dashicons-dismiss' : 'dashicons-shield',
					esc_html( $words )
				),
				'href'  => Admin_Menu::url( 'overview' ),
			)
		);
		$bar->add_node(
			array(
				'id'     => 'chaperone-kill-switch',
				'parent' => 'chaperone',
				'title'  => esc_html( $deed ),
				'href'   => add_query_arg( 'switch', '1', Admin_Menu::url( 'overview' ) ),
			)
		);
	}

	/**
	 * Whether the switch is on. As for the sidecar, a row that can't be read means on, and no row means off.
	 *
	 * @param string|null $row The option's value.
	 */
	public static function is_on( ?string $row ): bool {
		if ( null === $row ) {
			return false;
		}
		$state = json_decode( $row, true );
		return ! is_array( $state ) || false !== ( $state['on'] ?? null );
	}
}
