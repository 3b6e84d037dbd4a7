import { isJsonObject, type Json, type JsonObject } from '../kernel/json.js';
import type { ArgTest, Match } from './document.js';
import { valueTest } from './match/compile-match.js';
import { globTest } from './match/glob.js';
import { jsonEquals } from './source/pointer.js';

/** What is known of a tool before anybody calls it. */
export interface ToolSketch {
  readonly name: string;
  /** JSON Schema of its arguments as rules see them: after parsing, defaults filled in. */
  readonly args: Json;
  /** The types of everything that its calls may touch; empty: nothing. Undefined when that isn't known. */
  readonly touches: readonly string[] | undefined;
}

/** The tools that a rule's globs name. */
export function toolsNamed(globs: Match['tools'], tools: readonly ToolSketch[]): readonly ToolSketch[] {
  if (globs === undefined) return tools;
  const tests = globs.map(globTest);
  return tools.filter(({ name }) => tests.some((test) => test(name)));
}

/** False only when no call of this tool can ever have an argument there that fits. */
export function mayFit({ args }: ToolSketch, segments: readonly string[], test: ArgTest): boolean {
  const found = schemasAt(args, segments);
  if (test.test === 'exists' && !test.exists) return !isAlwaysThere(args, segments);
  if (found === 'anything') return true;
  if (test.test === 'exists') return found.length > 0;
  return found.some((schema) => mayHold(schema, test));
}

/** False only when no call of this tool can ever have an argument there. */
export function mayHave({ args }: ToolSketch, segments: readonly string[]): boolean {
  const found = schemasAt(args, segments);
  return found === 'anything' || found.length > 0;
}

/** Keywords that are understood here. A schema with any other that might let more through counts as `anything`. */
const OPAQUE = ['$ref', 'allOf', 'not', 'if', 'patternProperties', 'prefixItems'];

type Schemas = readonly JsonObject[] | 'anything';

function schemasAt(root: Json, segments: readonly string[]): Schemas {
  let here: Schemas = branches(root);
  for (const segment of segments) {
    if (here === 'anything') return here;
    const next: JsonObject[] = [];
    for (const schema of here) {
      const inner = step(schema, segment);
      if (inner === 'anything') return inner;
      next.push(...inner);
    }
    here = next;
  }
  return here;
}

/** A schema as its alternatives. */
function branches(schema: Json): Schemas {
  if (!isJsonObject(schema) || OPAQUE.some((keyword) => keyword in schema)) return 'anything';
  const alternatives = schema['anyOf'] ?? schema['oneOf'];
  if (alternatives === undefined) {
    return typeof schema['type'] === 'string' || Array.isArray(schema['enum']) || 'const' in schema
      ? [schema]
      : 'anything';
  }
  if (!Array.isArray(alternatives)) return 'anything';
  const found: JsonObject[] = [];
  for (const each of alternatives as readonly Json[]) {
    const inner = branches(each);
    if (inner === 'anything') return inner;
    found.push(...inner);
  }
  return found;
}

function step(schema: JsonObject, segment: string): Schemas {
  const { type, properties, additionalProperties, items } = schema;
  if (type === 'array') return items === undefined ? 'anything' : branches(items);
  if (type !== 'object') return typeof type === 'string' ? [] : 'anything';
  const known = isJsonObject(properties) ? properties : {};
  const rest = additionalProperties === false ? [] : branches(additionalProperties ?? {});
  if (segment !== '*') return Object.hasOwn(known, segment) ? branches(known[segment] ?? null) : rest;
  if (rest === 'anything') return rest;
  const all = Object.values(known).map(branches);
  return all.some((each) => each === 'anything')
    ? 'anything'
    : [...all.flatMap((each) => each as JsonObject[]), ...rest];
}

/** A member of the arguments themselves that every call has; deeper ones are never said to be. */
function isAlwaysThere(args: Json, segments: readonly string[]): boolean {
  const [name, second] = segments;
  if (name === undefined) return true;
  const required = isJsonObject(args) && !('anyOf' in args) ? args['required'] : undefined;
  return second === undefined && Array.isArray(required) && (required as readonly Json[]).includes(name);
}

function mayHold(schema: JsonObject, test: Exclude<ArgTest, { test: 'exists' }>): boolean {
  const choices = 'const' in schema ? [schema['const'] ?? null] : schema['enum'];
  if (Array.isArray(choices)) return (choices as readonly Json[]).some(valueTest(test));
  switch (test.test) {
    case 'equals':
      return isOfType(schema, test.value);
    case 'in':
      return test.values.some((value) => isOfType(schema, value));
    case 'matches':
      return schema['type'] === 'string';
    case 'longerThan':
      return (
        (schema['type'] === 'string' && exceeds(schema['maxLength'], test.length)) ||
        (schema['type'] === 'array' && exceeds(schema['maxItems'], test.length))
      );
    case 'greaterThan':
      return (schema['type'] === 'number' || schema['type'] === 'integer') && exceeds(schema['maximum'], test.number);
  }
}

const exceeds = (most: Json | undefined, than: number): boolean => typeof most !== 'number' || most > than;

function isOfType({ type, maxLength }: JsonObject, value: Json): boolean {
  if (type === 'string')
    return typeof value === 'string' && (typeof maxLength !== 'number' || value.length <= maxLength);
  if (type === 'integer') return typeof value === 'number' && Number.isInteger(value);
  if (type === 'number' || type === 'boolean') return typeof value === type;
  if (type === 'null') return value === null;
  if (type === 'array') return Array.isArray(value);
  return type !== 'object' || isJsonObject(value);
}

/** Whether one test holds whenever another, of the same path, does. */
export function implies(narrow: ArgTest, wide: ArgTest): boolean {
  if (narrow.path !== wide.path) return false;
  if (wide.test === 'exists' && narrow.test !== 'exists') return wide.exists;
  if (wide.test === 'in' && narrow.test === 'equals') return wide.values.some((each) => jsonEquals(each, narrow.value));
  if (wide.test === 'in' && narrow.test === 'in')
    return narrow.values.every((value) => wide.values.some((each) => jsonEquals(each, value)));
  if (wide.test === 'longerThan' && narrow.test === 'longerThan') return narrow.length >= wide.length;
  if (wide.test === 'greaterThan' && narrow.test === 'greaterThan') return narrow.number >= wide.number;
  return JSON.stringify(narrow) === JSON.stringify(wide);
}
