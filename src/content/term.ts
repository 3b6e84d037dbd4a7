import { characterOf } from './character.js';
import { mappedFrom } from './mapped-text.js';
import { BREAKS, isLinked, LetterStream } from './letter-stream.js';
import { isVowel, STAR } from './disguise.js';
import { readLetters } from './read-letters.js';
import type { Reading } from './read-letters.js';

/** One way in which a term is looked for: its letters as an automaton reads them. */
export interface TermForm {
  /** The number of the term in the list that was compiled. */
  readonly term: number;
  readonly symbols: readonly number[];
  readonly letters: readonly number[];
  readonly looks: readonly number[];
  readonly marks: readonly number[];
  readonly runs: readonly number[];
  /** STARTS where a new word of the term begins, LINKED where an apostrophe stands inside one. */
  readonly wordStarts: readonly number[];
}

export interface TermForms {
  readonly exact: readonly TermForm[];
  readonly look: readonly TermForm[];
  readonly literal: readonly TermForm[];
}

export const STARTS = 1;
export const LINKED = 2;

const NONE: TermForms = { exact: [], look: [], literal: [] };

/**
 * The ways in which a term is looked for, or a sentence that says why it can't be. A term of letters and digits is looked
 * for as letters, whatever stands between its words; one with signs of its own (`c++`, an emoji) is looked for with them.
 */
export function termForms(term: number, text: string): TermForms | string {
  const isLiteral = hasSignsOfItsOwn(text);
  const exact = formOf(term, text, isLiteral ? 'literal' : 'exact');
  if (exact.symbols.length === 0) return 'This term has nothing in it that a reader would see.';
  if (isLiteral) return { ...NONE, literal: [exact] };
  const look = distinct(casesOf(text).map((one) => formOf(term, one, 'look')));
  const hasPair = look.some(({ letters }) => letters.some((letter) => letter < 0));
  const apart = hasPair ? casesOf(text).map((one) => formOf(term, one, 'apart')) : [];
  return { exact: [exact], look: distinct([...look, ...apart]), literal: [] };
}

/** Why a term can't be looked for; undefined when it can. */
export function termFault(text: string): string | undefined {
  const made = termForms(0, text);
  return typeof made === 'string' ? made : undefined;
}

/** In capitals a letter of another alphabet may look like another one than in small letters: Greek Η like H, η like n. */
function casesOf(text: string): readonly string[] {
  return NOT_ASCII.test(text) ? [text, text.toLowerCase(), text.toUpperCase()] : [text];
}
const NOT_ASCII = /[^\p{ASCII}]/u;

/** Whether taking away what is no letter or digit would take more than hyphens, apostrophes, dots and spaces. */
function hasSignsOfItsOwn(text: string): boolean {
  return Array.from(text).some(
    (char) => characterOf(char.codePointAt(0) ?? 0).kind === 'sign' && !/[\s\p{Pd}_.'’·/]/u.test(char),
  );
}

/** Terms are read one after the other, into the same memory. */
const scratch = new LetterStream(64);

function formOf(term: number, text: string, reading: Reading): TermForm {
  return fromStream(term, readLetters(mappedFrom(text), reading, scratch));
}

function fromStream(term: number, stream: LetterStream): TermForm {
  const column = (values: Int32Array): number[] => Array.from(values.subarray(0, stream.length));
  const wordStarts = Array.from(stream.gaps.subarray(0, stream.length), (gap, place) => {
    if ((gap & BREAKS) === 0) return 0;
    return isLinked(stream, place) ? LINKED : STARTS;
  });
  return {
    term,
    symbols: column(stream.symbols),
    letters: column(stream.letters),
    looks: column(stream.looks),
    marks: column(stream.marks),
    runs: column(stream.runs),
    wordStarts,
  };
}

/** Long terms are left out: each of their vowels would cost memory. */
const LONGEST_MASKED = 12;

/**
 * The forms of a term with one of its vowels starred out, `sc*m`. Letters that are no vowels stay: without two of them that
 * are known, a starred word could be anything.
 */
export function maskedForms(form: TermForm): readonly TermForm[] {
  if (form.symbols.length < 4 || form.symbols.length > LONGEST_MASKED) return [];
  return form.letters.flatMap((letter, at) =>
    isVowel(letter) ? [{ ...form, symbols: form.symbols.map((symbol, place) => (place === at ? STAR : symbol)) }] : [],
  );
}

/** The form with every run of one letter made one. */
export function collapsedForm(form: TermForm): TermForm {
  const keep = form.symbols.map(
    (symbol, at) =>
      at === 0 ||
      symbol !== form.symbols[at - 1] ||
      form.letters[at] !== form.letters[at - 1] ||
      form.wordStarts[at] !== 0,
  );
  const kept = (values: readonly number[]): number[] => values.filter((_, at) => keep[at] === true);
  const runs: number[] = [];
  for (const starts of keep) {
    if (starts) runs.push(1);
    else runs[runs.length - 1] = (runs.at(-1) ?? 0) + 1;
  }
  return {
    term: form.term,
    symbols: kept(form.symbols),
    letters: kept(form.letters),
    looks: kept(form.looks),
    marks: kept(form.marks),
    wordStarts: kept(form.wordStarts),
    runs,
  };
}

/** The forms that an automaton can tell from one another. */
function distinct(forms: readonly TermForm[]): readonly TermForm[] {
  const seen = new Map(forms.map((form) => [form.symbols.join(), form]));
  return [...seen.values()];
}
