/** What the sidecar needs of wp-config.php. A name is undefined when it isn't defined as a plain string. */
export interface WpConfig {
  readonly dbName: string | undefined;
  readonly dbUser: string | undefined;
  readonly dbPassword: string | undefined;
  readonly dbHost: string | undefined;
  readonly tablePrefix: string | undefined;
  readonly kek: string | undefined;
}

/** PHP in pieces: comments dropped, strings read, everything else as single characters and words. */
const TOKEN =
  /\/\*[\s\S]*?(?:\*\/|$)|(?:\/\/|#(?!\[))[^\n]*|'(?:[^'\\]|\\[\s\S])*'|"(?:[^"\\]|\\[\s\S])*"|\$?[A-Za-z_][A-Za-z0-9_]*|\s+|[\s\S]/g;

type Token = { readonly kind: 'string'; readonly value: string } | { readonly kind: 'other'; readonly text: string };

/** A double-quoted string counts only when PHP would put nothing into it. */
function readString(quoted: string): Token {
  const inner = quoted.slice(1, -1);
  if (quoted.startsWith("'")) return { kind: 'string', value: inner.replace(/\\(['\\])/g, '$1') };
  return /[\\$]/.test(inner) ? { kind: 'other', text: quoted } : { kind: 'string', value: inner };
}

function tokens(source: string): readonly Token[] {
  const found: Token[] = [];
  for (const [text] of source.matchAll(TOKEN)) {
    if (/^(\s|\/\*|\/\/|#(?!\[))/.test(text)) continue;
    found.push(/^['"]./s.test(text) && text.length > 1 ? readString(text) : { kind: 'other', text });
  }
  return found;
}

const isText = (token: Token | undefined, text: string): boolean =>
  token?.kind === 'other' && token.text.toLowerCase() === text;

/**
 * Reads wp-config.php as text, never running it. Only `define( 'NAME', 'value' )` and `$table_prefix = 'value'` count;
 * a value that PHP would compute is undefined, and whoever asked must be told it. So is one that is defined twice with
 * different values: which of the two PHP comes by can't be read off.
 */
export function readWpConfig(source: string): WpConfig {
  const all = tokens(source);
  const defined = readDefines(all);
  return {
    dbName: defined.get('DB_NAME'),
    dbUser: defined.get('DB_USER'),
    dbPassword: defined.get('DB_PASSWORD'),
    dbHost: defined.get('DB_HOST'),
    tablePrefix: readTablePrefix(all),
    kek: defined.get('CHAPERONE_KEK'),
  };
}

function readDefines(all: readonly Token[]): ReadonlyMap<string, string | undefined> {
  const defined = new Map<string, string | undefined>();
  all.forEach((token, index) => {
    const [open, name, comma, value, close] = all.slice(index + 1, index + 6);
    if (!isText(token, 'define') || !isText(open, '(') || name?.kind !== 'string' || !isText(comma, ',')) return;
    const plain = value?.kind === 'string' && isText(close, ')') ? value.value : undefined;
    const isAnother = defined.has(name.value) && defined.get(name.value) !== plain;
    defined.set(name.value, isAnother ? undefined : plain);
  });
  return defined;
}

/** The last assignment stands, as in PHP; one that adds to the value (`.=`) makes it a computed one. */
function readTablePrefix(all: readonly Token[]): string | undefined {
  let prefix: string | undefined;
  all.forEach((token, index) => {
    const [first, second, third] = all.slice(index + 1, index + 4);
    if (!isText(token, '$table_prefix') || !(isText(first, '=') || isText(first, '.'))) return;
    prefix = isText(first, '=') && second?.kind === 'string' && isText(third, ';') ? second.value : undefined;
  });
  return prefix;
}

/**
 * `DB_HOST` as WordPress reads it (wpdb::parse_db_host): host, host:port, [v6]:port. A socket path is refused, since the
 * sidecar may run elsewhere.
 *
 * @returns undefined when it can't be expressed as an address
 */
export function databaseUrl(config: WpConfig): string | undefined {
  const { dbName, dbUser, dbPassword, dbHost } = config;
  if (dbName === undefined || dbUser === undefined || dbPassword === undefined || dbHost === undefined)
    return undefined;
  const address = /^(\[[0-9a-fA-F:]+\]|[^:/[\]]+)(?::(\d{1,5}))?$/.exec(dbHost);
  if (address === null) return undefined;
  const host = address[1] === 'localhost' ? '127.0.0.1' : address[1];
  const account = `${encodeURIComponent(dbUser)}:${encodeURIComponent(dbPassword)}`;
  return `mysql://${account}@${host ?? ''}:${address[2] ?? '3306'}/${encodeURIComponent(dbName)}`;
}

/**
 * The text with the constant put right behind the opening tag, where nothing can have ended the script or begun a
 * comment yet. Undefined when there is no such place: PHP wants `declare(strict_types)` and `namespace` to come first.
 */
export function withKek(source: string, kek: string): string | undefined {
  const opening = /^\uFEFF?\s*<\?php(?=\s)/.exec(source)?.[0];
  if (opening === undefined || /\b(strict_types|namespace)\b/i.test(source)) return undefined;
  const line = `define( 'CHAPERONE_KEK', '${kek}' ); // The key-encryption key of Chaperone. Keep it secret, and keep it.\n`;
  return `${opening}\n${line}${source.slice(opening.length).replace(/^[ \t]*\r?\n/, '')}`;
}
