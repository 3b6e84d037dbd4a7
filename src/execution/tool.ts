import type { z } from 'zod';
import type { EntityFact } from '../policy/facts.js';
import { isJsonObject, type Json, type JsonObject } from '../kernel/json.js';
import { preImageOf, type PreImage, type UndoSpec } from './undoing.js';
import type { WpRequest } from './wordpress/wp-client.js';

/** A WordPress capability that the acting user needs; with objects, the question is a meta capability about them. */
export interface CapabilityNeed {
  readonly capability: string;
  readonly objects: readonly number[];
  /** The one user who does without it. */
  readonly exceptUser?: number;
  /** Its name comes from the site (of a taxonomy, say), so only WordPress knows what it means. */
  readonly ofTheSite?: true;
}

type Read = Pick<WpRequest, 'route' | 'query'>;

/** Something that exists on the site, and how to read it. */
export interface Target {
  readonly type: string;
  readonly id?: number;
  readonly read: Read;
}

/** A call that fits its tool's schema: what is known of it before anybody is asked. */
interface KnownCall {
  readonly tool: Tool;
  /** The arguments after parsing, with the schema's defaults. */
  readonly args: JsonObject;
  /** The arguments as rules are given them: the same, unless what was sent can't be read as it is (a file). */
  readonly judged: JsonObject;
  /** What the log says beside those. */
  readonly noted: JsonObject;
  readonly needs: readonly CapabilityNeed[];
  /** What the call touches, for the policy; `before` is the target as WordPress showed it. */
  entities(before: JsonObject | undefined): readonly EntityFact[];
}

/** A call of which everything is known that deciding and running need, without running anything. */
export interface ReadyCall extends KnownCall {
  readonly survey?: undefined;
  /** Read before the decision; undefined when the call creates something or touches nothing in particular. */
  readonly target: Target | undefined;
  /** Why the target, as it is, can't take this call; undefined when it can. */
  expects(before: JsonObject): string | undefined;
  readonly request: Pick<WpRequest, 'method' | 'route' | 'query' | 'body' | 'file'>;
  /** What the caller is shown; undefined when the answer isn't what this request brings, whatever its status says. */
  result(body: Json, page: Page): JsonObject | undefined;
  /** What is kept of the target so that the change can be taken back; undefined where it can't be. */
  preImage(before: JsonObject | undefined, after: JsonObject): PreImage | undefined;
  /** Whether WordPress refuses with this code of its own after a part of the deed is done. */
  readonly refusedLate?: (code: string) => boolean;
  /** Whether WordPress says this before it does anything, though with a status of 5xx. */
  readonly refusedFirst?: (code: string) => boolean;
}

/** A call whose capabilities and request depend on what the site says of itself: of a taxonomy, for one. */
export interface SurveyedCall extends KnownCall {
  readonly target?: undefined;
  readonly survey: {
    /** In words, for who is told that it isn't there. */
    readonly what: string;
    readonly read: Read;
    /** The call with everything known, or why the site can't take it. */
    complete(seen: JsonObject): ReadyCall | string;
  };
}

export type PreparedCall = ReadyCall | SurveyedCall;

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
  /** The schema of what rules are given. */
  readonly judgedSchema: z.ZodType;
  /** Whether and how its changes are taken back, in words; null for a tool that changes nothing. */
  readonly undo: { readonly possible: boolean; readonly how: string } | null;
  /** Arguments that are too large to show; where arguments are shown, `shownArgs` names them by size and digest. */
  readonly bulky: readonly string[];
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

/** `Seen`: what a survey of the site brought; undefined for a tool that needs none. */
type ToolSpec<Args, Seen> = ToolBase<Args, Seen> &
  (
    | { readonly effect: 'read'; readonly undo?: undefined }
    | { readonly effect: 'write'; readonly undo: UndoSpec<NoInfer<Args>> }
  );

interface ToolBase<Args, Seen> {
  readonly name: string;
  readonly summary: string;
  readonly requires: string;
  readonly digestFields?: readonly string[];
  readonly args: z.ZodType<Args>;
  readonly bulky?: readonly string[];
  readonly judged?: { readonly schema: z.ZodType; of(args: Args): JsonObject };
  noted?(args: Args): JsonObject;
  needs(args: Args, seen: Seen): readonly CapabilityNeed[];
  target?(args: Args, seen: Seen): Target;
  entities(args: Args, before: JsonObject | undefined): readonly EntityFact[];
  expects?(args: Args, before: JsonObject): string | undefined;
  request(args: Args, seen: Seen): ReadyCall['request'];
  result(body: Json, page: Page): JsonObject | undefined;
  refusedLate?(args: Args, code: string): boolean;
  refusedFirst?(code: string): boolean;
}

type SurveyedSpec<Args, Seen> = ToolSpec<Args, Seen> & {
  /** What can be said without having asked. */
  firstNeeds(args: Args): readonly CapabilityNeed[];
  survey(args: Args): Pick<SurveyedCall['survey'], 'what' | 'read'>;
  /** What the answer says, or why the site can't take this call. */
  see(body: JsonObject, args: Args): Seen | string;
};

const pointerOf = (path: readonly PropertyKey[]): string =>
  path.map((part) => `/${String(part).replace(/~/g, '~0').replace(/\//g, '~1')}`).join('');

type Make<Args> = (tool: Tool, args: Args) => PreparedCall;

/** Turns a specification that knows its arguments' type into a tool that can stand in one list with the others. */
function toolOf<Args extends object, Seen>(spec: ToolSpec<Args, Seen>, make: Make<Args>): Tool {
  const tool: Tool = {
    name: spec.name,
    summary: spec.summary,
    effect: spec.effect,
    requires: spec.requires,
    digestFields: spec.digestFields ?? [],
    schema: spec.args,
    judgedSchema: spec.judged?.schema ?? spec.args,
    undo: spec.undo === undefined ? null : { possible: spec.undo.possible, how: spec.undo.how },
    bulky: spec.bulky ?? [],
    prepare(args) {
      const parsed = spec.args.safeParse(args);
      if (parsed.success) return { ok: true, call: make(tool, parsed.data) };
      const problems = parsed.error.issues.slice(0, 50);
      return { ok: false, problems: problems.map(({ path, message }) => ({ pointer: pointerOf(path), message })) };
    },
  };
  return tool;
}

const known = <Args, Seen>(tool: Tool, spec: ToolSpec<Args, Seen>, args: Args): Omit<KnownCall, 'needs'> => ({
  tool,
  args: args as JsonObject,
  judged: spec.judged?.of(args) ?? (args as JsonObject),
  noted: spec.noted?.(args) ?? {},
  entities: (before) => spec.entities(args, before),
});

const ready = <Args, Seen>(tool: Tool, spec: ToolSpec<Args, Seen>, args: Args, seen: Seen): ReadyCall => ({
  ...known(tool, spec, args),
  needs: spec.needs(args, seen),
  target: spec.target?.(args, seen),
  expects: (before) => spec.expects?.(args, before),
  request: spec.request(args, seen),
  result: (body, page) => spec.result(body, page),
  preImage: (before = {}, after) => spec.undo && preImageOf(spec.undo, tool.digestFields, { args, before, after }),
  refusedLate: (code) => spec.refusedLate?.(args, code) ?? false,
  refusedFirst: (code) => spec.refusedFirst?.(code) ?? false,
});

export const defineTool = <Args extends object>(spec: ToolSpec<Args, undefined>): Tool =>
  toolOf(spec, (tool, args) => ready(tool, spec, args, undefined));

export const defineSurveyedTool = <Args extends object, Seen extends object>(spec: SurveyedSpec<Args, Seen>): Tool =>
  toolOf(spec, (tool, args) => ({
    ...known(tool, spec, args),
    needs: spec.firstNeeds(args),
    survey: {
      ...spec.survey(args),
      complete(body) {
        const seen = spec.see(body, args);
        return typeof seen === 'string' ? seen : ready(tool, spec, args, seen);
      },
    },
  }));

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
