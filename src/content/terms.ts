import { automatonBuilder } from './automaton.js';
import type { Automaton } from './automaton.js';
import { lettersAgree } from './compare-letters.js';
import { isSign, readsAsOne } from './layout.js';
import type { Stretch } from './layout.js';
import { BREAKS } from './letter-stream.js';
import type { LetterStream } from './letter-stream.js';
import type { MappedText } from './mapped-text.js';
import { readLetters, withoutRepeats } from './read-letters.js';
import { termForms } from './term.js';
import type { TermForm } from './term.js';
import { wordEdges } from './word-edge.js';
import type { WordEdges } from './word-edge.js';

/** Where a term was found: its number, and the code points of the text that hold it, `to` being the last one. */
export interface TermHit {
  readonly term: number;
  readonly from: number;
  readonly to: number;
}

/** Every term at once: one walk for each way of reading. */
export interface TermIndex {
  readonly exact: FormIndex;
  readonly look: FormIndex;
  readonly repeats: FormIndex;
  readonly literal: FormIndex;
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
  const kinds = ['exact', 'look', 'repeats', 'literal'] as const;
  const forms: Record<(typeof kinds)[number], TermForm[]> = { exact: [], look: [], repeats: [], literal: [] };
  const faults: TermFault[] = [];
  terms.forEach((text, term) => {
    const made = termForms(term, text);
    if (typeof made === 'string') faults.push({ term, message: made });
    else for (const kind of kinds) forms[kind].push(...made[kind]);
  });
  const index = {
    exact: indexForms(forms.exact),
    look: indexForms(forms.look),
    repeats: indexForms(forms.repeats),
    literal: indexForms(forms.literal),
  };
  return { index, faults };
}

function indexForms(forms: readonly TermForm[]): FormIndex {
  const builder = automatonBuilder();
  forms.forEach((form, number) => builder.add(form.symbols, number));
  return { automaton: builder.build(), forms };
}

/** What goes through all searches of one text. */
export interface TermSearch {
  /** Questions to the segmenter that are left. */
  readonly segments: { left: number };
  /** Whether a term is still looked for: one that was found already needs no second look. */
  readonly wanted: (term: number) => boolean;
  readonly found: (hit: TermHit) => void;
}

/** Looks for every term that is still wanted in the text, read in every way. */
export function findTerms(text: MappedText, index: TermIndex, search: TermSearch): void {
  const edges = wordEdges(text, search.segments);
  const walk = (stream: LetterStream | undefined, forms: FormIndex): void => {
    if (stream !== undefined && forms.automaton.size > 0) searchStream(stream, forms, edges, search);
  };
  if (index.exact.automaton.size > 0) {
    walk(readLetters(text, 'exact'), index.exact);
    const look = readLetters(text, 'look');
    walk(look, index.look);
    walk(withoutRepeats(look), index.repeats);
    if (hasSignsInWords(text)) walk(readLetters(text, 'signs'), index.look);
  }
  if (index.literal.automaton.size > 0) walk(readLetters(text, 'literal'), index.literal);
}

function searchStream(
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
      search.found({ term: form.term, from: stream.from[stretch.start] ?? 0, to: stream.to[end] ?? 0 });
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

const isWordish = (codePoint: number): boolean =>
  codePoint > 0x7f ||
  (codePoint >= 0x30 && codePoint <= 0x39) ||
  (codePoint >= 0x41 && codePoint <= 0x5a) ||
  (codePoint >= 0x61 && codePoint <= 0x7a);
const LETTERLIKE_SIGNS = new Set(Array.from('@$!|+([{<^').map((char) => char.charCodeAt(0)));

/** Whether some sign that may be a letter stands right before or after one. */
function hasSignsInWords(text: MappedText): boolean {
  for (let at = 0; at < text.length; at += 1) {
    const codePoint = text.codePoints[at] ?? 0;
    if (codePoint > 0x7f || !LETTERLIKE_SIGNS.has(codePoint)) continue;
    if (isWordish(text.codePoints[at - 1] ?? 0) || isWordish(text.codePoints[at + 1] ?? 0)) return true;
  }
  return false;
}
