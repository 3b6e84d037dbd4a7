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
 * Letters of other writing systems that are drawn like a Latin one or are commonly written for it, and for which UTS #39 has
 * no Latin letter: small letters of which only the capitals agree, and the alphabets that "fancy text" is made of.
 */
const SHAPES = new Map(
  Object.entries({
    a: 'ɐⲁᗩ卂ᏗǟΛ',
    b: 'вβⲃᗷ乃Ᏸɮ',
    c: 'ⲥᑕ匚ፈƈ',
    d: 'ᗪᎴɖ',
    e: 'εєⲉ乇Ꮛɛ',
    f: 'ᖴ千Ꭶʄ',
    g: 'Ꮆ',
    h: 'нⲏᕼ卄Ꮒɦ',
    i: '丨ɨ',
    j: 'ᒍﾌᏠʝ',
    k: 'кκҜӄ',
    l: 'ᒪㄥᏝ',
    m: 'мⲙᗰ爪ʍ',
    n: 'πηпⲡᑎ几Ꮑռ',
    o: 'ㄖᎧ',
    p: 'ᑭ卩Ꭾք',
    q: 'ɊᎤզ',
    r: 'гяɹᖇ尺ʀ',
    s: 'ᔕ丂Ꮥֆ',
    t: 'тτⲧㄒᏖȶ',
    u: 'μиᑌㄩᏬʊ',
    v: 'ᐯᏙʋ',
    w: 'ωшщᗯ山Ꮗա',
    x: 'χⲭ᙭乂ጀӼ',
    y: 'ㄚ',
    z: 'ᘔ乙ፚʐ',
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
