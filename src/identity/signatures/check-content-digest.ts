import { createHash } from 'node:crypto';
import { parseDictionary, serializeDictionary, type Dictionary } from 'structured-headers';
import { refuse, type Refusal } from './profile.js';

/** RFC 9530, section 5: the algorithms that are active and not for corruption alone. */
const HASHES: ReadonlyMap<string, 'sha256' | 'sha512'> = new Map([
  ['sha-256', 'sha256'],
  ['sha-512', 'sha512'],
]);

/**
 * Whether a Content-Digest field speaks the truth about the bytes that came. At least one digest must be of an algorithm
 * known here, and every one known must match: a lazy reader of one and a lazy reader of the other see the same body.
 * Digests by unknown algorithms are passed over, as RFC 9530, section 2, asks.
 */
export function checkContentDigest(field: string, body: Uint8Array): Refusal | { readonly ok: true } {
  const digests = parseDigests(field);
  if (digests === undefined) return refuse('request_malformed', 'Content-Digest is not a canonical list of digests.');
  let known = 0;
  for (const [name, [value]] of digests) {
    const hash = HASHES.get(name);
    if (hash === undefined) continue;
    known += 1;
    const expected = createHash(hash).update(body).digest();
    if (!(value instanceof ArrayBuffer) || !expected.equals(new Uint8Array(value))) {
      return refuse('digest_mismatch', `The ${name} digest in Content-Digest is not that of the body.`);
    }
  }
  return known > 0 ? { ok: true } : refuse('digest_mismatch', 'Content-Digest holds neither sha-256 nor sha-512.');
}

/** Byte sequences alone, in canonical form but for the spaces around commas: no duplicates, no loose base64. */
function parseDigests(field: string): Dictionary | undefined {
  try {
    const digests = parseDictionary(field);
    const areBytes = [...digests.values()].every(
      ([value, parameters]) => value instanceof ArrayBuffer && parameters.size === 0,
    );
    const isCanonical = serializeDictionary(digests) === field.replace(/[ \t]*,[ \t]*/g, ', ');
    return areBytes && isCanonical ? digests : undefined;
  } catch {
    return undefined;
  }
}
