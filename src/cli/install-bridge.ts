import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, realpathSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { UsageError } from './output.js';

const run = promisify(execFile);

/** What a site gets; the rest of the folder is for the plugin's development. */
const SHIPPED = new Set([
  'chaperone.php',
  'uninstall.php',
  'readme.txt',
  'license.txt',
  'includes',
  'build',
  'languages',
]);
const PLUGIN = 'chaperone/chaperone.php';
const PHP_TIMEOUT_MS = 60_000;

/** WordPress's own function, so that the activation hook runs; its words for a failure go to standard error. */
const ACTIVATE = `
define( 'WP_USE_THEMES', false );
require $argv[1];
require_once ABSPATH . 'wp-admin/includes/plugin.php';
wp_clean_plugins_cache();
$result = activate_plugin( $argv[2] );
if ( is_wp_error( $result ) ) { fwrite( STDERR, $result->get_error_message() ); exit( 1 ); }
`;

/** The plugin as it lies beside the package's `dist/`. */
function source(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'wp-bridge', 'chaperone.php'))) {
    const parent = dirname(folder);
    if (parent === folder) throw new Error("the bridge's files are missing from this installation");
    folder = parent;
  }
  return realpathSync(join(folder, 'wp-bridge'));
}

/** Puts the plugin into the site's plugin folder, in place of an older one. @returns where it lies */
export function copyBridge(wpPath: string): string {
  const plugins = join(wpPath, 'wp-content', 'plugins');
  if (!existsSync(plugins))
    throw new UsageError(
      `There is no plugin folder at ${plugins}. Copy wp-bridge/ to the site's plugin folder as "chaperone" and activate it there.`,
    );
  const target = join(plugins, 'chaperone');
  const from = source();
  rmSync(target, { recursive: true, force: true });
  mkdirSync(target);
  cpSync(from, target, {
    recursive: true,
    filter: (file) => file === from || SHIPPED.has(file.slice(from.length + 1).split('/')[0] ?? ''),
  });
  return target;
}

/**
 * Activates the plugin by running the site's WordPress with the php command, as the site itself runs it.
 * @throws UsageError when php isn't there or WordPress refuses
 */
export async function activateBridge(wpPath: string, php: string): Promise<void> {
  try {
    await run(php, ['-r', ACTIVATE, '--', join(wpPath, 'wp-load.php'), PLUGIN], { timeout: PHP_TIMEOUT_MS });
  } catch (error) {
    const stderr = typeof error === 'object' && error !== null && 'stderr' in error ? String(error.stderr).trim() : '';
    const why = stderr === '' ? `the command "${php}" can't run it` : stderr;
    throw new UsageError(
      `The plugin is in place, but wasn't activated: ${why}. Activate "Chaperone" in wp-admin under Plugins, then run init again.`,
    );
  }
}
