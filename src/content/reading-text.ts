import { characterOf } from './character.js';
import { BLOCK_EDGE } from './mapped-text.js';
import type { MappedText } from './mapped-text.js';
import { scriptOf } from './script.js';

/** A text for patterns: its UTF-16 units, and for each the code point of the mapped text that it comes from. */
export class ReadingText {
  units: Uint16Array;
  places: Int32Array;
  length = 0;

  constructor(capacity: number) {
    this.units = new Uint16Array(capacity);
    this.places = new Int32Array(capacity);
  }

  putUnit(unit: number, place: number): void {
    if (this.length === this.units.length) this.#grow();
    this.units[this.length] = unit;
    this.places[this.length] = place;
    this.length += 1;
  }

  put(text: string, place: number): void {
    for (let at = 0; at < text.length; at += 1) this.putUnit(text.charCodeAt(at), place);
  }

  putCodePoint(codePoint: number, place: number): void {
    if (codePoint < 0x10000) this.putUnit(codePoint, place);
    else {
      this.putUnit(0xd7c0 + (codePoint >> 10), place);
      this.putUnit(0xdc00 + (codePoint & 0x3ff), place);
    }
  }

  /** The last character, taken back. */
  takeBack(): string {
    let from = this.length - 1;
    if (from > 0 && ((this.units[from] ?? 0) & 0xfc00) === 0xdc00) from -= 1;
    const text = String.fromCharCode(...this.units.subarray(Math.max(0, from), this.length));
    this.length = Math.max(0, from);
    return text;
  }

  text(): string {
    const parts: string[] = [];
    for (let from = 0; from < this.length; from += CHUNK) {
      parts.push(String.fromCharCode(...this.units.subarray(from, Math.min(this.length, from + CHUNK))));
    }
    return parts.join('');
  }

  #grow(): void {
    const size = Math.max(16, this.length * 2);
    const units = new Uint16Array(size);
    units.set(this.units);
    this.units = units;
    const places = new Int32Array(size);
    places.set(this.places);
    this.places = places;
  }
}

const CHUNK = 4_096;
const isControl = (codePoint: number): boolean => codePoint < 0x20 && !(codePoint >= 0x09 && codePoint <= 0x0d);

/** The text as it stands, code point by code point, with markup that starts a line as a new line. */
export function plainReading(text: MappedText): ReadingText {
  const out = new ReadingText(text.length + 16);
  for (let at = 0; at < text.length; at += 1) {
    const codePoint = text.codePoints[at] ?? 0;
    if (codePoint >= 0) out.putCodePoint(codePoint, at);
    else if (codePoint === BLOCK_EDGE) out.putUnit(NEW_LINE, at);
  }
  return out;
}
const NEW_LINE = 0x0a;

/** Whether there is anything to clean or to take for something else: plain ASCII reads as it stands. */
export function isPlain(text: MappedText): boolean {
  for (let at = 0; at < text.length; at += 1) {
    const codePoint = text.codePoints[at] ?? 0;
    if (codePoint > 0x7f || (codePoint >= 0 && isControl(codePoint))) return false;
  }
  return true;
}

/** The text in compatibility form (NFKC), without invisible characters, overlays and marks that no orthography knows. */
export function cleanReading(text: MappedText): ReadingText {
  const out = new ReadingText(text.length + 16);
  for (let at = 0; at < text.length; at += 1) {
    const codePoint = text.codePoints[at] ?? 0;
    if (codePoint === BLOCK_EDGE) out.putUnit(NEW_LINE, at);
    else if (codePoint >= 0 && codePoint < 0x80 && !isControl(codePoint)) out.putUnit(codePoint, at);
    else if (codePoint >= 0) putClean(out, codePoint, at);
  }
  return out;
}

function putClean(out: ReadingText, codePoint: number, at: number): void {
  const { kind } = characterOf(codePoint);
  if (kind === 'dropped' || kind === 'overlay') return;
  if (kind === 'mark') {
    putMark(out, String.fromCodePoint(codePoint), at);
  } else if (kind === 'space') out.putUnit(codePoint > 0x7f ? 0x20 : codePoint, at);
  else if (codePoint >= 0x4e00 && codePoint < 0xd7a4) out.putUnit(codePoint, at);
  else out.put(compatible(codePoint), at);
}

function compatible(codePoint: number): string {
  const known = compatibles.get(codePoint);
  if (known !== undefined) return known;
  const form = String.fromCodePoint(codePoint).normalize('NFKC');
  if (compatibles.size >= KNOWN_AT_MOST) compatibles.clear();
  compatibles.set(codePoint, form);
  return form;
}
const compatibles = new Map<number, string>();
const KNOWN_AT_MOST = 30_000;

/** A mark joins its letter; beside an ASCII letter that takes no such mark it is noise. */
function putMark(out: ReadingText, mark: string, at: number): void {
  const place = out.places[out.length - 1] ?? at;
  const base = out.takeBack();
  const joined = (base + mark).normalize('NFC');
  const isNoise = joined === base + mark && base.length === 1 && base.charCodeAt(0) < 0x80;
  out.put(isNoise ? base : joined, place);
}

const NOT_ASCII = /[^\p{ASCII}]/u;
const WORD = /[\p{L}\p{M}\p{N}]+/gu;

/** The text with letters replaced by the ASCII ones they look like, in words that only so make sense; undefined: none. */
export function lookReading(clean: ReadingText): ReadingText | undefined {
  const text = clean.text();
  const { places } = clean;
  if (!NOT_ASCII.test(text)) return undefined;
  const native = prevailingScripts(text);
  const out = new ReadingText(text.length + 16);
  let done = 0;
  let changed = false;
  const copy = (to: number): void => {
    for (; done < to; done += 1) out.putUnit(text.charCodeAt(done), places[done] ?? 0);
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
  return changed ? out : undefined;
}

/** Each character of a word with what it is taken for, or undefined when the word is what it seems to be. */
function disguisedWord(word: string, native: ReadonlySet<string>): readonly (readonly [string, string])[] | undefined {
  if (!NOT_ASCII.test(word)) return undefined;
  const scripts = new Set<string>();
  const looks = Array.from(word, (char): readonly [string, string] => {
    const codePoint = char.codePointAt(0) ?? 0;
    const [letter] = characterOf(codePoint).letters;
    if (letter !== undefined && letter.letter > 0x40) scripts.add(scriptOf(letter.letter));
    const isLook = codePoint > 0x7f && letter !== undefined && letter.marks === 0 && letter.look < 0x80;
    return [char, isLook ? String.fromCodePoint(letter.look) : char];
  });
  const [only = ''] = scripts;
  const isDisguised = looks.some(([char, look]) => char !== look) && (scripts.size > 1 || !native.has(only));
  return isDisguised ? looks : undefined;
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
