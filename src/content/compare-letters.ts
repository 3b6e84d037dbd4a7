import { CASE, DIGIT, isVowel, lettersFor, PAIR, SIGN, STAR } from './disguise.js';
import type { Stretch } from './layout.js';
import type { LetterStream } from './letter-stream.js';
import { scriptOf } from './script.js';
import type { TermForm } from './term.js';

const SMALL_I = 0x69;
const SMALL_L = 0x6c;
/** Letters of living alphabets that look like a Latin one with a stroke or without its dot. */
const NATIONAL = new Set(Array.from('ıøłđħŧ', (char) => char.charCodeAt(0)));
/** East Asian signs that look like letters are one way only: nobody writes letters for them. */
const EAST_ASIAN = 0x2e80;
/** How many letters on each side say in which writing system a text is. */
export const SURROUNDINGS = 60;

/** How the letters of a stretch come to be those of a term. */
interface Tally {
  same: number;
  digits: number;
  signs: number;
  lookalikes: number;
  pairs: number;
  foreignMarks: number;
  noise: number;
}

/**
 * Whether the letters of the stretch are the term's, or a reader would take them for its letters. They share their
 * symbols already; here each disguise has to be one that somebody would write, in a place where it is one.
 */
export function lettersAgree(stretch: Stretch, form: TermForm): boolean {
  const tally: Tally = { same: 0, digits: 0, signs: 0, lookalikes: 0, pairs: 0, foreignMarks: 0, noise: 0 };
  for (let at = 0; at < form.symbols.length; at += 1) {
    if (!countLetter(stretch.stream, stretch.start + at, form, at, tally)) return false;
  }
  const size = form.symbols.length;
  return (
    marksAgree(tally, size) &&
    signsAgree(tally, size) &&
    (tally.pairs === 0 || size >= 4) &&
    (tally.lookalikes === 0 || lookalikesDisguise(stretch, form))
  );
}

function countLetter(stream: LetterStream, place: number, form: TermForm, at: number, tally: Tally): boolean {
  const letter = stream.letters[place] ?? 0;
  const wanted = form.letters[at] ?? 0;
  tally.noise += stream.noise[place] ?? 0;
  if (letter === wanted) tally.same += 1;
  else if (!countDisguise(stream, place, form, at, tally)) return false;
  const sign = stream.disguises[place] === SIGN || (stream.disguises[place] === DIGIT && letter !== wanted);
  if (!sign && stream.marks[place] !== form.marks[at]) {
    if ((form.marks[at] ?? 0) !== 0 && (stream.marks[place] ?? 0) === 0) return false;
    tally.foreignMarks += 1;
  }
  return true;
}

function countDisguise(stream: LetterStream, place: number, form: TermForm, at: number, tally: Tally): boolean {
  const letter = stream.letters[place] ?? 0;
  const wanted = form.letters[at] ?? 0;
  const look = form.looks[at] ?? 0;
  switch (stream.disguises[place]) {
    case DIGIT:
    case SIGN:
      tally.signs += 1;
      if (stream.disguises[place] === DIGIT) tally.digits += 1;
      return signStandsFor(letter, stream.looks[place] ?? 0, wanted, look);
    case CASE:
      return isIOrL(wanted);
    case PAIR:
      tally.pairs += 1;
      return wanted === stream.looks[place];
    default:
      tally.lookalikes += 1;
      return mayDisguise(letter, wanted) && looksLike(letter, stream.looks[place] ?? 0, look);
  }
}

function signStandsFor(sign: number, read: number, wanted: number, look: number): boolean {
  if (sign === STAR) return isVowel(wanted);
  const letters = lettersFor(sign);
  return letters.length === 0 ? read === look : letters.includes(look);
}

/** ASCII letters are no disguise of one another, nor of East Asian signs. */
function mayDisguise(letter: number, wanted: number): boolean {
  return wanted >= 0 && (letter >= 0x80 || wanted >= 0x80) && (letter >= EAST_ASIAN || wanted < EAST_ASIAN);
}

/** UTS #39 takes a capital I for an l, so what looks like an l to it may be meant for either. */
function looksLike(letter: number, read: number, look: number): boolean {
  return read === look || (letter >= 0x80 && read === SMALL_L && isIOrL(look));
}

const isIOrL = (letter: number): boolean => letter === SMALL_I || letter === SMALL_L;

/** At most half of the letters may be digits, and one is a letter; a word of three has one sign or digit at most. */
function signsAgree({ digits, signs }: Tally, size: number): boolean {
  if (signs === 0) return true;
  return size > 3 ? digits * 2 <= size + 1 && signs < size : size === 3 && signs === 1;
}

/**
 * A real accent makes another letter. Accents on every letter, or beside marks that no orthography knows, are noise. A term
 * with an accent isn't found in a word without it.
 */
function marksAgree(tally: Tally, size: number): boolean {
  return tally.foreignMarks === 0 || tally.noise > 0 || (tally.foreignMarks === size && size >= 4);
}

/**
 * Whether letters that only look like the term's are a disguise: a word of several writing systems is one; a word all in
 * another one than the term's is one unless the text around it is written like that: `сор` is Russian among Russian.
 */
function lookalikesDisguise(stretch: Stretch, form: TermForm): boolean {
  const scripts = new Set<string>();
  let national = false;
  for (let place = stretch.start; place <= stretch.end; place += 1) {
    const letter = stretch.stream.letters[place] ?? 0;
    if (isWritten(stretch.stream, place)) scripts.add(scriptOf(letter));
    national ||= NATIONAL.has(letter);
  }
  if (national && accentsAround(stretch)) return false;
  const [only = '', second] = scripts;
  if (second !== undefined) return true;
  if (form.letters.every((letter) => letter < 0x41 || scriptOf(letter) === only)) return true;
  return !prevailsAround(stretch, only);
}

const isWritten = (stream: LetterStream, place: number): boolean => {
  const disguise = stream.disguises[place];
  return disguise !== SIGN && disguise !== DIGIT && (stream.letters[place] ?? 0) > 0x40;
};

function* around({ stream, start, end }: Stretch): Iterable<number> {
  for (let place = Math.max(0, start - SURROUNDINGS); place < start; place += 1) yield place;
  for (let place = end + 1; place < Math.min(stream.length, end + 1 + SURROUNDINGS); place += 1) yield place;
}

/** Asked once for each stretch of the text, since a text may be full of words that look like a term. */
function prevailsAround(stretch: Stretch, script: string): boolean {
  const { answers } = stretch.stream;
  const key = `${script} ${stretch.start >> STRETCH_BITS}`;
  const known = answers.get(key);
  if (known !== undefined) return known;
  const answer = countAround(stretch, script);
  answers.set(key, answer);
  return answer;
}
const STRETCH_BITS = 4;

function countAround(stretch: Stretch, script: string): boolean {
  let all = 0;
  let same = 0;
  for (const place of around(stretch)) {
    if (!isWritten(stretch.stream, place)) continue;
    all += 1;
    if (scriptOf(stretch.stream.letters[place] ?? 0) === script) same += 1;
  }
  return same > 0 && same * 2 >= all;
}

/** Other accents or letters of national alphabets nearby: then `sık` is Turkish and no disguise of `sik`, `bøn` Danish. */
function accentsAround(stretch: Stretch): boolean {
  const { letters, marks } = stretch.stream;
  for (const place of around(stretch)) {
    if (NATIONAL.has(letters[place] ?? 0) || OTHER_NATIONAL.has(letters[place] ?? 0) || marks[place] !== 0) return true;
  }
  return false;
}
const OTHER_NATIONAL = new Set(Array.from('æœþðəŋ', (char) => char.charCodeAt(0)));
