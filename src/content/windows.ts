import { characterOf } from './character.js';
import { STAR } from './disguise.js';
import { HARD_EDGE, MappedTextBuilder } from './mapped-text.js';
import type { MappedText } from './mapped-text.js';

/** When the windows hold more than this share of a text, reading all of it is cheaper. */
const WORTHWHILE = 0.7;

/**
 * The parts of a text around its interesting places, `letters` letters or digits to each side (so that no amount of white
 * space or signs moves anything out of sight), parted by hard edges; the text itself when that is most of it, and
 * undefined when no place is interesting.
 */
export function windowsOf(
  text: MappedText,
  letters: number,
  isInteresting: (at: number) => boolean,
): MappedText | undefined {
  const kept = new Uint8Array(text.length);
  let size = reachOut(text, letters, isInteresting, kept, 1);
  if (size === 0) return undefined;
  if (size <= text.length * WORTHWHILE) size += reachOut(text, letters, isInteresting, kept, -1);
  return size > text.length * WORTHWHILE ? text : keptParts(text, kept, size);
}

/** Marks the interesting places and what is within reach of them in one direction; answers how many marks are new. */
function reachOut(
  text: MappedText,
  letters: number,
  isInteresting: (at: number) => boolean,
  kept: Uint8Array,
  direction: 1 | -1,
): number {
  let left = 0;
  let marked = 0;
  let inside = false;
  for (let at = direction === 1 ? 0 : text.length - 1; at >= 0 && at < text.length; at += direction) {
    const codePoint = text.codePoints[at] ?? 0;
    if (direction === 1 ? isInteresting(at) : kept[at] === INTERESTING) {
      left = letters + 1;
      if (direction === 1) marked += 1;
      kept[at] = INTERESTING;
      inside = true;
    } else {
      inside &&= left > 0 || continuesWord(codePoint);
      if (inside && kept[at] === 0) {
        kept[at] = NEAR;
        marked += 1;
      }
    }
    if (left > 0 && isLetter(codePoint)) left -= 1;
  }
  return marked;
}

/** Windows end where words do: half a word could be taken for another one. */
function continuesWord(codePoint: number): boolean {
  if (codePoint < 0x80) return isLetter(codePoint);
  const { kind } = characterOf(codePoint);
  return kind !== 'space' && kind !== 'sign';
}

const NEAR = 1;
const INTERESTING = 2;

function keptParts(text: MappedText, kept: Uint8Array, size: number): MappedText {
  const out = new MappedTextBuilder(size + 16);
  for (let at = 0; at < text.length; at += 1) {
    if (kept[at] !== 0) out.put(text.codePoints[at] ?? 0, text.starts[at] ?? 0, text.ends[at] ?? 0);
    else if (at === 0 || kept[at - 1] !== 0) out.put(HARD_EDGE, text.starts[at] ?? 0, text.starts[at] ?? 0);
  }
  return out;
}

function isLetter(codePoint: number): boolean {
  if (codePoint < 0x30) return false;
  if (codePoint < 0x80)
    return codePoint <= 0x39 || (codePoint >= 0x41 && codePoint <= 0x5a) || (codePoint >= 0x61 && codePoint <= 0x7a);
  return characterOf(codePoint).kind === 'letter';
}

/** Whether something was resolved, moved or taken away at a place of a view. */
export function isChanged({ codePoints, starts, ends }: MappedText, at: number): boolean {
  const width = (codePoints[at] ?? 0) > 0xffff ? 2 : 1;
  const start = starts[at] ?? 0;
  return (ends[at] ?? 0) - start !== width || start !== (at === 0 ? 0 : (ends[at - 1] ?? 0));
}

const isDigit = (codePoint: number): boolean => codePoint >= 0x30 && codePoint <= 0x39;
const isSmall = (codePoint: number): boolean => codePoint >= 0x61 && codePoint <= 0x7a;
const isCapital = (codePoint: number): boolean => codePoint >= 0x41 && codePoint <= 0x5a;
export const isWordish = (codePoint: number): boolean =>
  isSmall(codePoint) || isCapital(codePoint) || isDigit(codePoint) || codePoint > 0x7f;

/** Signs of ASCII that may stand for letters. */
const LETTERLIKE = new Uint8Array(0x80);
for (const sign of '@$!|+([{^') LETTERLIKE[sign.charCodeAt(0)] = 1;

/** Whether a star stands between two letters. */
export function isStarInWord({ codePoints }: Pick<MappedText, 'codePoints'>, at: number): boolean {
  return codePoints[at] === STAR && isWordish(codePoints[at - 1] ?? 0) && isWordish(codePoints[at + 1] ?? 0);
}

/** Whether a sign that may be a letter stands beside one, or among letters that all stand apart. */
export function isSignInWord(text: Pick<MappedText, 'codePoints'>, at: number): boolean {
  const codePoint = text.codePoints[at] ?? 0;
  if (codePoint === STAR) return isStarInWord(text, at);
  if (codePoint < 0 || codePoint > 0x7f || LETTERLIKE[codePoint] === 0) return false;
  if (!OPENING.has(codePoint)) return isBesideLetter(text, at);
  return isWordish(text.codePoints[at - 1] ?? 0) && isWordish(text.codePoints[at + 1] ?? 0);
}

/** Whether a letter stands right beside a place, or, with one thing between, a letter that stands alone. */
function isBesideLetter({ codePoints }: Pick<MappedText, 'codePoints'>, at: number): boolean {
  const letterAt = (place: number): boolean => isWordish(codePoints[place] ?? 0);
  if (letterAt(at - 1) || letterAt(at + 1)) return true;
  return (letterAt(at - 2) && !letterAt(at - 3)) || (letterAt(at + 2) && !letterAt(at + 3));
}

/** Whether a digit may be a letter: one in a number isn't. */
function isDigitInWord(text: Pick<MappedText, 'codePoints'>, at: number): boolean {
  let from = at;
  let to = at;
  while (at - from < LONGEST_NUMBER && isDigit(text.codePoints[from - 1] ?? 0)) from -= 1;
  while (to - at < LONGEST_NUMBER && isDigit(text.codePoints[to + 1] ?? 0)) to += 1;
  if (to - from >= LONGEST_NUMBER) return false;
  const letterAt = (place: number): boolean => isWordish(text.codePoints[place] ?? 0);
  if (letterAt(from - 1) || letterAt(to + 1)) return true;
  return (letterAt(from - 2) && !letterAt(from - 3)) || (letterAt(to + 2) && !letterAt(to + 3));
}
/** More digits in a row than a disguised word has. */
const LONGEST_NUMBER = 8;

/** Brackets are letters only inside a word: before one they open what brackets open. */
export const OPENING = new Set(Array.from('([{', (char) => char.charCodeAt(0)));

/** Whether a letter in ASCII may be meant for another one, or a digit for a letter; see disguise.ts. */
function isDoubtful(text: Pick<MappedText, 'codePoints'>, at: number): boolean {
  const { codePoints } = text;
  const codePoint = codePoints[at] ?? 0;
  const before = codePoints[at - 1] ?? 0;
  if (codePoint > 0x7f) return true;
  if (isDigit(codePoint)) return isDigitInWord(text, at);
  if (codePoint === 0x49) return isSmall(before) || isSmall(codePoints[at + 1] ?? 0);
  if (codePoint === 0x6c) return isCapital(before) || isCapital(codePoints[at + 1] ?? 0);
  const small = codePoint | 0x20;
  if (small === 0x6e || small === 0x76) return (before | 0x20) === (small === 0x6e ? 0x72 : 0x76);
  return false;
}

/** Whether a letter is written for the third time in a row. */
function isThird({ codePoints }: Pick<MappedText, 'codePoints'>, at: number): boolean {
  const small = (codePoints[at] ?? 0) | 0x20;
  if (small < 0x61 || small > 0x7a) return false;
  return ((codePoints[at - 1] ?? 0) | 0x20) === small && ((codePoints[at - 2] ?? 0) | 0x20) === small;
}

/** Characters of ASCII at which isDoubtful, isSignInWord or isThird may say yes: all but most letters and white space. */
const QUIET = new Uint8Array(0x80);
for (const quiet of 'abcdefghijkmopqrstuwxyzABCDEFGHJKLMOPQRSTUWXYZ \n\t\r.,;:-_/"\'=>&#?%~`\\)]}') {
  QUIET[quiet.charCodeAt(0)] = 1;
}

/** Whether what stands at a place may be meant for another letter, or a letter be written too often. */
export function isSuspect(text: Pick<MappedText, 'codePoints'>, at: number): boolean {
  const codePoint = text.codePoints[at] ?? 0;
  if (codePoint < 0) return false;
  if (codePoint < 0x80 && QUIET[codePoint] === 1) {
    return ((text.codePoints[at - 1] ?? 0) | 0x20) === (codePoint | 0x20) && isThird(text, at);
  }
  return isDoubtful(text, at) || isSignInWord(text, at) || isThird(text, at);
}
