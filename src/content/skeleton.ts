import { PACKED_LOOKALIKES } from './data/lookalikes.js';
import { PACKED_SKELETONS } from './data/skeletons.js';
import { unpackCodePoints } from './data/unpack.js';

const SKELETONS = unpackCodePoints(PACKED_SKELETONS);
const LOOKALIKES = unpackCodePoints(PACKED_LOOKALIKES);

/**
 * The skeleton of a text as ICU's spoof checker gives it (UTS #39, section 4): two texts with one skeleton may be taken
 * for each other. For comparing only: a skeleton is no text to show or to keep.
 */
export function skeletonOf(text: string): string {
  let skeleton = '';
  for (const char of text.normalize('NFD')) skeleton += SKELETONS.get(char.codePointAt(0) ?? 0) ?? char;
  return skeleton.normalize('NFD');
}

/**
 * What one character that isn't ASCII may be taken for, in lower case, or undefined when it looks like itself alone.
 * UTS #39 writes an m as `rn`; here it stays one letter, so that lookalikes of m and m itself compare as one.
 */
export function lookOf(char: string): string | undefined {
  const codePoint = char.codePointAt(0) ?? 0;
  if (codePoint < 0x80) return undefined;
  const looks = LOOKALIKES.get(codePoint) ?? SKELETONS.get(codePoint);
  return looks?.replaceAll('rn', 'm').toLowerCase();
}
