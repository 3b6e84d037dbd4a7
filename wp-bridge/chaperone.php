<?php
/**
 * Plugin Name:       Chaperone
 * Plugin URI:        https://wordpress.org/plugins/chaperone/
 * Description:       Lets AI agents work on this site under supervision: it trusts one sidecar, by signature alone, and keeps agents from walking around it.
 * Version:           0.1.0
 * Requires at least: 6.1
 * Requires PHP:      7.4
 * Author:            The Chaperone contributors
 * License:           GPL-2.0-or-later
 * License URI:       https://www.gnu.org/licenses/gpl-2.0.html
 * Text Domain:       chaperone
 * Domain Path:       /languages
 *
 * @package Chaperone\Bridge
 */

namespace Chaperone\Bridge;

if ( ! defined( 'ABSPATH' ) ) {
	exit;
}

const VERSION     = '0.1.0';
const PLUGIN_FILE = __FILE__;

require_once __DIR__ . '/includes/class-refusal.php';
require_once __DIR__ . '/includes/class-structured-fields.php';
require_once __DIR__ . '/includes/class-http-message.php';
require_once __DIR__ . '/includes/class-signature-claim.php';
require_once __DIR__ . '/includes/class-content-digest.php';
require_once __DIR__ . '/includes/class-signature-profile.php';
require_once __DIR__ . '/includes/class-request-signer.php';
require_once __DIR__ . '/includes/class-request-verifier.php';
require_once __DIR__ . '/includes/class-sealed-box.php';
require_once __DIR__ . '/includes/class-table.php';
require_once __DIR__ . '/includes/class-stored-options.php';
require_once __DIR__ . '/includes/class-key-ring.php';
require_once __DIR__ . '/includes/class-nonce-store.php';
require_once __DIR__ . '/includes/class-arrivals.php';
require_once __DIR__ . '/includes/class-unrepeated-statements.php';
require_once __DIR__ . '/includes/class-agent-register.php';
require_once __DIR__ . '/includes/class-request-reader.php';
require_once __DIR__ . '/includes/class-authentication.php';
require_once __DIR__ . '/includes/class-application-password-availability.php';
require_once __DIR__ . '/includes/class-refused-uses.php';
require_once __DIR__ . '/includes/class-direct-use-gate.php';
require_once __DIR__ . '/includes/class-capabilities.php';
require_once __DIR__ . '/includes/class-agent-capability-limit.php';
require_once __DIR__ . '/includes/class-installation.php';
require_once __DIR__ . '/includes/class-service-accounts.php';
require_once __DIR__ . '/includes/class-capability-questions.php';
require_once __DIR__ . '/includes/class-approval-mail.php';
require_once __DIR__ . '/includes/class-bridge-schemas.php';
require_once __DIR__ . '/includes/class-bridge-controller.php';
require_once __DIR__ . '/includes/class-restored-posts.php';
require_once __DIR__ . '/includes/class-sidecar-client.php';
require_once __DIR__ . '/includes/class-forwarding-controller.php';
require_once __DIR__ . '/includes/class-log-export.php';
require_once __DIR__ . '/includes/class-pairing-check.php';
require_once __DIR__ . '/includes/class-site-health.php';
require_once __DIR__ . '/includes/class-waiting-approvals.php';
require_once __DIR__ . '/includes/class-admin-assets.php';
require_once __DIR__ . '/includes/class-admin-menu.php';
require_once __DIR__ . '/includes/class-admin-bar.php';
require_once __DIR__ . '/includes/class-health-controller.php';
require_once __DIR__ . '/includes/class-privacy.php';
require_once __DIR__ . '/includes/class-cli-governing-table.php';
require_once __DIR__ . '/includes/class-cli-table.php';
require_once __DIR__ . '/includes/class-cli-commands.php';
require_once __DIR__ . '/includes/namespace.php';

bootstrap();
