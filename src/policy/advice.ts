import { covers, idleGlobs, scopeOf, whyNever } from './advice-match.js';
import { alwaysHolds, isBeneath } from './advice-rules.js';
import { mayHave, toolsNamed, type ToolSketch } from './advice-tools.js';
import type { BlockName, PolicyDocument, RuleBase, ToolRule } from './document.js';
import { LIMITS } from './limits.js';
import type { ParsedPolicy } from './parse.js';
import { BLOCKS } from './rules/index.js';
import { parsePointer } from './source/pointer.js';
import type { Problem } from './source/positions.js';

interface Remark {
  readonly pointer: string;
  readonly message: string;
}

/** A rule with its place in the document. */
interface Placed<R extends RuleBase = RuleBase> {
  readonly rule: R;
  readonly block: BlockName;
  readonly pointer: string;
}

/** Comparisons of rule with rule in one document; beyond as many, some warnings stay unsaid. */
const MOST_PAIRS = 500_000;

/**
 * Warnings about a sound document: what surely has no effect, or surely another than its author meant, as far as the
 * known tools go. Each is certain; nothing is said of what merely might be. In the order of the text.
 */
export function adviseOn({ policy, sources }: ParsedPolicy, tools: readonly ToolSketch[]): readonly Problem[] {
  const blocks = Object.keys(BLOCKS) as BlockName[];
  const all = blocks.flatMap((block) => placed(policy, block));
  const idle = all.flatMap((each) => remarksOnMatch(each, tools));
  const never = new Set(idle.map(({ rule }) => rule));
  const alive = all.filter(({ rule }) => !never.has(rule));
  const remarks: readonly Remark[] = [
    ...idle.map(({ remark }) => remark),
    ...alive.flatMap((each) => idlePatterns(each, tools)),
    ...overruled(alive, tools),
    ...pointless(policy, tools),
    ...nothingAllowed(policy),
  ];
  return remarks
    .map(({ pointer, message }) => ({ pointer, ...(sources(pointer) ?? { line: 1, column: 1 }), message }))
    .sort((left, right) => left.line - right.line || left.column - right.column)
    .slice(0, LIMITS.problems);
}

function placed(policy: PolicyDocument, block: BlockName): readonly Placed[] {
  return policy[block].map((rule, index) => ({ rule, block, pointer: `/${block}/${index}` }));
}

function remarksOnMatch(
  { rule, pointer }: Placed,
  tools: readonly ToolSketch[],
): readonly { readonly rule: RuleBase; readonly remark: Remark }[] {
  const why = whyNever(rule.match, tools);
  if (why === undefined) return [];
  const at = `${pointer}${why.at === '' ? '' : `/match${why.at}`}`;
  return [{ rule, remark: { pointer: at, message: why.message } }];
}

function idlePatterns({ rule, pointer }: Placed, tools: readonly ToolSketch[]): readonly Remark[] {
  return idleGlobs(rule.match, tools).map(({ at, message }) => ({ pointer: `${pointer}/match${at}`, message }));
}

/**
 * Rules that another of `tools` overrules whenever they match: whatever it denies is denied, and whatever it holds
 * isn't let through by a rule that allows.
 */
function overruled(rules: readonly Placed[], tools: readonly ToolSketch[]): readonly Remark[] {
  const stricter = rules.filter((each): each is Placed<ToolRule> => isToolRule(each) && each.rule.effect !== 'allow');
  const scopes = new Map(rules.map(({ rule }) => [rule, scopeOf(rule.match, tools)]));
  let pairs = 0;
  return rules.flatMap((each) => {
    const scope = scopes.get(each.rule);
    if (scope === undefined || pairs >= MOST_PAIRS) return [];
    const over = stricter.find(({ rule }) => {
      const wide = scopes.get(rule);
      if (!canOverrule(rule, each) || wide === undefined) return false;
      pairs += 1;
      return covers(wide, scope);
    });
    if (over === undefined) return [];
    const does = over.rule.effect === 'deny' ? 'denies' : 'holds';
    const message = `This rule never makes a difference: the rule "${over.rule.id}" ${does} every call that it is about.`;
    return [{ pointer: each.pointer, message }];
  });
}

const isToolRule = (each: Placed): each is Placed<ToolRule> => each.block === 'tools';

/** A rule that asks for the address denies where there is none to be known, which no ask overrules. */
function canOverrule(over: ToolRule, under: Placed): boolean {
  if (!isToolRule(under)) return over.effect === 'deny';
  if (under.rule.effect === 'deny' || under.rule.effect === over.effect) return false;
  return over.effect === 'deny' || under.rule.match.ips === undefined;
}

/** Rules that match and say nothing, or always the same. */
function pointless(policy: PolicyDocument, tools: readonly ToolSketch[]): readonly Remark[] {
  return [
    ...policy.time.flatMap((rule, index) => {
      const message = alwaysHolds(rule);
      return message === undefined ? [] : [{ pointer: `/time/${index}`, message }];
    }),
    ...unreachable(policy, tools),
    ...policy.entities.flatMap(({ match, types, denyFields }, index) => [
      ...unknownTypes(types, match, tools, `/entities/${index}/types`),
      ...unknownFields(denyFields, match, tools, `/entities/${index}/denyFields`),
    ]),
    ...policy.content.flatMap(({ match, fields }, index) =>
      unknownFields(fields, match, tools, `/content/${index}/fields`),
    ),
  ];
}

/** As many limits are compared with one another; of more, the others are left alone. */
const MOST_LIMITS = 200;

/** Limits that a stricter one, of the same calls at least, always reaches before. */
function unreachable(policy: PolicyDocument, tools: readonly ToolSketch[]): readonly Remark[] {
  const limits = policy.rateLimits.slice(0, MOST_LIMITS).map((rule) => ({ rule, scope: scopeOf(rule.match, tools) }));
  return limits.flatMap(({ rule, scope }, index) => {
    const over = limits.find((other) => isBeneath(other.rule, rule, policy) && covers(other.scope, scope));
    if (over === undefined) return [];
    const message = `This limit is never reached: "${over.rule.id}" is always reached before.`;
    return [{ pointer: `/rateLimits/${index}`, message }];
  });
}

function unknownTypes(
  types: readonly string[] | undefined,
  match: RuleBase['match'],
  tools: readonly ToolSketch[],
  pointer: string,
): readonly Remark[] {
  const named = toolsNamed(match.tools, tools);
  const touched = named.flatMap(({ touches }) => touches ?? []);
  if (named.some(({ touches }) => touches === undefined)) return [];
  return (types ?? []).flatMap((type, index) =>
    touched.includes(type)
      ? []
      : [{ pointer: `${pointer}/${index}`, message: `No tool of this rule touches anything of the type "${type}".` }],
  );
}

function unknownFields(
  fields: readonly string[] | undefined,
  match: RuleBase['match'],
  tools: readonly ToolSketch[],
  pointer: string,
): readonly Remark[] {
  const named = toolsNamed(match.tools, tools);
  return (fields ?? []).flatMap((field, index) => {
    const segments = parsePointer(field) ?? [];
    if (named.length === 0 || named.some((tool) => mayHave(tool, segments))) return [];
    return [{ pointer: `${pointer}/${index}`, message: `No tool of this rule takes an argument at ${field}.` }];
  });
}

function nothingAllowed({ tools }: PolicyDocument): readonly Remark[] {
  if (tools.some(({ effect }) => effect !== 'deny')) return [];
  const message = 'No rule of "tools" allows anything, so every call is denied.';
  return [{ pointer: tools.length === 0 ? '' : '/tools', message }];
}
