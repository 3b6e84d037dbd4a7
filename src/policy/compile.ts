import type { BlockName, Match, PolicyDocument, RuleOf, RulesByBlock } from './document.js';
import { compileMatch, type Matcher } from './match/compile-match.js';
import type { ParsedPolicy } from './parse.js';
import { beyondIndex, indexRules, type RuleIndex } from './rule-index.js';
import { BLOCKS } from './rules/index.js';
import type { Judge, RuleBlock, Surroundings } from './rules/rule-block.js';
import { NO_TERM_LISTS, type TermLists } from './term-lists.js';
import type { Finding, Verdict } from './decision.js';
import type { Position } from './source/positions.js';

/** One rule, ready to be asked. */
export interface CompiledRule {
  readonly id: string;
  readonly block: BlockName;
  /** The place among all rules of the document, by block. */
  readonly place: number;
  readonly match: Match;
  /** Whether the match holds for a call that the index gives this rule as a candidate for. */
  readonly matches: Matcher;
  readonly judge: Judge;
  /** A verdict of this rule as a finding. */
  readonly finding: (verdict: Verdict) => Finding;
}

/** A policy made ready for decisions: immutable, and safe to share by any number of them. */
export interface CompiledPolicy {
  /** The stored version, or null for a document that isn't stored. */
  readonly version: number | null;
  readonly document: PolicyDocument;
  /** The digests of the lists that it was compiled with: they decide like the document itself. */
  readonly termLists: Readonly<Record<string, string | null>>;
  readonly rules: RuleIndex<CompiledRule>;
}

/**
 * Compiles what `parsePolicy` found sound. Costs about as much as parsing; done once per version.
 */
export function compilePolicy(
  { policy, sources }: ParsedPolicy,
  version: number | null,
  termLists: TermLists = NO_TERM_LISTS,
): CompiledPolicy {
  const blocks = Object.keys(BLOCKS) as BlockName[];
  const surroundings = { document: policy, termLists };
  const rules = blocks.flatMap((block) => compileBlock(block, BLOCKS, policy[block], surroundings, sources));
  return {
    version,
    document: policy,
    termLists: digestsOf(policy, termLists),
    rules: indexRules(rules.map((rule, place) => ({ ...rule, place }))),
  };
}

/** The names of the lists of terms that a policy uses. */
export function termListsUsed({ content }: PolicyDocument): readonly string[] {
  return [...new Set(content.flatMap(({ termLists = [] }) => termLists))];
}

function digestsOf(policy: PolicyDocument, termLists: TermLists): CompiledPolicy['termLists'] {
  return Object.fromEntries(termListsUsed(policy).map((name) => [name, termLists.get(name)?.digest ?? null]));
}

/** Kinds and rules are those of one block, so a rule always meets its own kind's compiler. */
function compileBlock<K extends BlockName>(
  block: K,
  kinds: { readonly [B in BlockName]: RuleBlock<B> },
  rules: RulesByBlock[K],
  surroundings: Surroundings,
  sources: ParsedPolicy['sources'],
): readonly Omit<CompiledRule, 'place'>[] {
  const { compile, reach }: RuleBlock<K> = kinds[block];
  return rules.map((rule: RuleOf<K>, index) => {
    const source = sources(`/${block}/${index}`);
    return {
      id: rule.id,
      block,
      finding: findingsOf(rule.id, block, source),
      match: rule.match,
      matches: compileMatch(beyondIndex(rule.match), reach(rule)),
      judge: compile(rule, surroundings, source),
    };
  });
}

/** Signs verdicts with their rule. Verdicts that are always the same, as those of `tools`, are signed once. */
function findingsOf(rule: string, block: BlockName, source: Position | undefined): CompiledRule['finding'] {
  let latest: { readonly verdict: Verdict; readonly finding: Finding } | undefined;
  return (verdict) => {
    if (latest?.verdict !== verdict) {
      latest = { verdict, finding: { rule, block, ...verdict, ...(source === undefined ? {} : { source }) } };
    }
    return latest.finding;
  };
}
