import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseEnv } from 'node:util';
import { UsageError } from './output.js';
import { replaceFile } from './private-files.js';
import { databaseUrl, readWpConfig, withKek, type WpConfig } from './wp-config.js';

export interface SiteConfig {
  readonly file: string;
  readonly source: string;
  readonly values: WpConfig;
}

/**
 * wp-config.php in the site's folder, or one above it where WordPress looks too: unless that is another WordPress
 * (wp-load.php).
 */
export function findWpConfig(wpPath: string): SiteConfig {
  const above = dirname(wpPath);
  const places = existsSync(join(above, 'wp-settings.php')) ? [wpPath] : [wpPath, above];
  const file = places.map((place) => join(place, 'wp-config.php')).find((each) => existsSync(each));
  if (file === undefined) throw new UsageError(`There is no wp-config.php at ${wpPath} or above it.`);
  let source: string;
  try {
    source = readFileSync(file, 'utf8');
  } catch {
    throw new UsageError(`${file} can't be read. Run this as a user who may.`);
  }
  return { file, source, values: readWpConfig(source) };
}

/**
 * wp-config.php with the key-encryption key; undefined when it has it already.
 * @throws UsageError when another one stands there, or there is no place for it
 */
export function wpConfigWithKek(site: SiteConfig, kek: string): string | undefined {
  if (site.values.kek === kek) return undefined;
  if (site.source.includes('CHAPERONE_KEK')) {
    throw new UsageError(
      `${site.file} says something else about CHAPERONE_KEK than the settings. Decide which one is right; nothing was changed.`,
    );
  }
  const text = withKek(site.source, kek);
  if (text === undefined) {
    throw new UsageError(
      `${site.file} has no place for the key-encryption key right behind <?php. Add a line yourself: define( 'CHAPERONE_KEK', '…' ); and give the same as CHAPERONE_KEK in --env-file.`,
    );
  }
  return text;
}

/** Writes wp-config.php as `wpConfigWithKek` made it, with the owner and mode that it has. */
export function writeWpConfig(site: SiteConfig, text: string): void {
  replaceFile(site.file, text);
}

export function readSettings(file: string): Record<string, string> {
  if (!existsSync(file)) return {};
  const read = parseEnv(readFileSync(file, 'utf8'));
  return Object.fromEntries(
    Object.entries(read).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}

/** A secret of the settings, from the file that `…_FILE` names when it is kept apart. */
export function secretOf(settings: Readonly<Record<string, string>>, name: string): string | undefined {
  const file = settings[`${name}_FILE`];
  if (file === undefined) return settings[name];
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    throw new UsageError(`${name}_FILE must name a file that can be read.`);
  }
}

const DEFAULT_LISTEN = '127.0.0.1:8787';

function urlOf(given: Readonly<Record<string, string>>, site: SiteConfig): string {
  const url = secretOf(given, 'CHAPERONE_DATABASE_URL') ?? databaseUrl(site.values);
  if (url !== undefined) return url;
  throw new UsageError(
    `${site.file} doesn't spell out DB_NAME, DB_USER, DB_PASSWORD and DB_HOST as plain strings, each once and DB_HOST as a host. ` +
      'Give CHAPERONE_DATABASE_URL in --env-file.',
  );
}

/** What the settings lack, from wp-config.php and from what an ordinary installation is. */
export function completeSettings(
  given: Readonly<Record<string, string>>,
  site: SiteConfig,
  wished: { readonly publicUrl?: string; readonly listen?: string },
): Record<string, string> {
  const url = urlOf(given, site);
  const prefix = given['CHAPERONE_TABLE_PREFIX'] ?? site.values.tablePrefix;
  if (prefix === undefined)
    throw new UsageError(`${site.file} doesn't spell out $table_prefix. Give CHAPERONE_TABLE_PREFIX in --env-file.`);
  const kek = secretOf(given, 'CHAPERONE_KEK') ?? site.values.kek ?? randomBytes(32).toString('base64');
  const listen = wished.listen ?? given['CHAPERONE_LISTEN'] ?? DEFAULT_LISTEN;
  const here = `http://127.0.0.1:${listen.slice(listen.lastIndexOf(':') + 1)}`;
  return {
    ...given,
    CHAPERONE_LISTEN: listen,
    ...('CHAPERONE_DATABASE_URL_FILE' in given ? {} : { CHAPERONE_DATABASE_URL: url }),
    CHAPERONE_TABLE_PREFIX: prefix,
    CHAPERONE_PUBLIC_URL: wished.publicUrl ?? given['CHAPERONE_PUBLIC_URL'] ?? here,
    ...('CHAPERONE_KEK_FILE' in given ? {} : { CHAPERONE_KEK: kek }),
  };
}

/** A value as node:util's parseEnv reads it back; quoted only where it has to be. */
function quoted(name: string, value: string): string {
  if (!/[\s#'"`]/.test(value)) return value;
  const quote = ["'", '"', '`'].find((each) => !value.includes(each) && !(each === '"' && value.includes('\\')));
  if (quote === undefined) throw new UsageError(`The value of ${name} can't be written into a settings file.`);
  return `${quote}${value}${quote}`;
}

/** Readable by its owner alone, and never half-written. */
export function writeSettings(file: string, settings: Readonly<Record<string, string>>): void {
  const before = readSettings(file);
  const names = Object.keys(settings);
  if (names.length === Object.keys(before).length && names.every((name) => before[name] === settings[name])) return;
  const lines = names.map((name) => `${name}=${quoted(name, settings[name] ?? '')}`);
  replaceFile(file, `${lines.join('\n')}\n`, 0o600);
}
