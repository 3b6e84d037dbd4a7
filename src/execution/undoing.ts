import { canonicalJson } from '../kernel/canonical-json.js';
import { isJsonObject, type Json, type JsonObject } from '../kernel/json.js';
import { fieldsDigest, rawOf } from './call.js';

/** What a call did: its target as it was, and as WordPress showed it when it was done. */
export interface Change<Args> {
  readonly args: Args;
  readonly before: JsonObject;
  readonly after: JsonObject;
}

/** A call like any other. */
export interface ReverseCall {
  readonly tool: string;
  readonly args: JsonObject;
}

/** How a change is taken back, or why it can't be, in words for whoever wants to. */
export type Reversal = ReverseCall | string;

/** What a tool says of taking its changes back. `how`: in words, for GET /v1/tools. */
export type UndoSpec<Args> =
  | { readonly possible: false; readonly how: string }
  | {
      readonly possible: true;
      readonly how: string;
      /** Anything else about the target that changed since refuses the undo; `restored`: only what it would put back. */
      readonly unchanged: 'target' | 'restored';
      reverse(change: Change<Args>): Reversal;
    };

/** Kept sealed until the change is undone or the time is over; what is there later is compared by digests. */
export type PreImage =
  | { readonly reverse: ReverseCall; readonly seen: Readonly<Record<string, string>> }
  /** Why there is nothing to put back. */
  | { readonly why: string };

export const NOTHING_CHANGED = 'The call changed nothing that could be put back.';

/** How an old value is spelt as an argument, where it isn't spelt as WordPress shows it. */
export type Spelling = Readonly<Record<string, (old: Json, now: Json) => Json>>;

const same = (one: Json, other: Json): boolean => canonicalJson(one) === canonicalJson(other);

/** WordPress shows no object as null, and takes it as 0. */
export const zeroForNone = (old: Json): Json => old ?? 0;

/** Custom fields that differ; one that wasn't there is taken away (null, WP_REST_Meta_Fields::update_value). */
export function differingMeta(old: Json, now: Json): Json {
  const [had, has] = [old, now].map((each) => (isJsonObject(each) ? each : {})) as [JsonObject, JsonObject];
  const names = Object.keys({ ...had, ...has }).filter((name) => !same(had[name] ?? null, has[name] ?? null));
  return Object.fromEntries(names.map((name) => [name, had[name] ?? null]));
}

/** The old values of those fields that the call changed, whether it named them or WordPress changed them with it. */
export function oldValues(
  { before, after }: Change<unknown>,
  fields: readonly string[],
  spelling: Spelling = {},
): JsonObject {
  const changed = fields.flatMap((field) => {
    const [old, now] = [rawOf(before[field] ?? null), rawOf(after[field] ?? null)];
    return same(old, now) ? [] : [[field, spelling[field]?.(old, now) ?? old] as const];
  });
  return Object.fromEntries(changed);
}

/** Puts the old values back by a call of `tool` for the same target, which `target` names. */
export const putBack =
  <Args>(tool: string, target: (args: Args) => JsonObject, fields: readonly string[], spelling?: Spelling) =>
  (change: Change<Args>): Reversal => {
    const old = oldValues(change, fields, spelling);
    return Object.keys(old).length === 0 ? NOTHING_CHANGED : { tool, args: { ...target(change.args), ...old } };
  };

/** A digest for each field, so that it can be said which of them changed, and no value has to be kept for that. */
export const digestsOf = (fields: readonly string[], state: JsonObject): Readonly<Record<string, string>> =>
  Object.fromEntries(fields.map((field) => [field, fieldsDigest([field], state)]));

/** What a call that was carried out leaves for its undo. */
export function preImageOf<Args>(
  undo: UndoSpec<Args>,
  digestFields: readonly string[],
  change: Change<Args>,
): PreImage | undefined {
  if (!undo.possible) return undefined;
  const reverse = undo.reverse(change);
  if (typeof reverse === 'string') return { why: reverse };
  const compared = undo.unchanged === 'target' ? digestFields : Object.keys(reverse.args);
  const seen = digestsOf(
    compared.filter((field) => digestFields.includes(field)),
    change.after,
  );
  return { reverse, seen };
}

/** The fields that aren't as the call left them. */
export function changedSince(seen: Readonly<Record<string, string>>, now: JsonObject): readonly string[] {
  const current = digestsOf(Object.keys(seen), now);
  return Object.keys(seen).filter((field) => seen[field] !== current[field]);
}
