import { PACKED_ENTITIES } from './data/entities.js';
import { unpackNames } from './data/unpack.js';
import { MappedTextBuilder, SOFT_EDGE } from './mapped-text.js';
import type { MappedText } from './mapped-text.js';

const ENTITIES = unpackNames(PACKED_ENTITIES);
/** The longest name of a character reference is 33 characters long. */
const LONGEST_NAME = 33;
const LONGEST_NUMBER = 12;
/** Bytes from percent-encoding that don't make a character yet are kept above the last code point. */
const BYTES = 0x110000;

const AMPERSAND = 0x26;
const PERCENT = 0x25;
const BACKSLASH = 0x5c;
const SEMICOLON = 0x3b;

/**
 * The text with character references (HTML, section 13.5), percent-encoding (RFC 3986, with `%u0073`) and the escapes of
 * JavaScript, JSON and CSS resolved, however deeply they are nested. What a resolved escape makes with the text
 * before it is looked at again, so one pass undoes any depth, and each look goes back a bounded way: the time is linear.
 */
export function unescaped(text: MappedText): MappedText {
  if (!mayBeEscaped(text)) return text;
  const out = new EscapeBuilder(text.length);
  for (let at = 0; at < text.length; at += 1) {
    feed(out, text.codePoints[at] ?? 0, text.starts[at] ?? 0, text.ends[at] ?? 0);
  }
  settle(out);
  endBytes(out);
  return out;
}

class EscapeBuilder extends MappedTextBuilder {
  /** Where an escape began right after what may be a reference without its semicolon, and may yet turn out to continue it. */
  pending: number[] = [];
  /** Where the last `&`, `%` or backslash was put: far behind it, nothing can end an escape. */
  lastStart = -LONGEST_NAME;

  get mayEndEscape(): boolean {
    return this.length - this.lastStart <= LONGEST_NAME + 2;
  }
}

function feed(out: EscapeBuilder, codePoint: number, start: number, end: number): void {
  let kept = codePoint;
  if (startsEscape(codePoint)) {
    if (isAlphanumeric(out.codePoints[out.length - 1] ?? 0)) out.pending.push(out.length);
  } else if (
    !continuesReference(codePoint) &&
    !isWithinEscape(out, codePoint) &&
    settle(out) &&
    isWhiteSpace(codePoint)
  )
    kept = SOFT_EDGE;
  out.put(kept, start, end);
  if (startsEscape(kept)) out.lastStart = out.length - 1;
  if (out.mayEndEscape) reduce(out);
}

/** `#` after `&`, and the braces of `\u{73}`: nothing ends there. */
function isWithinEscape(out: EscapeBuilder, codePoint: number): boolean {
  const last = out.codePoints[out.length - 1] ?? 0;
  if (codePoint === 0x23) return last === AMPERSAND;
  if (codePoint === 0x7b) return out.codePoints[out.length - 2] === BACKSLASH && (last === 0x75 || last === 0x78);
  return codePoint === 0x7d && backslashBefore(out, out.length - 1) >= 0;
}

/** Ends whatever is open: first what escapes left open behind them, from left to right, then what stands last. */
function settle(out: EscapeBuilder): boolean {
  if (!out.mayEndEscape && out.pending.length === 0) return false;
  const first = out.pending.find((at) => at < out.length && !continuesReference(out.codePoints[at] ?? 0));
  out.pending = [];
  if (first !== undefined) {
    const rest = restOf(out, first, out.length);
    out.length = first;
    for (const [codePoint, start, end] of rest) {
      const swallows = !continuesReference(codePoint) && settleLast(out);
      out.put(swallows && isWhiteSpace(codePoint) ? SOFT_EDGE : codePoint, start, end);
    }
  }
  return settleLast(out);
}

function mayBeEscaped(text: MappedText): boolean {
  for (let at = 0; at < text.length; at += 1) {
    const codePoint = text.codePoints[at];
    if (startsEscape(codePoint ?? 0)) return true;
  }
  return false;
}

/** Resolves what ends with the last code point, again and again while there is something; each time the text shrinks. */
function reduce(out: EscapeBuilder): void {
  while (endedReference(out) || percentByte(out) || backslashEscape(out)) {
    if (startsEscape(out.codePoints[out.length - 1] ?? 0)) out.lastStart = out.length - 1;
  }
}

/**
 * Resolves a reference or a CSS escape that has no closing mark and ends because what comes next can't continue it.
 * Answers whether the last one was of CSS, where the white space that ends an escape belongs to it. Other readers keep it, so it becomes a soft edge.
 */
function settleLast(out: EscapeBuilder): boolean {
  let swallows = false;
  for (;;) {
    const before = out.length;
    if (openReference(out)) swallows = false;
    else if (cssEscape(out)) swallows = out.length < before;
    else return swallows;
    reduce(out);
  }
}

const isHex = (codePoint: number): boolean =>
  (codePoint >= 0x30 && codePoint <= 0x39) ||
  (codePoint >= 0x41 && codePoint <= 0x46) ||
  (codePoint >= 0x61 && codePoint <= 0x66);
const isDigit = (codePoint: number): boolean => codePoint >= 0x30 && codePoint <= 0x39;
const isAlphanumeric = (codePoint: number): boolean =>
  isDigit(codePoint) || (codePoint >= 0x41 && codePoint <= 0x5a) || (codePoint >= 0x61 && codePoint <= 0x7a);
const startsEscape = (codePoint: number): boolean =>
  codePoint === AMPERSAND || codePoint === PERCENT || codePoint === BACKSLASH;
const isWhiteSpace = (codePoint: number): boolean => codePoint === 0x20 || (codePoint >= 0x09 && codePoint <= 0x0d);
const continuesReference = (codePoint: number): boolean => isAlphanumeric(codePoint) || codePoint === SEMICOLON;

/** Where the `&` is that the last characters belong to, or -1. */
function ampersandBefore(out: EscapeBuilder, end: number): number {
  for (let at = end; at >= 0 && end - at <= LONGEST_NAME; at -= 1) {
    const codePoint = out.codePoints[at] ?? 0;
    if (codePoint === AMPERSAND) return at;
    if (!isAlphanumeric(codePoint) && codePoint !== 0x23) return -1;
  }
  return -1;
}

/** `&name;` `&#115;` `&#x73;` */
function endedReference(out: EscapeBuilder): boolean {
  const last = out.length - 1;
  if (out.codePoints[last] !== SEMICOLON) return false;
  const from = ampersandBefore(out, last - 1);
  if (from < 0) return false;
  const body = out.sliceText(from + 1, last);
  const value = body.startsWith('#') ? numericReference(body) : ENTITIES.get(`${body};`);
  if (value === undefined) return prefixReference(out, from, body, true);
  out.replaceTail(from, value);
  return true;
}

/** `&#115` at the end of its digits, `&ltb` as browsers read the names that need no semicolon. */
function openReference(out: EscapeBuilder): boolean {
  const last = out.length - 1;
  if (!isAlphanumeric(out.codePoints[last] ?? 0)) return false;
  const from = ampersandBefore(out, last);
  if (from < 0) return false;
  return prefixReference(out, from, out.sliceText(from + 1, last + 1), false);
}

/** Resolves the longest part after the `&` that is a reference by itself, and puts the rest back. */
function prefixReference(out: EscapeBuilder, from: number, body: string, semicolon: boolean): boolean {
  const size = unclosedSize(body);
  if (size === 0) return false;
  const taken = body.slice(0, size);
  const value = taken.startsWith('#') ? numericReference(taken) : ENTITIES.get(taken);
  if (value === undefined) return false;
  const rest = restOf(out, from + 1 + size, semicolon ? out.length : from + 1 + body.length);
  out.length = from + 1 + size;
  out.replaceTail(from, value);
  for (const [codePoint, start, end] of rest) out.put(codePoint, start, end);
  return true;
}

function restOf(out: EscapeBuilder, from: number, to: number): readonly (readonly [number, number, number])[] {
  const rest: (readonly [number, number, number])[] = [];
  for (let at = from; at < to; at += 1) rest.push([out.codePoints[at] ?? 0, out.starts[at] ?? 0, out.ends[at] ?? 0]);
  return rest;
}

function unclosedSize(body: string): number {
  if (body.startsWith('#')) return /^#(?:[xX][0-9a-fA-F]+|[0-9]+)/.exec(body)?.[0].length ?? 0;
  for (let size = Math.min(body.length, 6); size >= 2; size -= 1) if (ENTITIES.has(body.slice(0, size))) return size;
  return 0;
}

function numericReference(body: string): string | undefined {
  const hex = /^#[xX]([0-9a-fA-F]{1,12})$/.exec(body)?.[1];
  const decimal = hex === undefined ? /^#([0-9]{1,30})$/.exec(body)?.[1] : undefined;
  if (hex === undefined && decimal === undefined) return undefined;
  return fromNumber(hex === undefined ? Number(decimal) : parseInt(hex, 16));
}

/** As browsers do: what is no character becomes U+FFFD. */
function fromNumber(number: number): string {
  const sound = number > 0 && number <= 0x10ffff && !(number >= 0xd800 && number <= 0xdfff);
  return sound ? String.fromCodePoint(number) : '\ufffd';
}

/** `%73`, `%u0073`, and the bytes of a longer character one by one. */
function percentByte(out: EscapeBuilder): boolean {
  const last = out.length - 1;
  if (last < 2 || !isHex(out.codePoints[last] ?? 0)) return false;
  if (out.codePoints[last - 2] === PERCENT && isHex(out.codePoints[last - 1] ?? 0)) {
    putByte(out, last - 2, parseInt(out.sliceText(last - 1, last + 1), 16));
    return true;
  }
  if (last < 5 || out.codePoints[last - 5] !== PERCENT || (out.codePoints[last - 4] ?? 0) !== 0x75) return false;
  const digits = out.sliceText(last - 3, last + 1);
  if (!/^[0-9a-fA-F]{4}$/.test(digits)) return false;
  putUnit(out, last - 5, parseInt(digits, 16));
  return true;
}

function putByte(out: EscapeBuilder, from: number, byte: number): void {
  if (byte < 0x80) {
    out.replaceTail(from, String.fromCharCode(byte));
    return;
  }
  out.replaceTail(from, '?');
  out.codePoints[from] = BYTES + byte;
  joinBytes(out);
}

/** Makes a character of the last bytes when they are a whole one in UTF-8. */
function joinBytes(out: EscapeBuilder): void {
  for (let size = 2; size <= 4 && size <= out.length; size += 1) {
    const from = out.length - size;
    const first = (out.codePoints[from] ?? 0) - BYTES;
    if (first < 0x80) return;
    if (first < 0xc0) continue;
    const bytes = Uint8Array.from(out.codePoints.subarray(from, out.length), (codePoint) => codePoint - BYTES);
    const text = new TextDecoder().decode(bytes);
    if (!text.includes('\ufffd')) out.replaceTail(from, text);
    return;
  }
}

/** Bytes that never made a character are taken as Latin-1. */
function endBytes(out: EscapeBuilder): void {
  for (let at = 0; at < out.length; at += 1) {
    const codePoint = out.codePoints[at] ?? 0;
    if (codePoint >= BYTES) out.codePoints[at] = codePoint - BYTES;
  }
}

/** Puts a UTF-16 unit in place of the escape at `from`, joined with a high half that stands right before it. */
function putUnit(out: EscapeBuilder, from: number, unit: number): void {
  const before = out.codePoints[from - 1] ?? 0;
  const isLow = unit >= 0xdc00 && unit <= 0xdfff;
  const pair = isLow && from > 0 && before >= 0xd800 && before <= 0xdbff;
  out.replaceTail(pair ? from - 1 : from, '?');
  out.codePoints[out.length - 1] = pair ? 0x10000 + ((before - 0xd800) << 10) + (unit - 0xdc00) : unit;
}

/** `\u0073` `\u{73}` `\x73` `\163` of JavaScript and JSON, `\n` as white space, and a backslash before a sign. */
function backslashEscape(out: EscapeBuilder): boolean {
  const last = out.length - 1;
  const tail = out.codePoints[last] ?? 0;
  if (tail > 0x7f) return false;
  if (last >= 1 && out.codePoints[last - 1] === BACKSLASH) return shortEscape(out, last, tail);
  if (!isHex(tail) && tail !== 0x7d) return false;
  const from = backslashBefore(out, last - 1);
  if (from < 0) return false;
  const body = out.sliceText(from + 1, last + 1);
  if (/^(?:u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|U[0-9a-fA-F]{8})$/.test(body)) {
    putUnit(out, from, Math.min(parseInt(body.slice(1), 16), 0x10ffff));
    return true;
  }
  if (/^[ux]\{[0-9a-fA-F]{1,6}\}$/.test(body)) {
    out.replaceTail(from, fromNumber(parseInt(body.slice(2, -1), 16)));
    return true;
  }
  const octal = /^1[0-7]{2}$/.test(body) ? String.fromCharCode(parseInt(body, 8)) : '';
  if (!/[A-Za-z]/.test(octal)) return false;
  out.replaceTail(from, octal);
  return true;
}

const SHORT: Readonly<Record<string, string>> = { n: '\n', r: '\n', t: '\t', f: '\n', v: '\n', '0': '\0' };

function shortEscape(out: EscapeBuilder, last: number, tail: number): boolean {
  const char = String.fromCodePoint(tail);
  const value = SHORT[char] ?? (/[!-$'-/:-@[-`{-~]/.test(char) ? char : undefined);
  if (value === undefined || char === '0' || (tail === BACKSLASH && isEscaped(out, last - 1))) return false;
  out.replaceTail(last - 1, value === '\\' ? '\\' : value);
  return tail !== BACKSLASH;
}

/** Whether a backslash was written as an escape: then the next one isn't its pair, but begins an escape of its own. */
function isEscaped(out: EscapeBuilder, at: number): boolean {
  return (out.ends[at] ?? 0) - (out.starts[at] ?? 0) >= 3;
}

function backslashBefore(out: EscapeBuilder, end: number): number {
  for (let at = end; at >= 0 && end - at <= LONGEST_NUMBER; at -= 1) {
    if (out.codePoints[at] === BACKSLASH) return at;
    const codePoint = out.codePoints[at] ?? 0;
    if (!isAlphanumeric(codePoint) && codePoint !== 0x7b) return -1;
  }
  return -1;
}

/** `\73 ` and `\000073` of CSS (css-syntax, section 4.3.7). */
function cssEscape(out: EscapeBuilder): boolean {
  const last = out.length - 1;
  if (!isAlphanumeric(out.codePoints[last] ?? 0)) return false;
  const from = backslashBefore(out, last);
  if (from < 0) return false;
  const digits = /^[0-9a-fA-F]{2,6}/.exec(out.sliceText(from + 1, last + 1))?.[0];
  if (digits === undefined || !/[0-9]/.test(digits)) return false;
  const rest = restOf(out, from + 1 + digits.length, out.length);
  out.length = from + 1 + digits.length;
  out.replaceTail(from, fromNumber(parseInt(digits, 16)));
  for (const [codePoint, start, end] of rest) out.put(codePoint, start, end);
  return true;
}
