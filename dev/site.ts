import { join } from 'node:path';
import { copyPlugin, makeDocRoot, writeConfig, type ConfigOptions, type DatabaseAccess } from './docroot.js';
import { projectRoot } from './paths.js';
import { PHP_SETTINGS } from './php-server.js';
import { run } from './processes.js';
import { findProgram } from './system.js';

export interface AdminUser {
  readonly login: string;
  readonly password: string;
  readonly email: string;
}

export interface InstallOptions {
  /** WordPress's files, from wordpressFiles(). */
  readonly files: string;
  readonly docRoot: string;
  /** An empty database and a user with all rights on it. */
  readonly database: DatabaseAccess;
  /** Without a slash at its end. */
  readonly url: string;
  readonly title: string;
  readonly adminUser: AdminUser;
  /** An IANA zone. Default UTC. */
  readonly timeZone?: string;
  /** A network of subdirectories. Default false. */
  readonly multisite?: boolean;
  /** The plugin's folder: copied to wp-content/plugins/chaperone and activated. */
  readonly bridgePath?: string;
  /** true: no hard links into the cache, so that core's files may be edited. */
  readonly copyAll?: boolean;
  readonly constants?: ConfigOptions['constants'];
}

export interface NewUser {
  readonly login: string;
  readonly email?: string;
  readonly password: string;
  readonly role: string;
  readonly displayName?: string;
}

/** An installed WordPress, as seen from its command line. */
export interface Site {
  readonly url: string;
  readonly docRoot: string;
  /**
   * Runs PHP with WordPress loaded (no user, no HTTP) and returns what it returns, through JSON. `$args` holds the second
   * argument, `$wpdb` is at hand. Rejects when it dies. Takes about a quarter of a second.
   */
  php(code: string, args?: unknown): Promise<unknown>;
  /** Returns the new user's id. */
  createUser(user: NewUser): Promise<number>;
  /** Returns the password itself, shown this once. */
  createApplicationPassword(userId: number, name: string): Promise<string>;
  /** Activates `chaperone/chaperone.php`, or whatever plugin file is named. */
  activatePlugin(file: string, networkWide?: boolean): Promise<void>;
}

/** Installs WordPress with pretty permalinks. Everything it writes is in docRoot and the database. */
export async function installSite(options: InstallOptions): Promise<Site> {
  makeDocRoot(options.files, options.docRoot, options.copyAll);
  const config = {
    database: options.database,
    ...(options.constants === undefined ? {} : { constants: options.constants }),
  };
  writeConfig(options.docRoot, config);
  await runInstaller('single', options);
  if (options.multisite === true) {
    await runInstaller('network', options);
    writeConfig(options.docRoot, { ...config, network: { domain: new URL(options.url).host } });
  }
  const site = openSite(options.docRoot, options.url);
  if (options.bridgePath !== undefined) {
    copyPlugin(options.bridgePath, options.docRoot);
    await site.activatePlugin('chaperone/chaperone.php', options.multisite);
  }
  return site;
}

/** An installed site again. */
export function openSite(docRoot: string, url: string): Site {
  const php = (code: string, args: unknown = null): Promise<unknown> => runPhp(docRoot, url, code, args);
  return {
    url,
    docRoot,
    php,
    createUser: async (user) => Number(await php(CREATE_USER, { email: `${user.login}@example.org`, ...user })),
    createApplicationPassword: async (userId, name) => String(await php(CREATE_APPLICATION_PASSWORD, { userId, name })),
    activatePlugin: async (file, networkWide = false) => {
      await php(ACTIVATE_PLUGIN, { file, networkWide });
    },
  };
}

const CREATE_USER = `
  $id = wp_insert_user( array( 'user_login' => $args['login'], 'user_pass' => $args['password'], 'user_email' => $args['email'],
    'role' => $args['role'], 'display_name' => $args['displayName'] ?? $args['login'] ) );
  if ( is_wp_error( $id ) ) { throw new Exception( $id->get_error_message() ); }
  return $id;`;

const CREATE_APPLICATION_PASSWORD = `
  $made = WP_Application_Passwords::create_new_application_password( $args['userId'], array( 'name' => $args['name'] ) );
  if ( is_wp_error( $made ) ) { throw new Exception( $made->get_error_message() ); }
  return $made[0];`;

const ACTIVATE_PLUGIN = `
  require_once ABSPATH . 'wp-admin/includes/plugin.php';
  $done = activate_plugin( $args['file'], '', $args['networkWide'] );
  if ( is_wp_error( $done ) ) { throw new Exception( $done->get_error_message() ); }
  return true;`;

async function runInstaller(step: 'single' | 'network', options: InstallOptions): Promise<void> {
  const { url, title, adminUser, timeZone = 'UTC' } = options;
  const answer = await runScript('install.php', [options.docRoot], { step, url, title, ...adminUser, timeZone });
  if (!answer.trimEnd().endsWith('{"ok":true}'))
    throw new Error(`WordPress was not installed: ${answer.slice(-2_000)}`);
}

async function runPhp(docRoot: string, url: string, code: string, args: unknown): Promise<unknown> {
  const output = await runScript('run.php', [docRoot, url], { code, args });
  const line = output.trimEnd().split('\n').at(-1) ?? '';
  const answer: unknown = line.startsWith('{"value":') ? JSON.parse(line) : undefined;
  if (typeof answer !== 'object' || answer === null || !('value' in answer)) {
    throw new Error(`PHP did not come to its end: ${output.slice(-2_000)}`);
  }
  return answer.value;
}

async function runScript(script: string, args: readonly string[], input: unknown): Promise<string> {
  const php = findProgram('php');
  if (php === undefined) throw new Error('php is not installed');
  const file = join(projectRoot(), 'dev', 'php', script);
  const { stdout } = await run(php, [...PHP_SETTINGS, file, ...args], { input: JSON.stringify(input) });
  return stdout;
}
