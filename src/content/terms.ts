import { automatonBuilder } from './automaton.js';
import type { Automaton } from './automaton.js';
import { lettersAgree, SURROUNDINGS } from './compare-letters.js';
import { isSign, readsAsOne } from './layout.js';
import type { Stretch } from './layout.js';
import { BREAKS, LetterStream } from './letter-stream.js';
import type { MappedText } from './mapped-text.js';
import { readLetters, withoutRepeats } from './read-letters.js';
import { collapsedForm, maskedForms, termForms } from './term.js';
import type { TermForm } from './term.js';
import { wordEdges } from './word-edge.js';
import type { WordEdges } from './word-edge.js';
import { isPlain } from './reading-text.js';
import { isSignInWord, isStarInWord, isSuspect, windowsOf } from './windows.js';

/** Where a term was found: its number, and the text and the code points in it that hold it, `to` being the last one. */
export interface TermHit {
  readonly term: number;
  readonly text: MappedText;
  readonly from: number;
  readonly to: number;
}

/** Every term at once: one walk for each way of reading. */
export interface TermIndex {
  readonly exact: FormIndex;
  readonly look: FormIndex;
  readonly literal: FormIndex;
  /** Terms with every run of a letter made one, and with a vowel starred out; made when a text first needs them. */
  readonly repeats: () => FormIndex;
  readonly masked: () => FormIndex;
  /** Letters of the longest term. */
  readonly longest: number;
}

interface FormIndex {
  readonly automaton: Automaton;
  readonly forms: readonly TermForm[];
}

export interface TermFault {
  readonly term: number;
  readonly message: string;
}

/** Builds the index, or says which terms can't be looked for. */
export function indexTerms(terms: readonly string[]): {
  readonly index: TermIndex;
  readonly faults: readonly TermFault[];
} {
  const kinds = ['exact', 'look', 'literal'] as const;
  const forms: Record<(typeof kinds)[number], TermForm[]> = { exact: [], look: [], literal: [] };
  const faults: TermFault[] = [];
  terms.forEach((text, term) => {
    const made = termForms(term, text);
    if (typeof made === 'string') faults.push({ term, message: made });
    else for (const kind of kinds) forms[kind].push(...made[kind]);
  });
  const index = {
    exact: indexForms(forms.exact, 'table'),
    look: indexForms(forms.look, 'table'),
    repeats: once(() => indexForms(forms.look.map(collapsedForm), 'compact')),
    literal: indexForms(forms.literal, 'compact'),
    masked: once(() => indexForms(forms.look.flatMap(maskedForms), 'compact')),
    longest: [...forms.exact, ...forms.literal].reduce((most, form) => Math.max(most, form.symbols.length), 0),
  };
  return { index, faults };
}

function indexForms(forms: readonly TermForm[], table: 'table' | 'compact'): FormIndex {
  const builder = automatonBuilder(table);
  forms.forEach((form, number) => builder.add(form.symbols, number));
  return { automaton: builder.build(), forms };
}

export interface TermMemory {
  readonly stream: LetterStream;
  readonly repeats: LetterStream;
}

export function termMemory(): TermMemory {
  return { stream: new LetterStream(64), repeats: new LetterStream(64) };
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}

function hasStar(text: MappedText): boolean {
  for (let at = 0; at < text.length; at += 1) if (isStarInWord(text, at)) return true;
  return false;
}

/** What goes through all searches of one text. */
export interface TermSearch {
  /** Streams that are filled again for each reading. */
  readonly memory: TermMemory;
  /** Questions to the segmenter that are left. */
  readonly segments: { left: number };
  /** Whether a term is still looked for: one that was found already needs no second look. */
  readonly wanted: (term: number) => boolean;
  readonly found: (hit: TermHit) => void;
}

/** How far around what is new in a text it has to be read: a term's length, and what tells the language of the text. */
export function reachOf(text: MappedText, longest: number): number {
  return longest + (isPlain(text) ? 2 : SURROUNDINGS + 2);
}

/**
 * Looks for every term that is still wanted in the text, read in every way; only what stands around letters that may be
 * meant for others is read for their looks.
 */
export function findTerms(near: MappedText, index: TermIndex, search: TermSearch): void {
  const reach = reachOf(near, index.longest);
  const { stream, repeats } = search.memory;
  const walk = (part: MappedText, letters: LetterStream, forms: FormIndex): void =>
    searchStream(part, letters, forms, wordEdges(part, search.segments), search);
  if (index.literal.automaton.size > 0) walk(near, readLetters(near, 'literal', stream), index.literal);
  if (index.exact.automaton.size === 0) return;
  walk(near, readLetters(near, 'exact', stream), index.exact);
  const doubtful = windowsOf(near, reach, (at) => isSuspect(near, at));
  if (doubtful === undefined) return;
  walk(doubtful, readLetters(doubtful, 'look', stream), index.look);
  if (withoutRepeats(stream, repeats)) walk(doubtful, repeats, index.repeats());
  const signs = windowsOf(doubtful, reach, (at) => isSignInWord(doubtful, at));
  if (signs === undefined) return;
  walk(signs, readLetters(signs, 'signs', stream), index.look);
  if (hasStar(signs)) walk(signs, stream, index.masked());
}

function searchStream(
  text: MappedText,
  stream: LetterStream,
  { automaton, forms }: FormIndex,
  edges: WordEdges,
  search: TermSearch,
): void {
  automaton.walk(stream.symbols, stream.length, (end, state) => {
    if (insideWord(stream, end + 1)) return;
    for (const number of automaton.wordsAt(state)) {
      const form = forms[number];
      if (form === undefined || !search.wanted(form.term)) continue;
      const stretch = { stream, start: end - form.symbols.length + 1, end };
      if (!agrees(stretch, form, edges)) continue;
      search.found({ term: form.term, text, from: stream.from[stretch.start] ?? 0, to: stream.to[end] ?? 0 });
    }
  });
}

/** A quick look that spares most words' beginnings the longer one: a letter follows, in a writing system with spaces. */
function insideWord(stream: LetterStream, place: number): boolean {
  if (((stream.gaps[place] ?? BREAKS) & BREAKS) !== 0) return false;
  return (stream.letters[place] ?? 0) < 0x530 && (stream.letters[place - 1] ?? 0) < 0x530 && !isSign(stream, place);
}

function agrees(stretch: Stretch, form: TermForm, edges: WordEdges): boolean {
  const { stream, start, end } = stretch;
  return (
    readsAsOne(stretch, form) &&
    runsAgree(stream, start, form) &&
    lettersAgree(stretch, form) &&
    edges.breaks(stream, start, 'start') &&
    edges.breaks(stream, end + 1, 'end')
  );
}

/** A letter written three times or more may be meant once or twice; written twice, it is meant twice. */
function runsAgree(stream: LetterStream, start: number, form: TermForm): boolean {
  for (let at = 0; at < form.runs.length; at += 1) {
    const run = stream.runs[start + at] ?? 1;
    const wanted = form.runs[at] ?? 1;
    if (run !== wanted && (run < 3 || run < wanted)) return false;
  }
  return true;
}
