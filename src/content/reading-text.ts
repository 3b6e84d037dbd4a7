import { characterOf, composes } from './character.js';
import { BLOCK_EDGE } from './mapped-text.js';
import type { MappedText } from './mapped-text.js';
import { scriptOf } from './script.js';

/** A text for patterns, and for each of its UTF-16 units the code point of the mapped text that it comes from. */
export interface ReadingText {
  readonly text: string;
  readonly places: Int32Array;
}

/** Collects a reading text. */
class Writer {
  readonly #parts: string[] = [];
  #places: Int32Array;
  #length = 0;

  constructor(capacity: number) {
    this.#places = new Int32Array(capacity);
  }

  put(text: string, place: number): void {
    this.#parts.push(text);
    if (this.#length + text.length > this.#places.length) {
      const grown = new Int32Array((this.#length + text.length) * 2);
      grown.set(this.#places);
      this.#places = grown;
    }
    this.#places.fill(place, this.#length, this.#length + text.length);
    this.#length += text.length;
  }

  /** The text that was put last, taken back. */
  takeBack(): string {
    const last = this.#parts.pop() ?? '';
    this.#length -= last.length;
    return last;
  }

  done(): ReadingText {
    return { text: this.#parts.join(''), places: this.#places.subarray(0, this.#length) };
  }
}

const ASCII = Array.from({ length: 0x80 }, (_, code) => String.fromCharCode(code));
const isControl = (codePoint: number): boolean => codePoint < 0x20 && !(codePoint >= 0x09 && codePoint <= 0x0d);

/** The text as it stands, code point by code point, with markup that starts a line as a new line. */
export function plainReading(text: MappedText): ReadingText {
  const out = new Writer(text.length + 16);
  for (let at = 0; at < text.length; at += 1) {
    const codePoint = text.codePoints[at] ?? 0;
    if (codePoint >= 0) out.put(ASCII[codePoint] ?? String.fromCodePoint(codePoint), at);
    else if (codePoint === BLOCK_EDGE) out.put('\n', at);
  }
  return out.done();
}

/** The text in compatibility form (NFKC), without invisible characters, overlays and marks that no orthography knows. */
export function cleanReading(text: MappedText): ReadingText {
  const out = new Writer(text.length + 16);
  for (let at = 0; at < text.length; at += 1) {
    const codePoint = text.codePoints[at] ?? 0;
    if (codePoint === BLOCK_EDGE) out.put('\n', at);
    else if (codePoint >= 0 && codePoint < 0x80 && !isControl(codePoint)) out.put(ASCII[codePoint] ?? '', at);
    else if (codePoint >= 0) putClean(out, codePoint, at);
  }
  return out.done();
}

function putClean(out: Writer, codePoint: number, at: number): void {
  const char = String.fromCodePoint(codePoint);
  const { kind } = characterOf(codePoint);
  if (kind === 'dropped' || kind === 'overlay') return;
  if (kind !== 'mark') {
    out.put(kind === 'space' && codePoint > 0x7f ? ' ' : char.normalize('NFKC'), at);
    return;
  }
  const base = out.takeBack();
  const joined = (base + char).normalize('NFC');
  const isKept = joined !== base + char || !composes((base.codePointAt(0) ?? 0x20) || 0x20, codePoint);
  out.put(joined !== base + char ? joined : isKept && base.charCodeAt(0) > 0x7f ? joined : base, at);
}

const WORD = /[\p{L}\p{M}\p{N}]+/gu;

/** The text with letters replaced by the ASCII ones they look like, in words that only so make sense; undefined: none. */
export function lookReading({ text, places }: ReadingText): ReadingText | undefined {
  // eslint-disable-next-line no-control-regex -- everything but ASCII is meant
  if (/^[\x00-\x7f]*$/.test(text)) return undefined;
  const native = prevailingScripts(text);
  const out = new Writer(text.length + 16);
  let done = 0;
  let changed = false;
  const copy = (to: number): void => {
    for (; done < to; done += 1) out.put(text[done] ?? '', places[done] ?? 0);
  };
  for (const found of text.matchAll(WORD)) {
    const looks = disguisedWord(found[0], native);
    if (looks === undefined) continue;
    copy(found.index);
    for (const [char, look] of looks) {
      out.put(look, places[done] ?? 0);
      done += char.length;
    }
    changed = true;
  }
  copy(text.length);
  return changed ? out.done() : undefined;
}

/** Each character of a word with what it is taken for, or undefined when the word is what it seems to be. */
function disguisedWord(word: string, native: ReadonlySet<string>): readonly (readonly [string, string])[] | undefined {
  // eslint-disable-next-line no-control-regex -- everything but ASCII is meant
  if (/^[\x00-\x7f]*$/.test(word)) return undefined;
  const scripts = new Set<string>();
  let found = false;
  const looks = Array.from(word).map((char): readonly [string, string] => {
    const codePoint = char.codePointAt(0) ?? 0;
    const [letter] = characterOf(codePoint).letters;
    if (letter !== undefined && letter.letter > 0x40) scripts.add(scriptOf(letter.letter));
    const isLook = codePoint > 0x7f && letter !== undefined && letter.marks === 0 && letter.look < 0x80;
    if (isLook) found = true;
    return [char, isLook ? String.fromCodePoint(letter.look) : char];
  });
  const [only = ''] = scripts;
  return found && (scripts.size > 1 || !native.has(only)) ? looks : undefined;
}

/** Writing systems, other than Latin, of a quarter of the letters or more. */
function prevailingScripts(text: string): ReadonlySet<string> {
  const counts = new Map<string, number>();
  let all = 0;
  for (const char of text) {
    const codePoint = char.codePointAt(0) ?? 0;
    if (characterOf(codePoint).kind !== 'letter') continue;
    const script = scriptOf(codePoint);
    counts.set(script, (counts.get(script) ?? 0) + 1);
    all += 1;
  }
  return new Set(
    [...counts].filter(([script, count]) => script !== 'Latin' && count * 4 >= all).map(([script]) => script),
  );
}
