// Every text that can be translated, out of the plugin's PHP and the screens' TypeScript: `node wp-bridge/admin/make-pot.mjs`
// writes languages/chaperone.pot anew. No date is in it, so that it changes with the texts alone; a test compares it.
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const plugin = dirname(dirname(fileURLToPath(import.meta.url)));
const DOMAIN = 'chaperone';

/** What each function's arguments are, before the text domain. */
const FUNCTIONS = {
  __: ['text'],
  _e: ['text'],
  esc_html__: ['text'],
  esc_attr__: ['text'],
  esc_html_e: ['text'],
  esc_attr_e: ['text'],
  _x: ['text', 'context'],
  esc_html_x: ['text', 'context'],
  esc_attr_x: ['text', 'context'],
  _n: ['text', 'plural', 'number'],
  _nx: ['text', 'plural', 'number', 'context'],
};

function filesIn(folder, pattern) {
  return readdirSync(join(plugin, folder), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && pattern.test(entry.name))
    .map((entry) => relative(plugin, join(entry.parentPath ?? entry.path, entry.name)))
    .sort();
}

function message(name, args, place, comment) {
  const found = { place, comment };
  FUNCTIONS[name].forEach((role, index) => {
    if (role !== 'number') found[role] = args[index];
  });
  const domain = args[FUNCTIONS[name].length];
  const isWhole = FUNCTIONS[name].every((role, index) => role === 'number' || typeof args[index] === 'string');
  if (!isWhole || domain !== DOMAIN)
    throw new Error(`${place}: ${name}() needs literal texts and the domain '${DOMAIN}'`);
  return found;
}

const TRANSLATORS = /\/\*\s*(translators:[\s\S]*?)\s*\*\//g;

/** The comment for translators that stands last before a call, within the same statement or on the line above it. */
function commentBefore(text, position) {
  const near = text.slice(Math.max(0, position - 320), position);
  const last = [...near.matchAll(TRANSLATORS)].at(-1);
  if (last === undefined) return undefined;
  // In JSX the comment stands in braces of its own.
  const between = near.slice(last.index + last[0].length).replace(/^\}/, '');
  return /[;}]/.test(between) ? undefined : last[1].replace(/\s+/g, ' ');
}

function fromTypeScript(file) {
  const text = readFileSync(join(plugin, file), 'utf8');
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true, ts.ScriptKind.TSX);
  const found = [];
  const visit = (node) => {
    if (
      ts.isCallExpression(node) &&
      ts.isIdentifier(node.expression) &&
      Object.hasOwn(FUNCTIONS, node.expression.text)
    ) {
      const args = node.arguments.map((arg) => (ts.isStringLiteralLike(arg) ? arg.text : undefined));
      const line = source.getLineAndCharacterOfPosition(node.getStart()).line + 1;
      const first = node.arguments[0];
      const comment = commentBefore(text, first === undefined ? node.getStart() : first.getStart());
      found.push(message(node.expression.text, args, `${file}:${line}`, comment));
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

const PHP_STRING = String.raw`'(?:[^'\\]|\\.)*'`;
const PHP_CALL = new RegExp(
  String.raw`(?<![\w>:$])(${Object.keys(FUNCTIONS).join('|')})\(\s*(${PHP_STRING}(?:\s*,\s*(?:${PHP_STRING}|\$[\w\['\]>-]+))*)\s*\)`,
  'g',
);

/** Names of translating functions with a parenthesis behind them; each must be a call that was understood. */
const PHP_NAME = new RegExp(String.raw`(?<![\w>:$])(?:${Object.keys(FUNCTIONS).join('|')})\(`, 'g');

function fromPhp(file) {
  const text = readFileSync(join(plugin, file), 'utf8');
  const calls = [...text.matchAll(PHP_CALL)];
  if (calls.length !== [...text.matchAll(PHP_NAME)].length) throw new Error(`${file}: a call isn't of literal texts`);
  return calls.map((call) => {
    const args = [...call[2].matchAll(new RegExp(`(${PHP_STRING})|(\\$[^,]+)`, 'g'))].map(([, literal]) =>
      literal === undefined ? undefined : literal.slice(1, -1).replace(/\\(['\\])/g, '$1'),
    );
    const line = text.slice(0, call.index).split('\n').length;
    return message(call[1], args, `${file}:${line}`, commentBefore(text, call.index));
  });
}

/** What WordPress shows in the list of plugins. */
function fromHeader() {
  const text = readFileSync(join(plugin, 'chaperone.php'), 'utf8');
  return ['Plugin Name', 'Description', 'Author'].map((name) => {
    const value = new RegExp(String.raw`^ \* ${name}:\s+(.+)$`, 'm').exec(text)?.[1];
    if (value === undefined) throw new Error(`chaperone.php has no ${name}`);
    return { text: value, place: 'chaperone.php', comment: `${name} of the plugin` };
  });
}

const quoted = (text) =>
  JSON.stringify(text).replace(/\\u([0-9a-f]{4})/g, (_, hex) => String.fromCharCode(parseInt(hex, 16)));

function entry({ text, plural, context, places, comments }) {
  return [
    ...comments.map((comment) => `#. ${comment}`),
    ...places.map((place) => `#: ${place}`),
    ...(context === undefined ? [] : [`msgctxt ${quoted(context)}`]),
    `msgid ${quoted(text)}`,
    ...(plural === undefined ? ['msgstr ""'] : [`msgid_plural ${quoted(plural)}`, 'msgstr[0] ""', 'msgstr[1] ""']),
  ].join('\n');
}

const HEAD = `# Texts of the plugin Chaperone. GPL-2.0-or-later, as the plugin.
msgid ""
msgstr ""
"Project-Id-Version: Chaperone\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"X-Domain: ${DOMAIN}\\n"`;

/** The whole file. Lines of source are left out, since every edit would move them. */
export function makePot() {
  const all = [
    ...fromHeader(),
    ...filesIn('includes', /\.php$/).flatMap(fromPhp),
    ...filesIn('admin/src', /\.tsx?$/).flatMap(fromTypeScript),
  ];
  const entries = new Map();
  for (const { text, plural, context, place, comment } of all) {
    const key = JSON.stringify([context, text]);
    const known = entries.get(key) ?? { text, plural, context, places: [], comments: [] };
    const file = place.replace(/:\d+$/, '');
    const add = (list, item) => (item === undefined || list.includes(item) ? list : [...list, item]);
    entries.set(key, {
      ...known,
      plural: known.plural ?? plural,
      places: add(known.places, file),
      comments: add(known.comments, comment),
    });
  }
  return `${[HEAD, ...[...entries.values()].map(entry)].join('\n\n')}\n`;
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  writeFileSync(join(plugin, 'languages', 'chaperone.pot'), makePot());
