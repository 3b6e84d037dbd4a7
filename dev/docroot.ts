import { randomBytes } from 'node:crypto';
import {
  constants,
  copyFileSync,
  cpSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';

export interface DatabaseAccess {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly name: string;
  readonly tablePrefix: string;
}

/**
 * A docroot of its own for a site. PHP's __DIR__ follows symbolic links, and WordPress finds wp-config.php and its own
 * root by __DIR__, so core's files are hard links (or copies, on another file system); wp-content is always a copy.
 * Made aside and moved into place whole.
 */
export function makeDocRoot(files: string, docRoot: string, copyAll = false): void {
  const unfinished = `${docRoot}.new-${process.pid}`;
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished, { recursive: true });
  for (const entry of readdirSync(files, { withFileTypes: true })) {
    const [from, to] = [join(files, entry.name), join(unfinished, entry.name)];
    if (copyAll || entry.name === 'wp-content') cpSync(from, to, { recursive: true });
    else if (entry.isDirectory()) linkTree(from, to);
    else linkFile(from, to);
  }
  mkdirSync(join(unfinished, 'wp-content', 'uploads'), { recursive: true });
  mkdirSync(dirname(docRoot), { recursive: true });
  renameSync(unfinished, docRoot);
}

function linkTree(from: string, to: string): void {
  mkdirSync(to);
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    if (entry.isDirectory()) linkTree(join(from, entry.name), join(to, entry.name));
    else linkFile(join(from, entry.name), join(to, entry.name));
  }
}

function linkFile(from: string, to: string): void {
  try {
    linkSync(from, to);
  } catch {
    copyFileSync(from, to, constants.COPYFILE_FICLONE);
  }
}

const KEYS = ['AUTH', 'SECURE_AUTH', 'LOGGED_IN', 'NONCE'].flatMap((name) => [`${name}_KEY`, `${name}_SALT`]);

export interface ConfigOptions {
  readonly database: DatabaseAccess;
  /** A network's constants, once it is installed. */
  readonly network?: { readonly domain: string };
  /** Further constants, such as WP_DEBUG_LOG. */
  readonly constants?: Readonly<Record<string, string | number | boolean>>;
}

/** Writes wp-config.php (0600). `local` lets application passwords work over http, as core's own developers have it. */
export function writeConfig(docRoot: string, { database, network, constants: extra = {} }: ConfigOptions): void {
  const salts = Object.fromEntries(KEYS.map((key) => [key, randomBytes(48).toString('base64')]));
  const values: Record<string, string | number | boolean> = {
    DB_NAME: database.name,
    DB_USER: database.user,
    DB_PASSWORD: database.password,
    DB_HOST: `${database.host}:${database.port}`,
    DB_CHARSET: 'utf8mb4',
    DB_COLLATE: '',
    ...salts,
    WP_ENVIRONMENT_TYPE: 'local',
    WP_DEBUG: false,
    DISABLE_WP_CRON: true,
    AUTOMATIC_UPDATER_DISABLED: true,
    WP_HTTP_BLOCK_EXTERNAL: true,
    WP_ACCESSIBLE_HOSTS: '127.0.0.1,localhost',
    ...(network === undefined ? {} : networkConstants(network.domain)),
    ...extra,
  };
  const lines = Object.entries(values).map(([name, value]) => `define( '${name}', ${phpLiteral(value)} );`);
  const text = [
    '<?php',
    ...lines,
    `$table_prefix = ${phpLiteral(database.tablePrefix)};`,
    "if ( ! defined( 'ABSPATH' ) ) {",
    "\tdefine( 'ABSPATH', __DIR__ . '/' );",
    '}',
    "require_once ABSPATH . 'wp-settings.php';",
    '',
  ].join('\n');
  const file = join(docRoot, 'wp-config.php');
  writeFileSync(`${file}.new`, text, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

function networkConstants(domain: string): Record<string, string | number | boolean> {
  return {
    WP_ALLOW_MULTISITE: true,
    MULTISITE: true,
    SUBDOMAIN_INSTALL: false,
    DOMAIN_CURRENT_SITE: domain,
    PATH_CURRENT_SITE: '/',
    SITE_ID_CURRENT_SITE: 1,
    BLOG_ID_CURRENT_SITE: 1,
  };
}

function phpLiteral(value: string | number | boolean): string {
  return typeof value === 'string' ? `'${value.replace(/[\\']/g, '\\$&')}'` : String(value);
}

const NOT_SHIPPED = new Set([
  'vendor',
  'admin',
  'tests',
  'node_modules',
  'composer.json',
  'composer.lock',
  '.phpunit.result.cache',
]);

/** Copies the plugin as it ships, without what is for its developers. */
export function copyPlugin(bridgePath: string, docRoot: string): void {
  const target = join(docRoot, 'wp-content', 'plugins', 'chaperone');
  if (existsSync(target)) rmSync(target, { recursive: true });
  cpSync(bridgePath, target, {
    recursive: true,
    filter: (path) => !NOT_SHIPPED.has(path.slice(bridgePath.length + 1)),
  });
}
