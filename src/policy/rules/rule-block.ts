import type { CallContext } from '../call-context.js';
import type { Decoder } from '../decode/decoder.js';
import type { Verdict } from '../decision.js';
import type { Demands } from '../demands.js';
import type { BlockName, PolicyDocument, RuleOf } from '../document.js';
import type { TermLists } from '../term-lists.js';
import type { Reach } from '../match/compile-match.js';
import type { Position } from '../source/positions.js';

/**
 * What a rule whose `match` holds says about a call. Nothing: it has no objection. It may throw, and then it denies.
 * What it wants beyond its verdicts, it adds to the demands.
 */
export type Judge = (context: CallContext, demands: Demands) => readonly Verdict[];

/** What a rule is compiled beside; the same object for all rules of a policy. */
export interface Surroundings {
  readonly document: PolicyDocument;
  readonly termLists: TermLists;
}

/** One kind of rule: how it is read, what its `match` reaches for, and how it judges. */
export interface RuleBlock<K extends BlockName> {
  readonly decode: Decoder<RuleOf<K>>;
  /** Whether all or any of what a call touches must fit the rule's `match`. */
  readonly reach: (rule: RuleOf<K>) => Reach;
  readonly compile: (rule: RuleOf<K>, surroundings: Surroundings, source: Position | undefined) => Judge;
}
