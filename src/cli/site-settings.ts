import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, renameSync, statSync, writeFileSync, chmodSync, chownSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseEnv } from 'node:util';
import { UsageError } from './output.js';
import { databaseUrl, readWpConfig, withKek, type WpConfig } from './wp-config.js';

export interface SiteConfig {
  readonly file: string;
  readonly source: string;
  readonly values: WpConfig;
}

/** wp-config.php in the site's folder, or one above it, where WordPress looks too (wp-load.php). */
export function findWpConfig(wpPath: string): SiteConfig {
  const file = [join(wpPath, 'wp-config.php'), join(dirname(wpPath), 'wp-config.php')].find((each) => existsSync(each));
  if (file === undefined) throw new UsageError(`There is no wp-config.php at ${wpPath} or above it.`);
  const source = readFileSync(file, 'utf8');
  return { file, source, values: readWpConfig(source) };
}

/** Replaces a file in one step, with the owner and mode that it had. */
function replaceFile(file: string, text: string): void {
  const { mode, uid, gid } = statSync(file);
  const fresh = `${file}.chaperone-new`;
  writeFileSync(fresh, text, { mode: 0o600 });
  chmodSync(fresh, mode & 0o777);
  chownSync(fresh, uid, gid);
  renameSync(fresh, file);
}

/** Gives WordPress the key-encryption key. @throws UsageError when another one stands there */
export function writeKek(site: SiteConfig, kek: string): void {
  if (site.values.kek === kek) return;
  if (site.values.kek !== undefined || /CHAPERONE_KEK/.test(site.source)) {
    throw new UsageError(
      `${site.file} defines another CHAPERONE_KEK than the settings. Decide which one is right; nothing was changed.`,
    );
  }
  const text = withKek(site.source, kek);
  if (text === undefined)
    throw new UsageError(
      `${site.file} doesn't begin with <?php; add this line yourself: define( 'CHAPERONE_KEK', '…' );`,
    );
  replaceFile(site.file, text);
}

export type Settings = Readonly<Record<`CHAPERONE_${string}`, string>>;

export function readSettings(file: string): Record<string, string> {
  if (!existsSync(file)) return {};
  const read = parseEnv(readFileSync(file, 'utf8'));
  return Object.fromEntries(
    Object.entries(read).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}

/** What the settings lack, from wp-config.php and from what an ordinary installation is. */
export function completeSettings(
  given: Record<string, string>,
  site: SiteConfig,
  wished: { readonly publicUrl?: string; readonly listen?: string },
): Record<string, string> {
  const url = given['CHAPERONE_DATABASE_URL'] ?? databaseUrl(site.values);
  if (url === undefined) {
    throw new UsageError(
      `${site.file} doesn't spell out DB_NAME, DB_USER, DB_PASSWORD and DB_HOST as plain strings. Give CHAPERONE_DATABASE_URL in --env-file.`,
    );
  }
  const prefix = given['CHAPERONE_TABLE_PREFIX'] ?? site.values.tablePrefix;
  if (prefix === undefined)
    throw new UsageError(`${site.file} doesn't spell out $table_prefix. Give CHAPERONE_TABLE_PREFIX in --env-file.`);
  return {
    CHAPERONE_LISTEN: wished.listen ?? '127.0.0.1:8787',
    ...given,
    CHAPERONE_DATABASE_URL: url,
    CHAPERONE_TABLE_PREFIX: prefix,
    CHAPERONE_PUBLIC_URL: wished.publicUrl ?? given['CHAPERONE_PUBLIC_URL'] ?? 'http://127.0.0.1:8787',
    CHAPERONE_KEK: given['CHAPERONE_KEK'] ?? site.values.kek ?? randomBytes(32).toString('base64'),
  };
}

/** Readable by its owner alone, and never half-written. */
export function writeSettings(file: string, settings: Record<string, string>): void {
  const text = `${Object.entries(settings)
    .map(([name, value]) => `${name}=${value}`)
    .join('\n')}\n`;
  if (existsSync(file) && readFileSync(file, 'utf8') === text) return;
  writeFileSync(`${file}.new`, text, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}
