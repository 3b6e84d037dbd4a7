import { isJsonObject, type Json } from './json.js';

/** In Unicode mode a surrogate matches only where it has no partner. */
const LONE_SURROGATE = /\p{Surrogate}/u;

/**
 * The one text that stands for a value, for digests and signatures (RFC 8785, JSON Canonicalization Scheme): keys sorted
 * by UTF-16 code units, numbers and strings as ECMAScript writes them, no whitespace.
 * Throws a TypeError for what JSON can't say: numbers that aren't finite, lone surrogates, undefined.
 */
export function canonicalJson(value: Json): string {
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'number') return canonicalNumber(value);
  if (typeof value === 'string') return canonicalString(value);
  if (isJsonObject(value)) {
    const members = Object.keys(value).sort(byCodeUnits);
    return `{${members.map((key) => `${canonicalString(key)}:${canonicalJson(memberOf(value, key))}`).join(',')}}`;
  }
  if (Array.isArray(value)) return `[${(value as readonly Json[]).map(canonicalJson).join(',')}]`;
  throw new TypeError(`${typeof value} has no canonical JSON`);
}

/** RFC 8785, section 3.2.3: comparison of UTF-16 code units, whatever the locale. */
function byCodeUnits(left: string, right: string): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

function memberOf(value: Readonly<Record<string, Json>>, key: string): Json {
  const member = value[key];
  if (member === undefined) throw new TypeError('undefined has no canonical JSON');
  return member;
}

function canonicalNumber(value: number): string {
  if (!Number.isFinite(value)) throw new TypeError('a number that is not finite has no canonical JSON');
  return JSON.stringify(value);
}

function canonicalString(value: string): string {
  if (LONE_SURROGATE.test(value)) throw new TypeError('a lone surrogate has no canonical JSON');
  return JSON.stringify(value);
}
