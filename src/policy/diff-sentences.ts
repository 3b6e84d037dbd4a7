import type { Json } from '../kernel/json.js';
import { CLAUSES } from './diff-clauses.js';
import { delta } from './diff-delta.js';
import { CHANGES, clockOf, restriction } from './diff-rules.js';
import { EFFECT_WORDS, namedList } from './diff-words.js';
import { SEVERITIES, type BlockName, type Match, type Mode, type PolicyDocument, type RuleOf } from './document.js';
import { BLOCKS } from './rules/index.js';
import { jsonEquals } from './source/pointer.js';

const MODE_WORDS: Readonly<Record<Mode, string>> = {
  autonomous: 'calls run as the rules say',
  review: 'every change waits for approval',
  suggest: 'every change is kept as a suggestion for a person',
};

/**
 * What changed between two policies, for people: one sentence for each thing that is decided otherwise, in the order of
 * the document. Empty when both mean the same, whatever their spelling, comments and order.
 */
export function sentencesBetween(from: PolicyDocument, to: PolicyDocument): readonly string[] {
  const blocks = Object.keys(BLOCKS) as BlockName[];
  return [
    ...generalChanges(from, to),
    ...blocks.flatMap((block) => blockChanges(block, from[block], to[block], [from, to])),
  ];
}

function generalChanges(from: PolicyDocument, to: PolicyDocument): readonly string[] {
  return [
    ...(from.name === to.name ? [] : [`The policy is now called "${to.name}".`]),
    ...(from.timezone === to.timezone
      ? []
      : [`Hours now follow ${clockOf(to.timezone)} instead of ${clockOf(from.timezone)}.`]),
    ...(from.mode === to.mode
      ? []
      : [`The mode is now "${to.mode}" instead of "${from.mode}": ${MODE_WORDS[to.mode]}.`]),
    ...SEVERITIES.flatMap((severity) => {
      const [was, is] = [from.severities[severity], to.severities[severity]];
      if (was === is) return [];
      return [`Content of ${severity} severity is now ${EFFECT_WORDS[is]} instead of ${EFFECT_WORDS[was]}.`];
    }),
  ];
}

function blockChanges<K extends BlockName>(
  block: K,
  old: readonly RuleOf<K>[],
  fresh: readonly RuleOf<K>[],
  [from, to]: readonly [PolicyDocument, PolicyDocument],
): readonly string[] {
  const before = new Map(old.map((rule) => [rule.id, rule]));
  const after = new Set(fresh.map(({ id }) => id));
  const removed = old
    .filter(({ id }) => !after.has(id))
    .map((rule) => `Rule ${rule.id} was removed; it said: ${CLAUSES[block](rule, from)}.`);
  const others = fresh.flatMap((rule) => {
    const was = before.get(rule.id);
    if (was === undefined) return [`Rule ${rule.id} is new: ${CLAUSES[block](rule, to)}.`];
    return ruleChanges(block, was, rule);
  });
  return [...removed, ...others];
}

function ruleChanges<K extends BlockName>(block: K, from: RuleOf<K>, to: RuleOf<K>): readonly string[] {
  // Rules are plain data: strings, numbers, booleans and lists of them.
  if (jsonEquals(from as unknown as Json, to as unknown as Json)) return [];
  const sentences = [...CHANGES[block](from, to), ...matchChanges(to.id, from.match, to.match)];
  return sentences.length > 0 ? sentences : [`The rule ${to.id} is written in another way.`];
}

/** A rule that is about other calls than before. */
function matchChanges(id: string, from: Match, to: Match): readonly string[] {
  const tests = delta(
    (from.args ?? []).map((test) => JSON.stringify(test)),
    (to.args ?? []).map((test) => JSON.stringify(test)),
  );
  const paths = (texts: readonly string[]): string =>
    namedList(texts.map((text) => (JSON.parse(text) as { readonly path: string }).path));
  return [
    ...restriction(id, 'tools', from.tools, to.tools),
    ...restriction(id, 'agents', from.agents, to.agents),
    ...restriction(id, 'users', from.users, to.users),
    ...restriction(id, 'roles', from.roles, to.roles),
    ...restriction(id, 'addresses', from.ips, to.ips),
    ...restriction(id, 'types of content', from.entities?.types, to.entities?.types),
    ...restriction(id, 'ids', from.entities?.ids?.map(String), to.entities?.ids?.map(String)),
    ...restriction(id, 'present or wanted statuses', from.entities?.statuses, to.entities?.statuses),
    ...(tests.added.length > 0 ? [`The rule ${id} has another condition on the argument ${paths(tests.added)}.`] : []),
    ...(tests.gone.length > 0 ? [`The rule ${id} lost a condition on the argument ${paths(tests.gone)}.`] : []),
  ];
}
