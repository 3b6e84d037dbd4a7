import { BLOCK_EDGE, MappedTextBuilder, SOFT_EDGE } from './mapped-text.js';
import type { MappedText } from './mapped-text.js';
import { makeSearch } from './search.js';
import type { Search } from './search.js';
import { makeTagReader } from './tag.js';
import type { Tag } from './tag.js';

const LESS = 0x3c;
const BRACKET = 0x5b;
const RIGHT_TO_LEFT_OVERRIDE = 0x202e;
const POP_DIRECTION = 0x202c;

/** What markup starts at a place: where it ends, and what a reader is left with instead. */
interface Markup {
  readonly end: number;
  readonly leaves: readonly number[];
}

/**
 * The text without comments, block delimiters, tags and shortcodes, as a browser or WordPress would show it. What is never
 * shown (scripts, styles, templates, elements hidden by an attribute) goes too. Plain inline tags leave nothing, so
 * `sc<b></b>am` reads `scam` and `<i>scam</i>pi` stays one word; other tags leave an edge. Time is linear:
 * every search for an end remembers what it found. `mayStart` says where markup may begin.
 */
export function withoutMarkup(text: MappedText, mayStart: (at: number) => boolean = always): MappedText {
  if (!mayHaveMarkup(text, mayStart)) return text;
  const out = new MappedTextBuilder(text.length);
  const search = makeSearch(text);
  const reader: Reader = { text, search, tagAt: makeTagReader(text, search) };
  for (let at = 0; at < text.length;) {
    const found = mayStart(at) ? markupAt(reader, at) : undefined;
    if (found === undefined) {
      out.put(text.codePoints[at] ?? 0, text.starts[at] ?? 0, text.ends[at] ?? 0);
      at += 1;
      continue;
    }
    for (const left of found.leaves) out.put(left, text.starts[at] ?? 0, text.ends[found.end - 1] ?? 0);
    at = found.end;
  }
  return out;
}

const always = (): boolean => true;

function mayHaveMarkup(text: MappedText, mayStart: (at: number) => boolean): boolean {
  for (let at = 0; at < text.length; at += 1) {
    if ((text.codePoints[at] === LESS || text.codePoints[at] === BRACKET) && mayStart(at)) return true;
  }
  return false;
}

interface Reader {
  readonly text: MappedText;
  readonly search: Search;
  readonly tagAt: (at: number) => Tag | undefined;
}

function markupAt({ text, search, tagAt }: Reader, at: number): Markup | undefined {
  const codePoint = text.codePoints[at];
  if (codePoint === LESS) return commentAt(search, at) ?? withoutTag(tagAt(at));
  return codePoint === BRACKET ? shortcodeAt(text, search, at) : undefined;
}

/**
 * A comment as HTML ends it (section 13.2.5.43, with `<!-->` and `--!>`), or a block's delimiter as WordPress's block
 * parser ends it: its attributes may hold `-->`.
 */
function commentAt(search: Search, at: number): Markup | undefined {
  if (!search.has(at, '<!--')) return undefined;
  const block = blockDelimiterEnd(search, at);
  if (block !== undefined) return { end: block, leaves: [] };
  if (search.has(at + 4, '>')) return { end: at + 5, leaves: [] };
  if (search.has(at + 4, '->')) return { end: at + 6, leaves: [] };
  const plain = search.next('-->', at + 4);
  const odd = search.next('--!>', at + 4);
  if (plain < 0 && odd < 0) return undefined;
  return { end: odd >= 0 && (plain < 0 || odd < plain) ? odd + 4 : plain + 3, leaves: [] };
}

function blockDelimiterEnd(search: Search, at: number): number | undefined {
  let name = search.skipSpace(at + 4);
  if (search.has(name, '/')) name += 1;
  if (!search.has(name, 'wp:')) return undefined;
  const attributes = search.skipSpace(search.skipName(name + 3));
  return search.has(attributes, '{') ? search.nextBlockEnd(attributes) : undefined;
}

function withoutTag(tag: Tag | undefined): Markup | undefined {
  if (tag === undefined) return undefined;
  if (tag.contentEnds !== undefined) return { end: tag.contentEnds, leaves: [SOFT_EDGE] };
  if (tag.name === 'bdo') {
    if (tag.closing) return { end: tag.end, leaves: [POP_DIRECTION] };
    if (/dir\s*=\s*["']?\s*rtl/i.test(tag.attributes)) return { end: tag.end, leaves: [RIGHT_TO_LEFT_OVERRIDE] };
  }
  if (BLOCKS.has(tag.name)) return { end: tag.end, leaves: [BLOCK_EDGE] };
  return { end: tag.end, leaves: PLAIN_INLINE.has(tag.name) && tag.attributes.trim() === '' ? [] : [SOFT_EDGE] };
}

/** Inline elements that, without attributes, neither move nor hide what they hold; '' is `</>` and its like. */
const PLAIN_INLINE = new Set(
  ' a abbr b bdi big cite code del dfn em font i ins kbd mark q s samp small span strike strong sub sup tt u var wbr'.split(
    ' ',
  ),
);
const BLOCKS = new Set(
  (
    'address article aside blockquote br caption center dd details dialog dir div dl dt fieldset figcaption figure footer ' +
    'form h1 h2 h3 h4 h5 h6 header hgroup hr legend li main menu nav ol option optgroup p pre section summary table tbody ' +
    'td tfoot th thead tr ul'
  ).split(' '),
);

/** `[name …]`, `[/name]`, `[name …/]` as WordPress's get_shortcode_regex() has them: no `]` inside. */
function shortcodeAt(text: MappedText, search: Search, at: number): Markup | undefined {
  const name = search.has(at + 1, '/') ? at + 2 : at + 1;
  const first = text.codePoints[name] ?? 0;
  if (!((first | 0x20) >= 0x61 && (first | 0x20) <= 0x7a)) return undefined;
  const end = search.next(']', name);
  return end < 0 ? undefined : { end: end + 1, leaves: [SOFT_EDGE] };
}
