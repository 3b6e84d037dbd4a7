import {
  EFFECT_WORDS,
  counted,
  duration,
  limitInWords,
  namedList,
  stepsInWords,
  subjectOf,
  votesOf,
} from './diff-words.js';
import {
  type ApprovalRule,
  type BlockName,
  type ContentRule,
  type EntityRule,
  type RateLimitRule,
  type RuleOf,
  type TimeRule,
  type ToolRule,
} from './document.js';
import { delta, type Delta } from './diff-delta.js';
import { windowChanges } from './diff-hours.js';

/** Sentences about two forms of one rule, its `match` aside. */
type Changes<K extends BlockName> = (from: RuleOf<K>, to: RuleOf<K>) => readonly string[];

/** A list that restricts: absent, it restricts nothing, and that is said instead of naming every item. */
export function restriction(
  id: string,
  what: string,
  from: readonly string[] | undefined,
  to: readonly string[] | undefined,
): readonly string[] {
  if (from === undefined && to === undefined) return [];
  if (from === undefined) return [`The rule ${id} now keeps to the ${what} ${namedList(to ?? [])}.`];
  if (to === undefined) return [`The rule ${id} no longer looks at ${what}; it kept to ${namedList(from)}.`];
  const { added, gone } = delta(from, to);
  return [
    ...(added.length > 0 ? [`The rule ${id} now also covers the ${what} ${namedList(added)}.`] : []),
    ...(gone.length > 0 ? [`The rule ${id} no longer covers the ${what} ${namedList(gone)}.`] : []),
  ];
}

function tools(from: ToolRule, to: ToolRule): readonly string[] {
  if (from.effect === to.effect) return [];
  const [was, is] = [EFFECT_WORDS[from.effect], EFFECT_WORDS[to.effect]];
  return [`${subjectOf(to.match)} is now ${is} instead of ${was} (rule ${to.id}).`];
}

function entities(from: EntityRule, to: EntityRule): readonly string[] {
  const fields = delta(from.denyFields, to.denyFields);
  return [
    ...restriction(to.id, 'types', from.types, to.types),
    ...restriction(to.id, 'statuses', from.statuses, to.statuses),
    ...(fields.added.length > 0 ? [`The rule ${to.id} now protects ${namedList(fields.added)}.`] : []),
    ...(fields.gone.length > 0 ? [`The rule ${to.id} no longer protects ${namedList(fields.gone)}.`] : []),
  ];
}

/** Whose clock a rule follows. */
function zoneChange(id: string, from: string | undefined, to: string | undefined): readonly string[] {
  if (from === to) return [];
  return [`The rule ${id} now follows ${to === undefined ? "the policy's own time zone" : clockOf(to)}.`];
}

export const clockOf = (zone: string): string => (zone === 'site' ? "the site's time zone" : `the time zone ${zone}`);

function time(from: TimeRule, to: TimeRule): readonly string[] {
  const [was, is] = [EFFECT_WORDS[from.onViolation], EFFECT_WORDS[to.onViolation]];
  return [
    ...windowChanges(to.id, 'allow', from, to),
    ...windowChanges(to.id, 'blackout', from, to),
    ...zoneChange(to.id, from.timezone, to.timezone),
    ...(was === is ? [] : [`Outside of the hours of the rule ${to.id}, a call is now ${is} instead of ${was}.`]),
  ];
}

function content(from: ContentRule, to: ContentRule): readonly string[] {
  return [
    ...lookedFor(to.id, '', delta(from.terms, to.terms)),
    ...lookedFor(to.id, 'the pattern ', delta(from.patterns, to.patterns)),
    ...lookedFor(to.id, 'the terms of the list ', delta(from.termLists, to.termLists)),
    ...(from.severity === to.severity
      ? []
      : [`A hit of the rule ${to.id} is now of ${to.severity} severity instead of ${from.severity}.`]),
    ...searched(to.id, from.fields, to.fields),
  ];
}

function lookedFor(id: string, what: string, { added, gone }: Delta<string>): readonly string[] {
  const quoted = (words: readonly string[]): string => namedList(words.map((word) => `"${word}"`));
  return [
    ...(added.length > 0 ? [`The rule ${id} now also looks for ${what}${quoted(added)}.`] : []),
    ...(gone.length > 0 ? [`The rule ${id} no longer looks for ${what}${quoted(gone)}.`] : []),
  ];
}

/** Which fields are searched; no list means all of them. */
function searched(id: string, from: ContentRule['fields'], to: ContentRule['fields']): readonly string[] {
  if (to === undefined) return from === undefined ? [] : [`The rule ${id} now searches every field.`];
  if (from === undefined) return [`The rule ${id} now searches ${namedList(to)} alone.`];
  const { added, gone } = delta(from, to);
  return [
    ...(added.length > 0 ? [`The rule ${id} now also searches ${namedList(added)}.`] : []),
    ...(gone.length > 0 ? [`The rule ${id} no longer searches ${namedList(gone)}.`] : []),
  ];
}

function rateLimits(from: RateLimitRule, to: RateLimitRule): readonly string[] {
  const [was, is] = [limitInWords(from), limitInWords(to)];
  return [
    ...(was === is ? [] : [`The rule ${to.id} now lets through ${is} instead of ${was}.`]),
    ...zoneChange(to.id, from.timezone, to.timezone),
  ];
}

function approvals(from: ApprovalRule, to: ApprovalRule): readonly string[] {
  const subject = subjectOf(to.match);
  const [was, is] = [votesOf(from), votesOf(to)];
  const steps = stepsInWords(to);
  return [
    ...(was === is
      ? []
      : [`${subject} now needs ${counted(is, 'approval')} instead of ${counted(was, 'approval')} (rule ${to.id}).`]),
    ...(stepsInWords(from) === steps ? [] : [`The steps of the rule ${to.id} are now: ${steps}.`]),
    ...(from.expiresInSeconds === to.expiresInSeconds
      ? []
      : [
          `Approvals of the rule ${to.id} now expire after ${duration(to.expiresInSeconds)} instead of ${duration(from.expiresInSeconds)}.`,
        ]),
    ...(from.allowEdits === to.allowEdits
      ? []
      : [`Whoever approves under the rule ${to.id} may ${to.allowEdits ? 'now' : 'no longer'} edit the call.`]),
  ];
}

/** One comparison for each block; a block that is missing here doesn't compile. */
export const CHANGES: { readonly [K in BlockName]: Changes<K> } = {
  tools,
  entities,
  time,
  content,
  rateLimits,
  approvals,
};
