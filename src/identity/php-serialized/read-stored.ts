import { decodePhpSerialized, type DecodedPhp } from './decode.js';

/** The bytes that PHP's `trim()` removes: space, tab, newline, carriage return, NUL, vertical tab. */
const PHP_WHITESPACE = new Set([0x20, 0x09, 0x0a, 0x0d, 0x00, 0x0b]);

function trimmed(bytes: Uint8Array): Uint8Array {
  let start = 0;
  let end = bytes.length;
  while (start < end && PHP_WHITESPACE.has(bytes[start] ?? -1)) start += 1;
  while (end > start && PHP_WHITESPACE.has(bytes[end - 1] ?? -1)) end -= 1;
  return bytes.subarray(start, end);
}

/** `is_serialized()` of wp-includes/functions.php, as far as the first bytes tell: the rest is the decoder's to judge. */
function looksSerialized(bytes: Uint8Array): boolean {
  return /^(?:N;$|[sabidOE]:)/.test(String.fromCharCode(...bytes.subarray(0, 4)));
}

/**
 * A stored option or meta value as WordPress's `maybe_unserialize()` gives it: serialised data decoded, anything else
 * as the string that it is.
 */
export function readStored(bytes: Uint8Array): DecodedPhp {
  const inner = trimmed(bytes);
  if (looksSerialized(inner)) return decodePhpSerialized(inner);
  return { ok: true, value: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8') };
}
