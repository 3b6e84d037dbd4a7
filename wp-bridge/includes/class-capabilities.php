<?php
/**
 * The role and the capabilities that this plugin brings.
 *
 * @package Chaperone\Bridge
 */

namespace Chaperone\Bridge;

/**
 * Names of the role and the capabilities, and who gets which (section 9 of the contract).
 */
final class Capabilities {

	public const ROLE            = 'ai_agent';
	public const PREFIX          = 'ai_agent_';
	public const EXECUTE_TOOL    = 'ai_agent_execute_tool';
	public const READ_POLICIES   = 'ai_agent_read_policies';
	public const MANAGE_POLICIES = 'ai_agent_manage_policies';
	public const APPROVE_CHANGES = 'ai_agent_approve_changes';
	public const VIEW_LOGS       = 'ai_agent_view_logs';
	public const MANAGE_AGENTS   = 'ai_agent_manage_agents';
	public const MANAGE_SECRETS  = 'ai_agent_manage_secrets';
	public const MANAGE_SETTINGS = 'ai_agent_manage_settings';

	/**
	 * Capabilities by role. Roles that a site doesn't have are passed over, but for the one that is this plugin's own.
	 */
	private const GRANTS = array(
		'administrator' => array(
			self::EXECUTE_TOOL,
			self::READ_POLICIES,
			self::MANAGE_POLICIES,
			self::APPROVE_CHANGES,
			self::VIEW_LOGS,
			self::MANAGE_AGENTS,
			self::MANAGE_SECRETS,
			self::MANAGE_SETTINGS,
		),
		'editor'        => array( self::APPROVE_CHANGES, self::VIEW_LOGS, self::READ_POLICIES ),
		self::ROLE      => array( 'read', 'edit_posts', 'delete_posts', 'upload_files', self::EXECUTE_TOOL ),
	);

	/**
	 * Grants them on the present site. Doing so twice changes nothing.
	 */
	public static function grant(): void {
		if ( null === get_role( self::ROLE ) ) {
			add_role( self::ROLE, 'AI agent' );
		}
		foreach ( self::GRANTS as $name => $capabilities ) {
			$role = get_role( $name );
			if ( null === $role ) {
				continue;
			}
			foreach ( $capabilities as $capability ) {
				if ( ! $role->has_cap( $capability ) ) {
					$role->add_cap( $capability );
				}
			}
		}
	}
}
