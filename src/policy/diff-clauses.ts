import type { BlockName, PolicyDocument, RuleOf } from './document.js';
import {
  counted,
  duration,
  EFFECT_WORDS,
  isNarrower,
  limitInWords,
  namedList,
  stepsInWords,
  subjectOf,
  votesOf,
} from './diff-words.js';
import { describeWindow } from './time/describe.js';

/** What a rule says, as the clause of a sentence. */
type Clause<K extends BlockName> = (rule: RuleOf<K>, document: PolicyDocument) => string;

const about = (rule: { readonly match: RuleOf<'tools'>['match'] }): string =>
  isNarrower(rule.match) ? `${subjectOf(rule.match)}, where it matches,` : subjectOf(rule.match);

const some = <T>(items: readonly T[] | undefined, say: (items: readonly T[]) => string): readonly string[] =>
  items === undefined ? [] : [say(items)];

/** One describer for each block; a block that is missing here doesn't compile. */
export const CLAUSES: { readonly [K in BlockName]: Clause<K> } = {
  tools: (rule) => `${about(rule)} is ${EFFECT_WORDS[rule.effect]}`,
  entities: (rule) =>
    `${about(rule)} is kept to ${[
      ...some(rule.types, (types) => `the types ${namedList(types)}`),
      ...some(rule.statuses, (statuses) => `the statuses ${namedList(statuses)}`),
      ...some(rule.denyFields, (fields) => `leaving out ${namedList(fields)}`),
    ].join('; to ')}`,
  time: (rule) =>
    `${about(rule)} is ${EFFECT_WORDS[rule.onViolation]} ${[
      ...some(rule.allow, (windows) => `outside of ${namedList(windows.map(describeWindow))}`),
      ...some(rule.blackout, (windows) => `during ${namedList(windows.map(describeWindow))}`),
    ].join(' and ')}`,
  content: (rule, { severities }) =>
    `${about(rule)} is searched for ${[
      ...some(rule.terms, (terms) => counted(terms.length, 'term')),
      ...some(rule.patterns, (patterns) => counted(patterns.length, 'pattern')),
      ...some(rule.termLists, (lists) => `the terms of ${namedList(lists)}`),
    ].join(' and ')}, and a hit of ${rule.severity} severity is ${EFFECT_WORDS[severities[rule.severity]]}`,
  rateLimits: (rule) => `${about(rule)} is kept to ${limitInWords(rule)}`,
  approvals: (rule) =>
    `${about(rule)} needs ${counted(votesOf(rule), 'approval')} within ${duration(rule.expiresInSeconds)}: ${stepsInWords(rule)}`,
};
