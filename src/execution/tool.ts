import type { z } from 'zod';
import type { EntityFact } from '../policy/facts.js';
import { isJsonObject, type Json, type JsonObject } from '../kernel/json.js';
import type { WpRequest } from './wordpress/wp-client.js';

/** A WordPress capability that the acting user needs; with objects, the question is a meta capability about them. */
export interface CapabilityNeed {
  readonly capability: string;
  readonly objects: readonly number[];
  /** The one user who does without it. */
  readonly exceptUser?: number;
}

/** Something that exists on the site, and how to read it. */
export interface Target {
  readonly type: string;
  readonly id?: number;
  readonly read: Pick<WpRequest, 'route' | 'query'>;
}

/** A call that fits its tool's schema: everything that deciding and running need to know, without running anything. */
export interface PreparedCall {
  readonly tool: Tool;
  /** The arguments after parsing, with the schema's defaults. */
  readonly args: JsonObject;
  readonly needs: readonly CapabilityNeed[];
  /** Read before the decision; undefined when the call creates something or touches nothing in particular. */
  readonly target: Target | undefined;
  /** What the call touches, for the policy; `before` is the target as WordPress showed it. */
  entities(before: JsonObject | undefined): readonly EntityFact[];
  /** Why the target, as it is, can't take this call; undefined when it can. */
  expects(before: JsonObject): string | undefined;
  readonly request: Pick<WpRequest, 'method' | 'route' | 'query' | 'body'>;
  /** What the caller is shown; undefined when the answer isn't what this request brings, whatever its status says. */
  result(body: Json, page: Page): JsonObject | undefined;
  /** Whether WordPress refuses with this code of its own after a part of the deed is done. */
  readonly refusedLate?: (code: string) => boolean;
}

export interface Page {
  readonly total: number | undefined;
  readonly totalPages: number | undefined;
}

export interface Tool {
  readonly name: string;
  readonly summary: string;
  readonly effect: 'read' | 'write';
  /** In words, for GET /v1/tools. */
  readonly requires: string;
  /** The fields over which the before and after digests are taken. */
  readonly digestFields: readonly string[];
  readonly schema: z.ZodType;
  prepare(
    args: Json,
  ):
    | { readonly ok: true; readonly call: PreparedCall }
    | { readonly ok: false; readonly problems: readonly ArgsProblem[] };
}

export interface ArgsProblem {
  /** JSON pointer into the arguments. */
  readonly pointer: string;
  readonly message: string;
}

interface ToolSpec<Args> {
  readonly name: string;
  readonly summary: string;
  readonly effect: 'read' | 'write';
  readonly requires: string;
  readonly digestFields?: readonly string[];
  readonly args: z.ZodType<Args>;
  needs(args: Args): readonly CapabilityNeed[];
  target?(args: Args): Target;
  entities(args: Args, before: JsonObject | undefined): readonly EntityFact[];
  expects?(args: Args, before: JsonObject): string | undefined;
  request(args: Args): PreparedCall['request'];
  result(body: Json, page: Page): JsonObject | undefined;
  refusedLate?(args: Args, code: string): boolean;
}

const pointerOf = (path: readonly PropertyKey[]): string =>
  path.map((part) => `/${String(part).replace(/~/g, '~0').replace(/\//g, '~1')}`).join('');

/** Turns a specification that knows its arguments' type into a tool that can stand in one list with the others. */
export function defineTool<Args extends object>(spec: ToolSpec<Args>): Tool {
  const tool: Tool = {
    name: spec.name,
    summary: spec.summary,
    effect: spec.effect,
    requires: spec.requires,
    digestFields: spec.digestFields ?? [],
    schema: spec.args,
    prepare(args) {
      const parsed = spec.args.safeParse(args);
      if (!parsed.success) {
        return {
          ok: false,
          problems: parsed.error.issues
            .slice(0, 50)
            .map(({ path, message }) => ({ pointer: pointerOf(path), message })),
        };
      }
      const { data } = parsed;
      return {
        ok: true,
        call: {
          tool,
          args: data as JsonObject,
          needs: spec.needs(data),
          target: spec.target?.(data),
          entities: (before) => spec.entities(data, before),
          expects: (before) => spec.expects?.(data, before),
          request: spec.request(data),
          result: (body, page) => spec.result(body, page),
          refusedLate: (code) => spec.refusedLate?.(data, code) ?? false,
        },
      };
    },
  };
  return tool;
}

export const need = (capability: string, ...objects: readonly number[]): CapabilityNeed => ({ capability, objects });

/** Those of the fields that the object has; undefined when it isn't one, or has none of them. */
export function pick(source: Json, fields: readonly string[]): JsonObject | undefined {
  if (!isJsonObject(source) || !fields.some((field) => source[field] !== undefined)) return undefined;
  return Object.fromEntries(fields.flatMap((field) => (source[field] === undefined ? [] : [[field, source[field]]])));
}

/** A page of a list, its items shown one by one; undefined when the answer is no list. */
export const showList =
  (show: (item: Json) => JsonObject | undefined) =>
  (body: Json, page: Page): JsonObject | undefined => {
    if (!Array.isArray(body)) return undefined;
    const items = (body as readonly Json[]).flatMap((each) => show(each) ?? []);
    return { items, total: page.total ?? null, totalPages: page.totalPages ?? null };
  };

/** A member as text, or undefined. */
export function textOf(source: JsonObject | undefined, name: string): string | undefined {
  const value = source?.[name];
  return typeof value === 'string' ? value : undefined;
}
