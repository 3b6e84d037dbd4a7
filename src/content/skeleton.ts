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
 * Letters of other alphabets that are drawn like a Latin one, or are commonly written for it, and for which UTS #39 has no
 * Latin letter because only their capitals agree.
 */
const SHAPES = new Map(
  Object.entries({
    k: 'кκ',
    m: 'мⲙ',
    t: 'тτⲧ',
    b: 'вβⲃ',
    h: 'нⲏ',
    e: 'εєⲉ',
    n: 'πηпⲡ',
    w: 'ωшщ',
    x: 'χⲭ',
    u: 'μи',
    r: 'гяɹ',
    a: 'ɐⲁ',
    c: 'ⲥς',
  }).flatMap(([look, letters]) => Array.from(letters, (letter) => [letter, look] as const)),
);

/**
 * What one character that isn't ASCII may be taken for, in lower case, or undefined when it looks like itself alone.
 * UTS #39 writes an m as `rn`; here it stays one letter, so that lookalikes of m and m itself compare as one.
 */
export function lookOf(char: string): string | undefined {
  const codePoint = char.codePointAt(0) ?? 0;
  if (codePoint < 0x80) return undefined;
  const look = SHAPES.get(char) ?? LOOKALIKES.get(codePoint) ?? SKELETONS.get(codePoint);
  const further = look === undefined ? undefined : (SHAPES.get(look) ?? LOOKALIKES.get(look.codePointAt(0) ?? 0));
  return (further ?? look)?.replaceAll('rn', 'm').toLowerCase();
}
