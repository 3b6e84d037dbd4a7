<?php
/**
 * The plugin's table of contents.
 *
 * @package Chaperone\Bridge
 */

namespace Chaperone\Bridge;

/**
 * Puts the plugin together. Every hook is added by one of the lines at the end, in that class's register().
 *
 * Nothing is read or sent here: constructors do nothing, and keys are opened when the first signed request asks for them.
 */
function bootstrap(): void {
	global $wpdb;

	$options        = new Stored_Options( $wpdb, defined( 'CHAPERONE_KEK' ) && is_string( CHAPERONE_KEK ) ? CHAPERONE_KEK : '' );
	$key_ring       = new Key_Ring( $options );
	$agents         = new Agent_Register( $wpdb );
	$availability   = new Application_Password_Availability();
	$arrivals       = new Arrivals( $wpdb );
	$authentication = new Authentication( Request_Reader::of_this_request(), new Request_Verifier(), $key_ring, new Nonce_Store( $wpdb ), $arrivals, new Unrepeated_Statements( $wpdb ) );
	$client         = new Sidecar_Client( $options, $key_ring, new Request_Signer() );
	$mail           = new Approval_Mail( $agents );
	$pairing        = new Pairing_Check( $options, $key_ring, $client );

	// Activation, new sites of a network, updates.
	( new Installation() )->register();

	// determine_current_user and rest_authentication_errors, for signed requests alone.
	$authentication->register();

	// rest_pre_serve_request, for calls alone.
	$arrivals->register();

	// wp_authenticate_application_password_errors.
	( new Direct_Use_Gate( $agents, new Refused_Uses( $wpdb ) ) )->register();

	// user_has_cap and map_meta_cap.
	( new Agent_Capability_Limit( $agents ) )->register();

	// rest_api_init: ai-agent/v1/bridge/…, for the sidecar.
	( new Bridge_Controller( $authentication, new Capability_Questions( $availability ), new Service_Accounts( $agents ), $availability, $mail ) )->register();

	// personal_options, and its saving.
	$mail->register();

	// rest_api_init: ai-agent/v1/policies, …/audit, for people.
	$forwarding = new Forwarding_Controller( $client, $agents, $authentication );
	$forwarding->register();

	// rest_api_init: ai-agent/v1/audit/export, a file.
	( new Log_Export( $client, $forwarding ) )->register();

	// transition_post_status, for the sidecar's requests alone.
	( new Restored_Posts( $authentication ) )->register();

	// site_status_tests, debug_information, rest_api_init.
	( new Site_Health( $pairing, $options, $key_ring, $availability ) )->register();

	// admin_menu, and on its pages admin_enqueue_scripts.
	( new Admin_Menu( new Waiting_Approvals( $wpdb ), new Admin_Assets() ) )->register();

	// admin_bar_menu.
	( new Admin_Bar( $options ) )->register();

	// rest_api_init: ai-agent/v1/health.
	( new Health_Controller( $pairing, $client ) )->register();

	// wp_privacy_personal_data_exporters and _erasers, admin_init.
	( new Privacy() )->register();

	// The commands of WP-CLI.
	if ( defined( 'WP_CLI' ) && WP_CLI ) {
		( new Cli_Commands() )->register();
	}
}
