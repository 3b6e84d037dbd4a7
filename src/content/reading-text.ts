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
  const known = plain.get(text);
  if (known !== undefined) return known;
  const answer = isPlainThroughout(text);
  plain.set(text, answer);
  return answer;
}
/** Asked several times of each view. */
const plain = new WeakMap<MappedText, boolean>();

function isPlainThroughout(text: MappedText): boolean {
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

/** The text with letters replaced by the ASCII ones they look like, in words that only so make sense; undefined: none. */
export function lookReading(clean: ReadingText): ReadingText | undefined {
  let native: ReadonlySet<string> | undefined;
  let out: ReadingText | undefined;
  let done = 0;
  for (let at = 0; at < clean.length; at += 1) {
    if (!isWordUnit(clean, at)) continue;
    const start = at;
    let found = false;
    for (; at < clean.length && isWordUnit(clean, at); at += 1) found ||= lookAt(clean, at) !== 0;
    if (!found) continue;
    native ??= prevailingScripts(clean);
    if (!isDisguised(clean, start, at, native)) continue;
    out ??= new ReadingText(clean.length + 16);
    copy(clean, out, done, start);
    for (let place = start; place < at; place += 1) {
      out.putUnit(lookAt(clean, place) || (clean.units[place] ?? 0), clean.places[place] ?? 0);
    }
    done = at;
  }
  if (out !== undefined) copy(clean, out, done, clean.length);
  return out;
}

function copy(from: ReadingText, to: ReadingText, start: number, end: number): void {
  for (let at = start; at < end; at += 1) to.putUnit(from.units[at] ?? 0, from.places[at] ?? 0);
}

const isAsciiWord = (unit: number): boolean =>
  (unit >= 0x30 && unit <= 0x39) || (unit >= 0x41 && unit <= 0x5a) || (unit >= 0x61 && unit <= 0x7a);

function isWordUnit({ units }: ReadingText, at: number): boolean {
  const unit = units[at] ?? 0;
  if (unit < 0x80) return isAsciiWord(unit);
  if (unit >= 0xd800 && unit < 0xe000) return true;
  const { kind } = characterOf(unit);
  return kind === 'letter' || kind === 'mark';
}

/** The ASCII letter that a unit is taken for, or 0. What lies beyond the first plane was cleaned before, or stays. */
function lookAt({ units }: ReadingText, at: number): number {
  const unit = units[at] ?? 0;
  if (unit < 0x80 || (unit >= 0xd800 && unit < 0xe000)) return 0;
  const [letter] = characterOf(unit).letters;
  return letter !== undefined && letter.marks === 0 && letter.look < 0x80 ? letter.look : 0;
}

/** Whether a word has letters of several writing systems, or all of one in which the text isn't written. */
function isDisguised(clean: ReadingText, start: number, end: number, native: ReadonlySet<string>): boolean {
  let only: string | undefined;
  for (let at = start; at < end; at += 1) {
    const unit = clean.units[at] ?? 0;
    if (unit <= 0x40 || characterOf(unit).kind !== 'letter') continue;
    const script = scriptOf(unit);
    if (only !== undefined && script !== only) return true;
    only = script;
  }
  return only !== undefined && !native.has(only);
}

/** Writing systems, other than Latin, of a quarter of the letters or more. */
function prevailingScripts({ units, length }: ReadingText): ReadonlySet<string> {
  const counts = new Map<string, number>();
  let all = 0;
  for (let at = 0; at < length; at += 1) {
    const unit = units[at] ?? 0;
    if (unit < 0x80 ? !isAsciiWord(unit) : characterOf(unit).kind !== 'letter') continue;
    all += 1;
    if (unit < 0x250) continue;
    const script = scriptOf(unit);
    counts.set(script, (counts.get(script) ?? 0) + 1);
  }
  return new Set([...counts].filter(([, count]) => count * 4 >= all).map(([script]) => script));
}
