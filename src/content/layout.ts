import { SIGN } from './disguise.js';
import { BRACKET, BREAKS, EDGE, isLinked, LINK, SIGNS, SOFT, SPACE, STOP } from './letter-stream.js';
import type { LetterStream } from './letter-stream.js';
import { isUnspaced } from './script.js';
import { LINKED, STARTS } from './term.js';
import type { TermForm } from './term.js';

/** A stretch of a stream that holds a term's letters: the places of the first and the last of them. */
export interface Stretch {
  readonly stream: LetterStream;
  readonly start: number;
  readonly end: number;
}

const FULL_STOP = 0x2e;
/** More signs than this between two letters, and no reader joins them. */
const WIDEST_GAP = 3;

/**
 * Whether what stands between the letters lets a reader take them for the term: written as its words are, or all letters
 * apart in one way (`s c a m`, `s.c.a.m`), or its words broken by signs (`sc-am`, `s*cam`).
 */
export function readsAsOne(stretch: Stretch, form: TermForm): boolean {
  return asWords(stretch, form) || spacedOut(stretch, form) || brokenBySigns(stretch, form);
}

const gapAt = ({ stream }: Stretch, place: number): number => stream.gaps[place] ?? EDGE;
const startsWord = ({ start }: Stretch, form: TermForm, place: number): boolean =>
  form.wordStarts[place - start] === STARTS;

/** Whether the term has an apostrophe there, and the text has one or leaves it out. */
function linksAlike({ stream, start }: Stretch, form: TermForm, place: number): boolean {
  return form.wordStarts[place - start] === LINKED && isLinked(stream, place);
}

function asWords(stretch: Stretch, form: TermForm): boolean {
  for (let place = stretch.start + 1; place <= stretch.end; place += 1) {
    const gap = gapAt(stretch, place);
    if (startsWord(stretch, form, place)) {
      if (!parts(stretch, place)) return false;
    } else if ((gap & (SIGNS | SPACE)) !== 0 && !linksAlike(stretch, form, place)) return false;
  }
  return true;
}

/** Whether a gap parts two words of one term: white space, markup, a hyphen and the like, not the end of a sentence. */
function parts(stretch: Stretch, place: number): boolean {
  const gap = gapAt(stretch, place);
  if (gap === 0) return false;
  if ((gap & SIGNS) === 0) return true;
  if ((stretch.stream.gapSizes[place] ?? 0) > WIDEST_GAP) return false;
  return (gap & (STOP | LINK)) === 0 || ((gap & SPACE) === 0 && stretch.stream.gapSigns[place] === FULL_STOP);
}

/** What a gap is made of: a sign, a negative number of different ones, 1 for white space alone, 0 for nothing. */
function gapKind(stretch: Stretch, place: number): number {
  const gap = gapAt(stretch, place);
  if ((gap & SIGNS) !== 0) {
    const sign = stretch.stream.gapSigns[place] ?? 0;
    return sign > 0 ? sign : -(stretch.stream.gapSizes[place] ?? 0);
  }
  return (gap & SPACE) !== 0 ? 1 : 0;
}

/** Every letter apart in the same way; where white space parts them, one pair of four or more may stand together. */
function spacedOut(stretch: Stretch, form: TermForm): boolean {
  const size = form.symbols.length;
  if (size < (isUnspaced(form.letters[0] ?? 0) ? 2 : 3)) return false;
  let kind = 0;
  let together = 0;
  for (let place = stretch.start + 1; place <= stretch.end; place += 1) {
    const here = gapKind(stretch, place);
    if (startsWord(stretch, form, place)) {
      if (gapAt(stretch, place) === 0) return false;
    } else if (here === 0) together += 1;
    else if ((kind !== 0 && here !== kind) || isWide(stretch, place, size)) return false;
    else kind = here;
  }
  return kind !== 0 && together <= (size >= 4 && kind === 1 ? 1 : 0) && standsAlone(stretch, kind);
}

/** Too many signs, or commas and apostrophes in a term so short that they may be a list. */
function isWide(stretch: Stretch, place: number, size: number): boolean {
  return (stretch.stream.gapSizes[place] ?? 0) > WIDEST_GAP || ((gapAt(stretch, place) & LINK) !== 0 && size < 4);
}

/** Words of one letter that may stand beside a term whose letters are all apart: `this is a s c a m`. */
const ONE_LETTER_WORDS = new Set(Array.from('aiyoeuàéивскоуяаі').map((char) => char.codePointAt(0) ?? 0));

function standsAlone(stretch: Stretch, kind: number): boolean {
  const { stream, start, end } = stretch;
  if (kind !== 1) return !tied(stretch, start, kind) && !tied(stretch, end + 1, kind);
  const single = (place: number): boolean =>
    place >= 0 && place < stream.length && gapKind(stretch, place) === 1 && gapKind(stretch, place + 1) === 1;
  const allowed = (place: number, further: number): boolean =>
    !single(place) || (ONE_LETTER_WORDS.has(stream.letters[place] ?? 0) && !single(further));
  return allowed(start - 1, start - 2) && allowed(end + 1, end + 2);
}

/** Whether the same sign, with no white space, ties the stretch to more letters. */
function tied(stretch: Stretch, place: number, kind: number): boolean {
  return gapKind(stretch, place) === kind && (gapAt(stretch, place) & (SPACE | EDGE | SOFT)) === 0;
}

/** Signs inside a word: all of what stands between two spaces is the term, but for the signs. */
function brokenBySigns(stretch: Stretch, form: TermForm): boolean {
  if (form.symbols.length < 4) return false;
  let broken = 0;
  for (let place = stretch.start + 1; place <= stretch.end; place += 1) {
    if (startsWord(stretch, form, place)) {
      if (!parts(stretch, place)) return false;
      continue;
    }
    if (linksAlike(stretch, form, place)) continue;
    if (!mayBreak(stretch, place)) return false;
    if ((gapAt(stretch, place) & SIGNS) !== 0) broken += 1;
  }
  return broken > 0 && endsToken(stretch, stretch.start) && endsToken(stretch, stretch.end + 1);
}

/** Whether what stands between two letters of one word, if anything, may be a sign put there to break it. */
function mayBreak(stretch: Stretch, place: number): boolean {
  const gap = gapAt(stretch, place);
  if ((gap & SPACE) !== 0 || ((gap & LINK) !== 0 && !partsOddly(stretch, place))) return false;
  if ((gap & SIGNS) === 0) return true;
  const sign = stretch.stream.gapSigns[place];
  if ((gap & STOP) !== 0 && (gap & BRACKET) === 0 && sign !== FULL_STOP) return false;
  return (stretch.stream.gapSizes[place] ?? 0) <= WIDEST_GAP;
}

/** What follows the apostrophe in `we'll` and the like. */
const CONTRACTED = new Set(['ll', 're', 've', 'em', 'er']);

/** Whether no language parts a word by an apostrophe or comma there: two letters or more on each side, and no contraction. */
function partsOddly({ stream }: Stretch, place: number): boolean {
  const isWhole = (at: number): boolean => at < stream.length && ((stream.gaps[at] ?? EDGE) & BREAKS) === 0;
  if (!isWhole(place - 1) || !isWhole(place + 1)) return false;
  if (isWhole(place + 2)) return true;
  return !CONTRACTED.has(String.fromCodePoint(...[place, place + 1].map((at) => Math.max(0, stream.letters[at] ?? 0))));
}

function endsToken(stretch: Stretch, place: number): boolean {
  const gap = gapAt(stretch, place);
  if ((gap & (SPACE | EDGE | SOFT)) !== 0) return true;
  return (gap & STOP) !== 0 && stretch.stream.gapSigns[place] !== FULL_STOP;
}

/** Whether the letter at `place` was written as a sign, which may end a word as well as be part of one. */
export function isSign(stream: LetterStream, place: number): boolean {
  return place >= 0 && place < stream.length && stream.disguises[place] === SIGN;
}
