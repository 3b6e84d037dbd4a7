import { sliceText } from './mapped-text.js';
import type { MappedText } from './mapped-text.js';
import type { Search } from './search.js';

export interface Tag {
  /** In lower case; '' for `</>` and for what HTML takes as a bogus comment. */
  readonly name: string;
  readonly closing: boolean;
  readonly attributes: string;
  readonly end: number;
  /** Where the element ends when nothing in it is shown. */
  readonly contentEnds?: number;
}

const QUOTES = new Map([
  [0x22, '"'],
  [0x27, "'"],
]);
/** What names and attributes are looked at for; a longer tag is passed over just the same. */
const LOOKED_AT = 2_000;
const NEVER_SHOWN = new Set([
  'script',
  'style',
  'template',
  'title',
  'noscript',
  'noembed',
  'noframes',
  'iframe',
  'xmp',
]);
const VOID = new Set([
  'area',
  'base',
  'br',
  'col',
  'embed',
  'hr',
  'img',
  'input',
  'link',
  'meta',
  'source',
  'track',
  'wbr',
]);
const HIDING =
  /(?:^|[\s"'/])hidden(?:[\s=/]|$)|display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|font-size\s*:\s*0(?![.\d]*[1-9])|opacity\s*:\s*0(?![.\d]*[1-9])/i;

/**
 * A reader for the tag at `at`, where `<` stands, as HTML's tokenizer reads it (section 13.2.5); it answers undefined when
 * that is just a sign. Asked from left to right. After a quote that is never closed, what that quote swallowed is
 * read again without looking at quotes, so that no text is walked through more than twice.
 */
export function makeTagReader(text: MappedText, search: Search): (at: number) => Tag | undefined {
  let brokenUntil = 0;
  return (at) => {
    const first = text.codePoints[at + 1] ?? 0;
    const closing = first === 0x2f;
    const name = closing ? at + 2 : at + 1;
    if (!isLetter(text.codePoints[name] ?? 0)) {
      return bogusComment(search, at, closing || first === 0x21 || first === 0x3f);
    }
    const close = search.next('>', name) + 1;
    if (close === 0) return undefined;
    const quoted = name < brokenUntil ? { end: close } : endBeyondQuotes(text, search, name);
    if ('stuckAt' in quoted) brokenUntil = quoted.stuckAt;
    return tagBetween(text, search, { name, closing, end: 'end' in quoted ? quoted.end : close });
  };
}

interface Extent {
  readonly name: number;
  readonly closing: boolean;
  readonly end: number;
}

function tagBetween(text: MappedText, search: Search, { name, closing, end }: Extent): Tag {
  const inner = sliceText(text, name, Math.min(end - 1, name + LOOKED_AT));
  const nameText = /^[^\s/>]*/.exec(inner)?.[0] ?? '';
  const attributes = inner.slice(nameText.length).replace(/\/$/, '');
  const tag = { name: nameText.toLowerCase(), closing, attributes, end };
  const contentEnds = closing ? undefined : hiddenUntil(search, tag);
  return contentEnds === undefined ? tag : { ...tag, contentEnds };
}

const isLetter = (codePoint: number): boolean =>
  (codePoint >= 0x41 && codePoint <= 0x5a) || (codePoint >= 0x61 && codePoint <= 0x7a);

function bogusComment(search: Search, at: number, possible: boolean): Tag | undefined {
  const end = possible ? search.next('>', at + 2) : -1;
  return end < 0 ? undefined : { name: '', closing: true, attributes: '', end: end + 1 };
}

/** After the `>` that ends the tag; a quote counts only after `=`. Or where the quote stands that is never closed. */
function endBeyondQuotes(
  text: MappedText,
  search: Search,
  from: number,
): { readonly end: number } | { readonly stuckAt: number } {
  let afterEquals = false;
  for (let at = from; at < text.length; at += 1) {
    const codePoint = text.codePoints[at] ?? 0;
    if (codePoint === 0x3e) return { end: at + 1 };
    const quote = afterEquals ? QUOTES.get(codePoint) : undefined;
    if (quote !== undefined) {
      const end = search.next(quote, at + 1);
      if (end < 0) return { stuckAt: at };
      at = end;
      afterEquals = false;
    } else if (codePoint === 0x3d) afterEquals = true;
    else if (codePoint > 0x20) afterEquals = false;
  }
  return { stuckAt: text.length };
}

/** Where an element that isn't shown ends: at its own end tag, the first one of its name. */
function hiddenUntil(
  search: Search,
  tag: { readonly name: string; readonly attributes: string; readonly end: number },
): number | undefined {
  const hidden = NEVER_SHOWN.has(tag.name) || (!VOID.has(tag.name) && HIDING.test(tag.attributes));
  if (!hidden || !/^[a-z0-9:-]{1,32}$/.test(tag.name)) return undefined;
  const start = search.next(`</${tag.name}`, tag.end);
  if (start < 0) return undefined;
  const end = search.next('>', start, 'hidden');
  return end < 0 ? undefined : end + 1;
}
