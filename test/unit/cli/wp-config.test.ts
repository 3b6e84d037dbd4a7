import { describe, expect, it } from '@jest/globals';
import { databaseUrl, readWpConfig, withKek, type WpConfig } from '../../../src/cli/wp-config.js';

const php = (...lines: readonly string[]): string => ['<?php', ...lines, ''].join('\n');
const ordinary = php(
  "define( 'DB_NAME', 'wordpress' );",
  "define( 'DB_USER', 'wp' );",
  "define( 'DB_PASSWORD', 'p' );",
  "define( 'DB_HOST', 'localhost' );",
  "$table_prefix = 'wp_';",
);
const nameIn = (...lines: readonly string[]): string | undefined => readWpConfig(php(...lines)).dbName;
const site = (changes: Partial<WpConfig>): WpConfig => ({ ...readWpConfig(ordinary), ...changes });

describe('reading wp-config.php', () => {
  it('finds what an ordinary one says', () => {
    expect(readWpConfig(ordinary)).toEqual({
      dbName: 'wordpress',
      dbUser: 'wp',
      dbPassword: 'p',
      dbHost: 'localhost',
      tablePrefix: 'wp_',
      kek: undefined,
    });
  });

  it.each([
    ['spaces and lines', ["  DEFINE\n(\t'DB_NAME' ,\n'x'\n) ;"], 'x'],
    ['double quotes', ['define("DB_NAME", "x y");'], 'x y'],
    ['escapes in single quotes', ["define('DB_NAME', 'a\\'b\\\\c\\n');"], "a'b\\c\\n"],
    ['a quote in the other quotes', ["define('DB_NAME', 'say \"x\"');"], 'say "x"'],
    ['comments in between', ["define(/* 'no' */ 'DB_NAME', # 'no'\n// 'no'\n'x');"], 'x'],
    ['a guard', ["if ( ! defined( 'DB_NAME' ) ) { define( 'DB_NAME', 'x' ); }"], 'x'],
    ['the same twice', ["define('DB_NAME', 'x');", "define('DB_NAME', 'x');"], 'x'],
    ['an attribute, which is no comment', ["#[Pure] define('DB_NAME', 'x');"], 'x'],
  ])('understands %s', (_name, lines, value) => {
    expect(nameIn(...lines)).toBe(value);
  });

  it.each([
    ['a line comment', ["// define('DB_NAME', 'x');"]],
    ['a hash comment', ["# define('DB_NAME', 'x');"]],
    ['a block comment', ["/* define('DB_NAME', 'x'); */"]],
    ['an open comment', ["/* define('DB_NAME', 'x');"]],
    ['a string', ["$help = \"define('DB_NAME', 'x');\";"]],
    ['a call of getenv', ["define('DB_NAME', getenv('DB_NAME'));"]],
    ['a fallback', ["define('DB_NAME', getenv('DB_NAME') ?: 'x');"]],
    ['a concatenation', ["define('DB_NAME', 'x' . $suffix);"]],
    ['a concatenation the other way', ["define('DB_NAME', $prefix . 'x');"]],
    ['a variable', ["define('DB_NAME', $name);"]],
    ['a variable in double quotes', ['define("DB_NAME", "x_$name");']],
    ['an escape in double quotes', ['define("DB_NAME", "x\\n");']],
    ['a constant', ["define('DB_NAME', OTHER);"]],
    ['a number', ["define('DB_NAME', 5);"]],
    ['another case', ["define('db_name', 'x');"]],
    ['a cast', ["define('DB_NAME', (string) 'x');"]],
    ['an array', ["define('DB_NAME', ['x']);"]],
    ['one of two, by a condition', ["if ($a) { define('DB_NAME', 'x'); } else { define('DB_NAME', 'y'); }"]],
    ['a string that does not end', ["define('DB_NAME', 'x);"]],
  ])('does not take for a value what stands in %s', (_name, lines) => {
    expect(nameIn(...lines)).toBeUndefined();
  });

  it.each([
    [["$table_prefix = 'wp_';"], 'wp_'],
    [["$table_prefix='wp_';", '// $table_prefix = "no_";'], 'wp_'],
    [["$table_prefix = 'a_';", "$table_prefix = 'b_';"], 'b_'],
    [["$table_prefix = getenv('PREFIX') ?: 'wp_';"], undefined],
    [["$table_prefix = 'wp_' . $site . '_';"], undefined],
    [["$table_prefix = 'wp_';", "$table_prefix .= 'x_';"], undefined],
    [["$my_table_prefix = 'wp_';"], undefined],
  ])('reads the prefix of %j as %j', (lines, prefix) => {
    expect(readWpConfig(php(...lines)).tablePrefix).toBe(prefix);
  });

  it('comes to an end with hostile text', () => {
    for (const text of ["'".repeat(5_000), '"\\'.repeat(5_000), '/*'.repeat(5_000), 'define('.repeat(5_000)]) {
      expect(readWpConfig(text).dbName).toBeUndefined();
    }
  });
});

describe("the database's address", () => {
  it.each([
    [{}, 'mysql://wp:p@127.0.0.1:3306/wordpress'],
    [{ dbHost: 'db.example.org:3307' }, 'mysql://wp:p@db.example.org:3307/wordpress'],
    [{ dbHost: '[2001:db8::7]:3307' }, 'mysql://wp:p@[2001:db8::7]:3307/wordpress'],
    [{ dbHost: '[::1]' }, 'mysql://wp:p@[::1]:3306/wordpress'],
    [
      { dbUser: 'a:b@c', dbPassword: "p@ss/w#rd?%'" },
      "mysql://a%3Ab%40c:p%40ss%2Fw%23rd%3F%25'@127.0.0.1:3306/wordpress",
    ],
    [{ dbPassword: '' }, 'mysql://wp:@127.0.0.1:3306/wordpress'],
  ])('of %j is %s', (changes, url) => {
    expect(databaseUrl(site(changes))).toBe(url);
  });

  it.each([
    { dbHost: 'localhost:/run/mysqld/mysqld.sock' },
    { dbHost: '/run/mysqld/mysqld.sock' },
    { dbHost: '' },
    { dbHost: 'a:b' },
    { dbName: undefined },
    { dbPassword: undefined },
  ])('cannot be told from %j', (changes) => {
    expect(databaseUrl(site(changes))).toBeUndefined();
  });
});

describe('putting the key into wp-config.php', () => {
  const kek = Buffer.alloc(32, 7).toString('base64');

  it.each([
    '<?php\n',
    '\uFEFF<?php\n',
    '\n<?php\r\n',
    '<?php // site\n',
    '<?php /* a comment\nof two lines */\n',
    "<?php $a = 'x'; ?>\n<?php\n",
    '<?php ',
  ])('puts it where it counts, behind %j', (opening) => {
    const text = withKek(`${opening}define( 'DB_NAME', 'x' );\n`, kek) ?? '';
    expect(readWpConfig(text)).toMatchObject({ kek, dbName: 'x' });
    expect(text).toMatch(/^\uFEFF?\s*<\?php\ndefine\( 'CHAPERONE_KEK', '[A-Za-z0-9+/=]{44}' \);/);
  });

  it.each([
    '',
    "define( 'DB_NAME', 'x' );",
    '<?',
    '<html>\n<?php\n',
    '<?phpx\n',
    '<?php',
    '<?php\ndeclare(strict_types=1);\n',
    '<?php\nnamespace Site;\n',
  ])('refuses %j, where PHP would not take it', (source) => {
    expect(withKek(source, kek)).toBeUndefined();
  });
});
