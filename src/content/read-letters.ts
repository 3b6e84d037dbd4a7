import { characterOf, composes } from './character.js';
import type { Character, Letter } from './character.js';
import { CASE, classOf, DIGIT, lettersFor, PAIR, pairOf, PLAIN, SIGN, STAR } from './disguise.js';
import type { Disguise } from './disguise.js';
import { BRACKET, EDGE, INVISIBLE, LINK, SIGNS, SOFT, SPACE, STOP } from './letter-stream.js';
import type { LetterStream } from './letter-stream.js';
import { HARD_EDGE } from './mapped-text.js';
import type { MappedText } from './mapped-text.js';
import { isStarInWord, isWordish, OPENING } from './windows.js';

/**
 * How letters are read: `exact` as they are (case and compatibility forms apart), `look` as what they may be taken for,
 * with digits as letters, `apart` like that but with `rn` as two letters (for terms), `signs` with signs as letters too, `literal` with every sign as a letter of its own.
 */
export type Reading = 'exact' | 'look' | 'apart' | 'signs' | 'literal';

/** The sign that a hard edge leaves in a gap; no character has this number. */
const HARD_EDGE_SIGN = 0x110000;

const codes = (signs: string): ReadonlySet<number> => new Set(Array.from(signs, (char) => char.codePointAt(0) ?? 0));
const ENDS_A_PART = codes('.,;:!?…。、，！？；：¿¡<>');
const BRACKETS = codes('()[]{}"«»“”');
const LINKS = codes("'’,ʼʻʹꞌ،");

/** The small letter or digit for each letter or digit of ASCII. */
const SMALL_ASCII = Uint8Array.from({ length: 0x80 }, (_, code) =>
  /[0-9A-Za-z]/.test(String.fromCharCode(code)) ? String.fromCharCode(code).toLowerCase().charCodeAt(0) : 0,
);

/** Reads a text's letters into `stream`, whose former content is lost, in linear time. */
export function readLetters(text: MappedText, reading: Reading, stream: LetterStream): LetterStream {
  stream.reset(text.length);
  const marks = new MarkReader(stream);
  const disguises = reading !== 'exact' && reading !== 'literal';
  stream.note(EDGE);
  for (let at = 0; at < text.length; at += 1) {
    const codePoint = text.codePoints[at] ?? 0;
    if (codePoint < 0) {
      noteEdge(stream, marks, codePoint);
      continue;
    }
    const small = disguises || codePoint > 0x7f ? 0 : (SMALL_ASCII[codePoint] ?? 0);
    if (small !== 0) {
      marks.settle();
      stream.put(small, small, 0, small, PLAIN, at);
      continue;
    }
    const character = characterOf(codePoint);
    if (character.kind === 'letter') {
      marks.settle();
      if (disguises) putLooks(stream, reading, character.letters, text, at);
      else putPlain(stream, character.letters, at);
    } else if (character.kind === 'sign') {
      marks.settle();
      putSign(stream, reading, character, text, at);
    } else if (character.kind === 'mark') marks.add(codePoint, at);
    else noteNothing(stream, marks, character.kind, at);
  }
  marks.settle();
  stream.note(EDGE);
  return stream;
}

/** Notes what a reader doesn't see, or sees as a gap. */
function noteNothing(stream: LetterStream, marks: MarkReader, kind: 'space' | 'overlay' | 'dropped', at: number): void {
  if (kind === 'overlay') marks.noise(at);
  stream.note(kind === 'space' ? SPACE : INVISIBLE);
}

function putPlain(stream: LetterStream, letters: readonly Letter[], at: number): void {
  for (const { letter, marks, look } of letters) stream.put(letter, letter, marks, look, PLAIN, at);
}

function noteEdge(stream: LetterStream, marks: MarkReader, edge: number): void {
  if (edge !== HARD_EDGE) {
    stream.note(SOFT);
    return;
  }
  marks.settle();
  stream.note(SIGNS | STOP | EDGE, HARD_EDGE_SIGN);
}

function putLooks(
  stream: LetterStream,
  reading: Reading,
  letters: readonly Letter[],
  text: MappedText,
  at: number,
): void {
  for (const { letter, marks, look } of letters) {
    const disguise = disguiseOf(letter, text, at);
    const read = disguise === DIGIT ? (lettersFor(letter)[0] ?? look) : look;
    stream.put(classOf(read), letter, marks, read, disguise, at);
    if ((read === 0x6e || read === 0x76) && reading !== 'apart') joinPair(stream);
  }
}

const isSmall = (codePoint: number): boolean => codePoint >= 0x61 && codePoint <= 0x7a;
const isCapital = (codePoint: number): boolean => codePoint >= 0x41 && codePoint <= 0x5a;

function disguiseOf(letter: number, text: MappedText, at: number): Disguise {
  if (letter >= 0x30 && letter <= 0x39) return lettersFor(letter).length > 0 ? DIGIT : PLAIN;
  if (letter !== 0x69 && letter !== 0x6c) return PLAIN;
  const before = text.codePoints[at - 1] ?? 0;
  const after = text.codePoints[at + 1] ?? 0;
  if (text.codePoints[at] === 0x49) return isSmall(before) || isSmall(after) ? CASE : PLAIN;
  if (text.codePoints[at] === 0x6c) return isCapital(before) || isCapital(after) ? CASE : PLAIN;
  return PLAIN;
}

/** Whether the letter at `place` repeats the one before it: then it belongs to a run, not to a pair. */
function isRun({ letters, gaps }: LetterStream, place: number): boolean {
  return place > 0 && gaps[place] === 0 && letters[place] === letters[place - 1];
}

/** Makes one letter of a pair that reads as one; both of its letters are kept, as one number. */
function joinPair(stream: LetterStream): void {
  const last = stream.length - 1;
  if (last < 1 || (stream.gaps[last] ?? 0) !== 0 || isRun(stream, last - 1)) return;
  const pair = pairOf(stream.looks[last - 1] ?? 0, stream.looks[last] ?? 0);
  if (
    pair === 0 ||
    stream.disguises[last - 1] === PAIR ||
    (stream.marks[last - 1] ?? 0) + (stream.marks[last] ?? 0) !== 0
  )
    return;
  stream.length = last;
  stream.symbols[last - 1] = classOf(pair);
  stream.looks[last - 1] = pair;
  stream.letters[last - 1] = -pair;
  stream.disguises[last - 1] = PAIR;
  stream.to[last - 1] = stream.to[last] ?? 0;
}

function putSign(stream: LetterStream, reading: Reading, character: Character, text: MappedText, at: number): void {
  const codePoint = text.codePoints[at] ?? 0;
  if (reading === 'literal') {
    stream.put(codePoint, codePoint, 0, codePoint, SIGN, at);
    return;
  }
  if (reading === 'signs' && isStarInWord(text, at)) {
    stream.put(STAR, STAR, 0, STAR, SIGN, at);
    return;
  }
  const letters = reading === 'exact' ? [] : readAsLetters(reading, character, text, at);
  if (letters.length === 0) {
    stream.note(SIGNS | gapBits(codePoint), codePoint);
    return;
  }
  for (const look of letters) stream.put(classOf(look), codePoint, 0, look, SIGN, at);
}

function gapBits(sign: number): number {
  if (ENDS_A_PART.has(sign)) return STOP;
  if (BRACKETS.has(sign)) return STOP | BRACKET;
  return LINKS.has(sign) ? LINK : 0;
}

function readAsLetters(reading: Reading, character: Character, text: MappedText, at: number): readonly number[] {
  const codePoint = text.codePoints[at] ?? 0;
  const letters = lettersFor(codePoint);
  if (letters.length === 0) return character.lookalike.map(({ look }) => look);
  if (OPENING.has(codePoint) && !isWordish(text.codePoints[at - 1] ?? 0)) return [];
  return reading === 'signs' || codePoint > 0x7f ? letters.slice(0, 1) : [];
}

/** Marks that follow a letter. */
class MarkReader {
  readonly #stream: LetterStream;
  #count = 0;

  constructor(stream: LetterStream) {
    this.#stream = stream;
  }

  add(mark: number, at: number): void {
    const last = this.#stream.length - 1;
    if (last < 0) return;
    this.#stream.to[last] = at;
    this.#count += 1;
    const letter = this.#stream.letters[last] ?? 0;
    if (letter < 0 || !composes(letter, mark)) this.#stream.noise[last] = 1;
    else if (!((letter === 0x69 || letter === 0x6a) && mark === 0x0307)) {
      this.#stream.marks[last] = (this.#stream.marks[last] ?? 0) + mark;
    }
  }

  noise(at: number): void {
    const last = this.#stream.length - 1;
    if (last < 0) return;
    this.#stream.to[last] = at;
    this.#stream.noise[last] = 1;
  }

  /** No orthography of Latin or Cyrillic letters puts more than two marks on one, none of Greek more than three. */
  settle(): void {
    if (this.#count === 0) return;
    const last = this.#stream.length - 1;
    const letter = this.#stream.letters[last] ?? 0;
    const most = letter >= 0x370 && letter < 0x400 ? 3 : 2;
    if (this.#count > most && letter < 0x530) {
      this.#stream.marks[last] = 0;
      this.#stream.noise[last] = 1;
    }
    this.#count = 0;
  }
}

/**
 * Puts the stream into `out` with every run of one letter made one, and answers whether one was three letters long or more;
 * a run is letters with nothing between them.
 */
export function withoutRepeats(stream: LetterStream, out: LetterStream): boolean {
  if (!hasLongRun(stream)) return false;
  out.reset(stream.length);
  for (let at = 0; at < stream.length; at += 1) {
    const last = out.length - 1;
    if (last >= 0 && stream.gaps[at] === 0 && stream.letters[at] === out.letters[last]) {
      out.runs[last] = (out.runs[last] ?? 0) + 1;
      out.to[last] = stream.to[at] ?? 0;
    } else copyLetter(stream, at, out);
  }
  out.gaps[out.length] = stream.gaps[stream.length] ?? EDGE;
  return true;
}

function hasLongRun({ letters, gaps, length }: LetterStream): boolean {
  for (let at = 2; at < length; at += 1) {
    const same = letters[at] === letters[at - 1] && letters[at] === letters[at - 2];
    if (same && gaps[at] === 0 && gaps[at - 1] === 0) return true;
  }
  return false;
}

function copyLetter(stream: LetterStream, at: number, out: LetterStream): void {
  const place = out.length;
  out.gaps[place] = stream.gaps[at] ?? 0;
  out.gapSigns[place] = stream.gapSigns[at] ?? 0;
  out.gapSizes[place] = stream.gapSizes[at] ?? 0;
  out.noise[place] = stream.noise[at] ?? 0;
  const disguise = (stream.disguises[at] ?? PLAIN) as Disguise;
  const [letter = 0, marks = 0, look = 0] = [stream.letters[at], stream.marks[at], stream.looks[at]];
  out.put(stream.symbols[at] ?? 0, letter, marks, look, disguise, stream.from[at] ?? 0);
  out.to[place] = stream.to[at] ?? 0;
}
