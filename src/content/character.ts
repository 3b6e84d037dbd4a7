import { lookOf } from './skeleton.js';

/** What a character is to a reader who looks for words. */
export type CharacterKind = 'dropped' | 'overlay' | 'space' | 'sign' | 'letter' | 'mark';

/** One letter that a character stands for. */
export interface Letter {
  /** The letter itself: decomposed (NFKD), case folded, without its marks. */
  readonly letter: number;
  /** Marks that are part of the character, as a number that doesn't depend on their order; 0 when there are none. */
  readonly marks: number;
  /** What the letter may be taken for, in lower case; the letter itself when it looks like no other. */
  readonly look: number;
}

export interface Character {
  readonly kind: CharacterKind;
  readonly letters: readonly Letter[];
  /** Letters of a sign that may be taken for some: `€`, `ⓢ` has letters of its own. */
  readonly lookalike: readonly Letter[];
}

const DROPPED = /^(?:\p{Default_Ignorable_Code_Point}|\p{Cf}|(?!\s|\x85)\p{Cc}|\u2800|[\u{1f3fb}-\u{1f3ff}])$/u;
const SPACE = /^(?:\s|\x85)$/u;
const WORD = /^[\p{L}\p{Nd}\p{Nl}]$/u;
/** Marks that cross out or surround a letter, and Cyrillic's numerals around letters. */
const OVERLAY = /^[\u0334-\u0338\u0488\u0489\u1abe\u20d0-\u20f0]$/u;
const INHERITED = /^[\p{Script=Inherited}\u0591-\u05c7\u0610-\u061a\u06d6-\u06ed]$/u;
const MARK = /^\p{M}$/u;
/** Signs that stand after a word and are no part of it (modifier letters that look like an apostrophe are signs too), though they decompose into letters or digits. */
const NOTES = /^[\u00b2\u00b3\u00b9\u2070\u2074-\u2079\u2080-\u2089\u2120\u2122\u{1f16a}-\u{1f16c}]$/u;
/** Letters of living alphabets: their stroke or shape is no disguise of another letter. */
const OF_THEIR_OWN = new Set('ŋəþðæœßŀ');
/** Tatweel only stretches an Arabic word. */
const TATWEEL = 0x0640;

const NOTHING: Character = { kind: 'dropped', letters: [], lookalike: [] };

/** Kept answers; their number is bounded, for a text can hold a million different characters. */
const known = new Map<number, Character>();
const KNOWN_AT_MOST = 30_000;

/** Alphabets up to Thai are looked up by their number. */
const COMMON = 0xe80;
const commonOnes: (Character | undefined)[] = Array.from({ length: COMMON }, () => undefined);

/** What the character is; the answer is kept, so asking again costs a look-up. */
export function characterOf(codePoint: number): Character {
  const common = codePoint < COMMON ? commonOnes[codePoint] : undefined;
  if (common !== undefined) return common;
  const before = known.get(codePoint);
  if (before !== undefined) return before;
  const character = read(String.fromCodePoint(codePoint), codePoint);
  if (codePoint < COMMON) commonOnes[codePoint] = character;
  else {
    if (known.size >= KNOWN_AT_MOST) known.clear();
    known.set(codePoint, character);
  }
  return character;
}

function read(char: string, codePoint: number): Character {
  if (SPACE.test(char)) return { kind: 'space', letters: [], lookalike: [] };
  if (OVERLAY.test(char)) return { kind: 'overlay', letters: [], lookalike: [] };
  if (codePoint === TATWEEL) return NOTHING;
  if (MARK.test(char) && INHERITED.test(char) && !DROPPED.test(char))
    return { kind: 'mark', letters: [], lookalike: [] };
  if (DROPPED.test(char)) return NOTHING;
  if (NOTES.test(char) || lookOf(char) === "'") return { kind: 'sign', letters: [], lookalike: [] };
  const letters = lettersOf(char);
  const isWord = letters.length > 0 && (WORD.test(char) || MARK.test(char) || letterlike(char));
  if (isWord) return { kind: 'letter', letters, lookalike: [] };
  return { kind: 'sign', letters: [], lookalike: codePoint < 0x80 ? [] : signLookalike(char) };
}

/** Signs made of letters alone: circled, squared, regional ones. */
function letterlike(char: string): boolean {
  const plain = char.normalize('NFKD');
  return plain !== char
    ? /^\(?[\p{L}\p{Nd}]+\)?$/u.test(plain) && /\p{L}/u.test(plain)
    : /^\p{So}$/u.test(char) && lookOf(char) !== undefined && /^[a-z]$/.test(lookOf(char) ?? '');
}

function signLookalike(char: string): readonly Letter[] {
  const look = lookOf(char);
  if (look === undefined || !/^[a-z]{1,3}$/.test(look.replace(/\p{M}/gu, ''))) return [];
  return Array.from(look.replace(/\p{M}/gu, '')).map((letter) => plainLetter(letter.codePointAt(0) ?? 0));
}

const plainLetter = (letter: number): Letter => ({ letter, marks: 0, look: letter });

function lettersOf(char: string): readonly Letter[] {
  const letters: Letter[] = [];
  for (const part of char.normalize('NFKD')) {
    const codePoint = part.codePointAt(0) ?? 0;
    const last = letters.at(-1);
    if (MARK.test(part) && INHERITED.test(part)) {
      if (last !== undefined && !OVERLAY.test(part)) letters[letters.length - 1] = withMark(last, codePoint);
    } else if (WORD.test(part) || MARK.test(part)) letters.push(...folded(part));
  }
  const [only] = letters;
  if (only !== undefined) return letters.length === 1 ? [{ ...only, look: ownLook(char) ?? only.look }] : letters;
  const look = lookOf(char);
  return look !== undefined && /^\p{So}$/u.test(char) && /^[a-z]$/.test(look) ? [plainLetter(look.charCodeAt(0))] : [];
}

/** What a character looks like as it is, where its compatible form looks like something else: Ϲ is a sigma that looks like C. */
function ownLook(char: string): number | undefined {
  const look = lookOf(char);
  return look !== undefined && /^[a-z]$/.test(look) ? look.charCodeAt(0) : undefined;
}

/** Dots of i and j are no marks: they come and go with the case. */
function withMark(letter: Letter, mark: number): Letter {
  const dotted = letter.letter === 0x69 || letter.letter === 0x6a;
  return dotted && mark === 0x0307 ? letter : { ...letter, marks: letter.marks + mark };
}

/** Full case folding, except that a dotless i stays one: Turkish words differ by it. */
function folded(part: string): readonly Letter[] {
  const fold = part === 'ı' ? part : part.toUpperCase().toLowerCase();
  const look = lookLetter(part);
  const parts = Array.from(fold).filter((char) => !(MARK.test(char) && INHERITED.test(char)));
  return parts.map((char) => {
    const letter = char.codePointAt(0) ?? 0;
    return { letter, marks: 0, look: (parts.length === 1 ? look : undefined) ?? lookLetter(char) ?? letter };
  });
}

/** The one ASCII or other letter that a letter may be taken for, or undefined when it stands for itself. */
function lookLetter(char: string): number | undefined {
  if (OF_THEIR_OWN.has(char.toLowerCase())) return undefined;
  const look = Array.from((lookOf(char) ?? '').normalize('NFD')).filter((part) => !MARK.test(part));
  return look.length === 1 ? look[0]?.codePointAt(0) : undefined;
}

/** Whether a mark is one that `base` takes in some orthography: together they are one character in NFC. */
export function composes(base: number, mark: number): boolean {
  const key = base * 0x110000 + mark;
  const before = composed.get(key);
  if (before !== undefined) return before;
  const joined = (String.fromCodePoint(base) + String.fromCodePoint(mark)).normalize('NFC');
  const answer = joined.codePointAt(0) !== base;
  if (composed.size >= KNOWN_AT_MOST) composed.clear();
  composed.set(key, answer);
  return answer;
}
const composed = new Map<number, boolean>();
