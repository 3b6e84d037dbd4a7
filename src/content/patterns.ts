import { RE2JS } from 're2js';
import { automatonBuilder } from './automaton.js';
import type { Automaton } from './automaton.js';
import type { MappedText } from './mapped-text.js';
import { cleanReading, isPlain, lookReading, plainReading } from './reading-text.js';
import type { ReadingText } from './reading-text.js';
import { foldUnit, requiredLiterals } from './required-literal.js';

export interface PatternHit {
  readonly pattern: number;
  readonly from: number;
  readonly to: number;
}

export interface PatternFault {
  readonly pattern: number;
  readonly message: string;
}

export interface PatternIndex {
  readonly compiled: readonly (RE2JS | undefined)[];
  /** Literals of all patterns; each is added under the number of its pattern. */
  readonly literals: Automaton;
  /** Units of the longest literal. */
  readonly longest: number;
  /** Patterns of which no literal is known: they run on every text. */
  readonly always: readonly number[];
}

/** Compiles RE2 patterns, ignoring case, or says which ones can't be. */
export function indexPatterns(sources: readonly string[]): {
  readonly index: PatternIndex;
  readonly faults: readonly PatternFault[];
} {
  const faults: PatternFault[] = [];
  const builder = automatonBuilder('table');
  const always: number[] = [];
  let longest = 0;
  const compiled = sources.map((source, pattern) => {
    try {
      const expression = RE2JS.compile(source, RE2JS.CASE_INSENSITIVE);
      const literals = literalsOf(source);
      if (literals === undefined) always.push(pattern);
      for (const literal of literals ?? []) {
        builder.add(unitsOf(literal), pattern);
        longest = Math.max(longest, literal.length);
      }
      return expression;
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      faults.push({ pattern, message: message.replace(/^error parsing regexp: /, '') });
      return undefined;
    }
  });
  return { index: { compiled, literals: builder.build(), longest, always }, faults };
}

function literalsOf(source: string): readonly string[] | undefined {
  try {
    return requiredLiterals(source);
  } catch {
    return undefined;
  }
}

function unitsOf(text: string): readonly number[] {
  return Array.from({ length: text.length }, (_, at) => text.charCodeAt(at));
}

/** Where exactly a pattern matches costs much more than whether it does, so that is asked this often for one text. */
export interface PatternBudget {
  locations: number;
}

/** What goes through all searches of one text. */
export interface PatternSearch {
  /** How often the exact place of a match may still be asked for. */
  readonly budget: PatternBudget;
  /** Patterns of which a literal was seen, in any view so far. */
  readonly present: Set<number>;
  readonly wanted: (pattern: number) => boolean;
  readonly found: (hit: PatternHit) => void;
}

/**
 * Looks for every pattern that is still wanted in the text as it stands, cleaned, and as its letters look. `near` is what is
 * new in the text: the literals of all else were seen in the views before.
 */
export function findPatterns(
  text: MappedText,
  near: MappedText | undefined,
  index: PatternIndex,
  search: PatternSearch,
): void {
  if (index.compiled.length === 0) return;
  if (near !== undefined) for (const reading of readings(near)) noteLiterals(reading, index, search.present);
  const patterns = [...index.always, ...search.present].filter((pattern) => search.wanted(pattern));
  if (patterns.length === 0) return;
  for (const reading of readings(text)) {
    const whole = reading.text();
    for (const pattern of patterns) {
      const expression = search.wanted(pattern) ? index.compiled[pattern] : undefined;
      if (expression?.test(whole) === true) {
        search.found({ pattern, ...locate(expression, whole, reading, search.budget) });
      }
    }
  }
}

function* readings(text: MappedText): Iterable<ReadingText> {
  yield plainReading(text);
  if (isPlain(text)) return;
  const clean = cleanReading(text);
  yield clean;
  const look = lookReading(clean);
  if (look !== undefined) yield look;
}

function noteLiterals(reading: ReadingText, { literals }: PatternIndex, present: Set<number>): void {
  if (literals.size === 0) return;
  const symbols = new Int32Array(reading.length);
  for (let at = 0; at < symbols.length; at += 1) symbols[at] = foldUnit(reading.units[at] ?? 0);
  literals.walk(symbols, symbols.length, (_end, state) => {
    for (const pattern of literals.wordsAt(state)) present.add(pattern);
  });
}

/** The first match; all of the text when it would cost too much to say. */
function locate(
  expression: RE2JS,
  text: string,
  { places, length }: ReadingText,
  budget: PatternBudget,
): { from: number; to: number } {
  const whole = { from: 0, to: places[length - 1] ?? 0 };
  if (budget.locations <= 0) return whole;
  budget.locations -= 1;
  const matcher = expression.matcher(text);
  if (!matcher.find()) return whole;
  const end = Math.max(matcher.start(), matcher.end() - 1);
  return { from: places[matcher.start()] ?? 0, to: places[end] ?? whole.to };
}
