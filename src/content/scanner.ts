import type { Json } from '../kernel/json.js';
import { stringsIn } from './fields.js';
import type { Unscannable } from './fields.js';
import { LIMITS } from './limits.js';
import type { MappedText } from './mapped-text.js';
import { joinedInView } from './joined.js';
import { findPatterns, indexPatterns } from './patterns.js';
import type { PatternIndex } from './patterns.js';
import { findTerms, indexTerms, reachOf, termMemory } from './terms.js';
import type { TermIndex } from './terms.js';
import { viewsOf } from './views.js';
import { isChanged, windowsOf } from './windows.js';
import type { View, ViewName } from './views.js';

export interface Term {
  readonly id: string;
  readonly text: string;
}

export interface ContentPattern {
  readonly id: string;
  /** RE2 syntax; case is ignored. */
  readonly source: string;
}

export interface ScannerSource {
  readonly terms: readonly Term[];
  readonly patterns: readonly ContentPattern[];
}

/** What keeps a scanner from being made: the term or pattern, by its place in its list, and why. */
export interface ScannerProblem {
  readonly kind: 'term' | 'pattern';
  readonly index: number;
  readonly id: string;
  readonly message: string;
}

/** A term or pattern that was found, and where: UTF-16 offsets into the original text, `end` exclusive. For admins only. */
export interface Hit {
  readonly kind: 'term' | 'pattern';
  readonly index: number;
  readonly id: string;
  readonly view: ViewName;
  readonly start: number;
  readonly end: number;
}

/** A hit in one string of a value. */
export interface FieldHit extends Hit {
  readonly pointer: string;
}

/** When `unscannable` holds anything, not all was looked at and the hits prove nothing: the caller must deny. */
export interface FieldsResult {
  readonly hits: readonly FieldHit[];
  readonly unscannable: readonly Unscannable[];
}

export type ScanResult =
  { readonly ok: true; readonly hits: readonly Hit[] } | { readonly ok: false; readonly reason: Unscannable['reason'] };

/** Looks for all its terms and patterns in a text; each is reported once per text, where it was found first. */
export interface Scanner {
  /** Scans one text. One that is longer than `LIMITS.characters` isn't scanned, and the caller must deny. */
  scan(text: string): ScanResult;
  /**
   * Scans the strings of a value: those to which `pointers` lead (RFC 6901, `*` for every element or member, and with
   * all that is in what they lead to), or every string, names of members included, when there are none.
   */
  scanFields(value: Json, pointers?: readonly string[]): FieldsResult;
}

export type CompiledScanner =
  | { readonly ok: true; readonly scanner: Scanner }
  | { readonly ok: false; readonly problems: readonly ScannerProblem[] };

/**
 * Makes a scanner, or names every term and pattern that can't be looked for. Made once per policy version; the time a scan
 * takes grows with the length of the text and hardly with the number of terms.
 */
export function compileScanner({ terms, patterns }: ScannerSource): CompiledScanner {
  const termIndex = indexTerms(terms.map(({ text }) => text));
  const patternIndex = indexPatterns(patterns.map(({ source }) => source));
  const problems = [
    ...termIndex.faults.map(({ term, message }) => ({
      kind: 'term' as const,
      index: term,
      id: terms[term]?.id ?? '',
      message,
    })),
    ...patternIndex.faults.map(({ pattern, message }) => ({
      kind: 'pattern' as const,
      index: pattern,
      id: patterns[pattern]?.id ?? '',
      message,
    })),
  ];
  if (problems.length > 0) return { ok: false, problems };
  const scanText = textScanner({ terms, patterns }, termIndex.index, patternIndex.index);
  const scan = (text: string): ScanResult =>
    text.length > LIMITS.characters ? { ok: false, reason: 'too long' } : { ok: true, hits: scanText(text) };
  return { ok: true, scanner: { scan, scanFields: (value, pointers) => scanFields(scanText, value, pointers) } };
}

function scanFields(
  scanText: (text: string) => readonly Hit[],
  value: Json,
  pointers: readonly string[] | undefined,
): FieldsResult {
  const { strings, unscannable } = stringsIn(value, pointers);
  const hits = strings.flatMap(({ pointer, text }) => scanText(text).map((hit) => ({ ...hit, pointer })));
  return { hits, unscannable };
}

function textScanner(
  source: ScannerSource,
  terms: TermIndex,
  patterns: PatternIndex,
): (text: string) => readonly Hit[] {
  let memory = termMemory();
  return (text) => {
    if (memory.stream.symbols.length > LIMITS.keptMemory) memory = termMemory();
    const hits: Hit[] = [];
    const seen = { term: new Set<number>(), pattern: new Set<number>() };
    const segments = { left: LIMITS.segments };
    const budget = { locations: LIMITS.locations };
    const present = new Set<number>();
    const views = viewsOf(text);
    for (const view of views) {
      const report = (kind: Hit['kind'], index: number, place: Place): void => {
        if (kind === 'term' && joinedInView(views, view, place)) return;
        seen[kind].add(index);
        const id = (kind === 'term' ? source.terms[index]?.id : source.patterns[index]?.id) ?? '';
        hits.push({ kind, index, id, view: view.name, ...place });
      };
      const near = newIn(view, Math.max(terms.longest, patterns.longest));
      if (near !== undefined) {
        findTerms(near, terms, {
          memory,
          segments,
          wanted: (term) => !seen.term.has(term),
          found: (hit) => report('term', hit.term, placeOf(hit.text, hit.from, hit.to)),
        });
      }
      findPatterns(view.text, near, patterns, {
        budget,
        present,
        wanted: (pattern) => !seen.pattern.has(pattern),
        found: ({ pattern, from, to }) => report('pattern', pattern, placeOf(view.text, from, to)),
      });
    }
    return hits;
  };
}

/** The parts of a view that differ from the text as written; all of it when it is that text. */
function newIn({ name, text }: View, longest: number): MappedText | undefined {
  return name === 'written' ? text : windowsOf(text, reachOf(text, longest), (at) => isChanged(text, at));
}

interface Place {
  readonly start: number;
  readonly end: number;
}

/** The origins of both ends; in text that is shown backwards the first one may come last. */
function placeOf({ starts, ends }: MappedText, from: number, to: number): Place {
  return {
    start: Math.min(starts[from] ?? 0, starts[to] ?? 0),
    end: Math.max(ends[from] ?? 0, ends[to] ?? 0),
  };
}
