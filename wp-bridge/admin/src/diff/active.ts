/** Elements that run, load or send something, or change how the rest of a page looks. */
const ELEMENTS =
  /<(script|iframe|frame|object|embed|applet|form|style|link|meta|base|video|audio|source|portal|svg|math|template)(?![\w-])/gi;
/** Attributes that run, whatever they stand on. */
const HANDLERS = /[\s"'/](on[a-z]{3,})\s*=/gi;
const ATTRIBUTES = /[\s"'/](style|srcdoc|formaction)\s*=/gi;
const SCHEMES = /(?:javascript|vbscript):|data:text\/html/gi;

/** What the references of HTML and the escapes of a block's attributes stand for, where they can spell a name above. */
const NAMED: Readonly<Record<string, string>> = {
  colon: ':',
  tab: '\t',
  newline: '\n',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  sol: '/',
  equals: '=',
};

const characterOf = (code: number): string => (code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : '');

const decoded = (markup: string): string =>
  markup
    .replace(/\\u([0-9a-f]{4})/gi, (_whole, code: string) => characterOf(Number.parseInt(code, 16)))
    .replace(/&#x([0-9a-f]{1,8});?/gi, (_whole, code: string) => characterOf(Number.parseInt(code, 16)))
    .replace(/&#(\d{1,8});?/g, (_whole, code: string) => characterOf(Number.parseInt(code, 10)))
    .replace(/&([a-z]+);/gi, (whole, name: string) => NAMED[name.toLowerCase()] ?? whole);

/**
 * Names what in a markup isn't only text. It looks at letters and not at a parsed tree, so that no unclosed quote or comment
 * can hide anything from it: it would rather name something that turns out harmless.
 */
export function activeParts(markup: string): readonly string[] {
  const text = decoded(markup);
  const found = new Set<string>();
  for (const [, name = ''] of text.matchAll(ELEMENTS)) found.add(`<${name.toLowerCase()}>`);
  for (const [, name = ''] of [...text.matchAll(HANDLERS), ...text.matchAll(ATTRIBUTES)])
    found.add(`${name.toLowerCase()}=`);
  // Browsers skip blanks and control characters inside of a scheme (URL Standard, basic URL parser).
  for (const [scheme] of text.replace(/[\p{Cc}\s]/gu, '').matchAll(SCHEMES)) found.add(scheme.toLowerCase());
  return [...found];
}
