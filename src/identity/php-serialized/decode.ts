import { ByteReader, Refused, type PhpRefusal } from './byte-reader.js';
import type { PhpArray, PhpKey, PhpValue } from './php-value.js';

export interface PhpLimits {
  readonly bytes: number;
  readonly depth: number;
  readonly elements: number;
}

export const DEFAULT_PHP_LIMITS: PhpLimits = { bytes: 1_048_576, depth: 32, elements: 100_000 };

export type DecodedPhp =
  | { readonly ok: true; readonly value: PhpValue }
  | { readonly ok: false; readonly reason: PhpRefusal; readonly offset: number };

/** Longest tokens: 19 digits and a sign for an integer; PHP's serialize_precision allows floats of some 40 characters. */
const INTEGER_TOKEN = 20;
const FLOAT_TOKEN = 64;
const INT64 = { min: -(2n ** 63n), max: 2n ** 63n - 1n };
/** `iv`, `nv` and `nvexp` of PHP's ext/standard/var_unserializer.re. */
const FLOAT = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const SPECIAL_FLOATS = new Map([
  ['NAN', Number.NaN],
  ['INF', Number.POSITIVE_INFINITY],
  ['-INF', Number.NEGATIVE_INFINITY],
]);
const CANONICAL_INTEGER = /^(?:0|-?[1-9]\d*)$/;
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Reads what PHP's `serialize()` wrote: scalars and arrays, lengths in bytes, to the exact end of the input. Objects
 * (`O:` `C:` `E:`), references (`r:` `R:`) and escaped strings (`S:`) are refused, so nothing in the shared database
 * can make the sidecar build more than plain data. A key given twice keeps its first place and its last value, as in
 * PHP. Never throws; never touches a prototype. The README lists where PHP's `unserialize()` is more lenient.
 */
export function decodePhpSerialized(bytes: Uint8Array, limits: PhpLimits = DEFAULT_PHP_LIMITS): DecodedPhp {
  const reader = new ByteReader(bytes);
  try {
    if (bytes.length > limits.bytes) reader.refuse('too_large');
    const value = readValue({ reader, limits, budget: { elements: limits.elements } }, 0);
    if (reader.remaining > 0) reader.refuse('trailing_bytes');
    return { ok: true, value };
  } catch (error) {
    if (error instanceof Refused) return { ok: false, reason: error.reason, offset: error.offset };
    throw error;
  }
}

interface Decoding {
  readonly reader: ByteReader;
  readonly limits: PhpLimits;
  readonly budget: { elements: number };
}

function readValue(decoding: Decoding, depth: number): PhpValue {
  const { reader } = decoding;
  switch (reader.peek()) {
    case 'N':
      reader.expect('N;');
      return null;
    case 'b':
      return readBoolean(reader);
    case 'i':
      return readInteger(reader);
    case 'd':
      return readFloat(reader);
    case 's':
      return textOrBytes(readString(reader));
    case 'a':
      return readArray(decoding, depth + 1);
    case '':
      return reader.refuse('truncated');
    default:
      return reader.refuse('unsupported_type');
  }
}

function readBoolean(reader: ByteReader): boolean {
  reader.expect('b:');
  const digit = reader.peek();
  if (digit !== '0' && digit !== '1') reader.refuse('syntax');
  reader.expect(`${digit};`);
  return digit === '1';
}

function readInteger(reader: ByteReader): number | bigint {
  reader.expect('i:');
  const token = reader.until(';', INTEGER_TOKEN);
  if (!/^[+-]?\d+$/.test(token)) reader.refuse('syntax');
  if (!CANONICAL_INTEGER.test(token)) reader.refuse('not_canonical');
  return exactInteger(token) ?? reader.refuse('integer_range');
}

/** An integer that PHP's 64 bits hold: a number where a double is exact, else a bigint. */
function exactInteger(token: string): number | bigint | undefined {
  const number = Number(token);
  if (Number.isSafeInteger(number)) return number;
  const big = BigInt(token);
  return big >= INT64.min && big <= INT64.max ? big : undefined;
}

function readFloat(reader: ByteReader): number {
  reader.expect('d:');
  const token = reader.until(';', FLOAT_TOKEN);
  const special = SPECIAL_FLOATS.get(token);
  if (special !== undefined) return special;
  if (!FLOAT.test(token)) reader.refuse('syntax');
  return Number(token);
}

function readLength(reader: ByteReader): number {
  const token = reader.until(':', INTEGER_TOKEN);
  if (!/^\d+$/.test(token)) reader.refuse('syntax');
  if (!CANONICAL_INTEGER.test(token)) reader.refuse('not_canonical');
  return Number(token);
}

function readString(reader: ByteReader): Uint8Array {
  reader.expect('s:');
  const length = readLength(reader);
  reader.expect('"');
  const bytes = reader.take(length);
  reader.expect('";');
  return bytes;
}

function textOrBytes(bytes: Uint8Array): string | Uint8Array {
  try {
    return utf8.decode(bytes);
  } catch {
    return Uint8Array.from(bytes);
  }
}

function readArray(decoding: Decoding, depth: number): PhpArray {
  const { reader, limits, budget } = decoding;
  if (depth > limits.depth) reader.refuse('too_deep');
  reader.expect('a:');
  const count = readLength(reader);
  if (count > reader.remaining) reader.refuse('truncated');
  if (count > budget.elements) reader.refuse('too_many_elements');
  budget.elements -= count;
  reader.expect('{');
  const entries = new Map<PhpKey, PhpValue>();
  for (let index = 0; index < count; index += 1) {
    const key = readKey(reader);
    entries.set(key, readValue(decoding, depth));
  }
  reader.expect('}');
  return entries;
}

function readKey(reader: ByteReader): PhpKey {
  const kind = reader.peek();
  if (kind !== 'i' && kind !== 's') reader.refuse('syntax');
  const key = kind === 'i' ? readInteger(reader) : keyFromText(reader);
  if (typeof key === 'bigint') reader.refuse('integer_range');
  return key;
}

/** `"5"` is the integer key 5, `"05"` and `"-0"` are text: ZEND_HANDLE_NUMERIC_STR in PHP's Zend/zend_hash.h. */
function keyFromText(reader: ByteReader): string | number | bigint {
  const key = textOrBytes(readString(reader));
  if (typeof key !== 'string') return reader.refuse('key_not_text');
  if (key.length > INTEGER_TOKEN || !CANONICAL_INTEGER.test(key)) return key;
  return exactInteger(key) ?? key;
}
