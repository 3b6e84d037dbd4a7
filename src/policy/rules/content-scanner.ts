import { compileScanner, termFault, type FieldHit, type Scanner } from '../../content/index.js';
import type { Evidence } from '../decision.js';
import type { ContentRule } from '../document.js';
import type { TermLists } from '../term-lists.js';
import type { Surroundings } from './rule-block.js';

/** A policy's scanner, and what stands behind the numbers of its hits. */
export interface PolicyScanner {
  readonly scanner: Scanner;
  /** The first list of a rule that isn't there, or holds what can't be looked for. */
  readonly unusable: (rule: ContentRule) => string | undefined;
  readonly isOf: (rule: ContentRule) => (hit: FieldHit) => boolean;
  readonly evidence: (hit: FieldHit) => Evidence;
}

interface Source {
  readonly terms: readonly { readonly id: string; readonly text: string }[];
  readonly patterns: readonly { readonly id: string; readonly source: string }[];
}

/** A hit's id is its rule's or its list's; no rule and no list can be called like the other with these before them. */
const ofRule = (id: string): string => `rule ${id}`;
const ofList = (name: string): string => `list ${name}`;

export function sourceOf(rules: readonly ContentRule[]): Source {
  return {
    terms: rules.flatMap(({ id, terms = [] }) => terms.map((text) => ({ id: ofRule(id), text }))),
    patterns: rules.flatMap(({ id, patterns = [] }) => patterns.map((source) => ({ id: ofRule(id), source }))),
  };
}

const kept = new WeakMap<Surroundings, PolicyScanner>();

/**
 * All terms and patterns of a policy in one scanner, since a scan hardly takes longer for more of them; a list stands in
 * it once, however many rules share it.
 */
export function scannerOf(surroundings: Surroundings): PolicyScanner {
  const known = kept.get(surroundings) ?? makeScanner(surroundings);
  kept.set(surroundings, known);
  return known;
}

function makeScanner({ document, termLists }: Surroundings): PolicyScanner {
  const named = [...new Set(document.content.flatMap(({ termLists: names = [] }) => names))];
  const usable = new Set(named.filter((name) => isUsable(termLists, name)));
  const own = sourceOf(document.content);
  const shared = [...usable].flatMap((name) =>
    (termLists.get(name)?.terms ?? []).map((text) => ({ id: ofList(name), text })),
  );
  const source: Source = { ...own, terms: [...own.terms, ...shared] };
  const compiled = compileScanner(source);
  if (!compiled.ok) throw new Error(`${compiled.problems.length} terms or patterns can't be looked for`);
  return {
    scanner: compiled.scanner,
    unusable: ({ termLists: names = [] }) => names.find((name) => !usable.has(name)),
    isOf: ({ id, termLists: names = [] }) => {
      const ids = new Set([ofRule(id), ...names.map(ofList)]);
      return (hit) => ids.has(hit.id);
    },
    evidence: ({ kind, index, id, start, end }) => {
      const text = kind === 'term' ? source.terms[index]?.text : source.patterns[index]?.source;
      const list = id.startsWith(ofList('')) ? { list: id.slice(ofList('').length) } : {};
      return { kind, text: text ?? '', start, end, ...list };
    },
  };
}

function isUsable(termLists: TermLists, name: string): boolean {
  return termLists.get(name)?.terms.every((term) => termFault(term) === undefined) === true;
}
