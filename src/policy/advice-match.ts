import { implies, mayFit, toolsNamed, type ToolSketch } from './advice-tools.js';
import { sameCase } from './call-context.js';
import type { ArgTest, EntityMatch, Match } from './document.js';
import { globTest } from './match/glob.js';
import { valueTest } from './match/compile-match.js';
import { parsePointer } from './source/pointer.js';

/** A remark on a `match`: where in it, as a JSON pointer from the match on, and what. */
export interface MatchRemark {
  readonly at: string;
  readonly message: string;
}

/** Patterns that no tool fits. Certain only as long as no tool comes that does. */
export function idleGlobs(match: Match, tools: readonly ToolSketch[]): readonly MatchRemark[] {
  return (match.tools ?? []).flatMap((glob, index) => {
    const test = globTest(glob);
    if (tools.some(({ name }) => test(name))) return [];
    return [{ at: `/tools/${index}`, message: `No tool fits "${glob}"; GET /v1/tools lists the tools.` }];
  });
}

/** Why no call can ever fit; undefined when one might. */
export function whyNever(match: Match, tools: readonly ToolSketch[]): MatchRemark | undefined {
  const named = toolsNamed(match.tools, tools);
  if (named.length === 0) return { at: '', message: 'This rule can never match: no tool fits its patterns.' };
  const contradiction = contradictory(match.args ?? []);
  if (contradiction !== undefined) return contradiction;
  const touching = match.entities === undefined ? named : named.filter((tool) => mayTouch(tool, match.entities ?? {}));
  if (touching.length === 0)
    return { at: '/entities', message: 'This rule can never match: none of its tools touches anything of this kind.' };
  return unfitArguments(match.args ?? [], touching);
}

function mayTouch({ touches }: ToolSketch, { types }: EntityMatch): boolean {
  if (touches === undefined) return true;
  return types === undefined ? touches.length > 0 : types.some((type) => touches.includes(type));
}

function unfitArguments(tests: readonly ArgTest[], tools: readonly ToolSketch[]): MatchRemark | undefined {
  let left = tools;
  for (const [index, test] of tests.entries()) {
    const segments = parsePointer(test.path) ?? [];
    if (!tools.some((tool) => mayFit(tool, segments, test)))
      return {
        at: `/args/${index}`,
        message: `This rule can never match: none of its tools takes an argument at ${test.path} that this test fits.`,
      };
    left = left.filter((tool) => mayFit(tool, segments, test));
  }
  if (left.length > 0) return undefined;
  return { at: '/args', message: 'This rule can never match: none of its tools takes all of these arguments.' };
}

/** Two tests of one argument that can't both hold. Of several arguments (`*`), each test may mean another. */
function contradictory(tests: readonly ArgTest[]): MatchRemark | undefined {
  for (const [index, test] of tests.entries()) {
    const before = tests.slice(0, index).filter(({ path }) => path === test.path);
    if (before.some((other) => clash(other, test)) || leavesNothing([...before, test]))
      return {
        at: `/args/${index}`,
        message: `This rule can never match: no value of ${test.path} fits this and the tests before.`,
      };
  }
  return undefined;
}

function clash(one: ArgTest, other: ArgTest): boolean {
  const absent = [one, other].filter((test) => test.test === 'exists' && !test.exists).length;
  if (absent === 1) return true;
  if (isOfMany(one.path)) return false;
  const kinds = new Set([one.test, other.test]);
  return kinds.has('greaterThan') && (kinds.has('matches') || kinds.has('longerThan'));
}

const isOfMany = (path: string): boolean => (parsePointer(path) ?? []).includes('*');

/** The values that one test lists, if any, that fit all the others. */
function leavesNothing(tests: readonly ArgTest[]): boolean {
  const listed = tests.find((test) => test.test === 'equals' || test.test === 'in');
  if (listed === undefined || isOfMany(listed.path)) return false;
  const values = listed.test === 'equals' ? [listed.value] : listed.values;
  const fits = tests.flatMap((test) => (test.test === 'exists' ? [] : [valueTest(test)]));
  return !values.some((value) => fits.every((fit) => fit(value)));
}

/** A `match` made ready for comparing it with many others. */
export interface Scope {
  readonly tools: ReadonlySet<ToolSketch>;
  readonly lists: readonly (ReadonlySet<string | number> | undefined)[];
  readonly hasEntities: boolean;
  readonly args: readonly ArgTest[];
}

export function scopeOf(match: Match, tools: readonly ToolSketch[]): Scope {
  const { agents, users, roles, ips, entities, args = [] } = match;
  const lists: readonly (readonly (string | number)[] | undefined)[] = [
    agents,
    users?.map(sameCase),
    roles?.map(sameCase),
    ips,
    entities?.types,
    entities?.ids,
    entities?.statuses,
  ];
  return {
    tools: new Set(toolsNamed(match.tools, tools)),
    lists: lists.map((list) => list && new Set(list)),
    hasEntities: entities !== undefined,
    args,
  };
}

/** Whether `wide`, where one thing that fits is enough, holds for every call for which `narrow` does. */
export function covers(wide: Scope, narrow: Scope): boolean {
  return (
    wide.lists.every((list, index) => within(narrow.lists[index], list)) &&
    within(narrow.tools, wide.tools) &&
    (narrow.hasEntities || !wide.hasEntities) &&
    wide.args.every((test) => narrow.args.some((other) => implies(other, test)))
  );
}

/** No list is no restriction. */
function within<T>(narrow: ReadonlySet<T> | undefined, wide: ReadonlySet<T> | undefined): boolean {
  if (wide === undefined) return true;
  if (narrow === undefined || narrow.size > wide.size) return false;
  for (const item of narrow) if (!wide.has(item)) return false;
  return true;
}
