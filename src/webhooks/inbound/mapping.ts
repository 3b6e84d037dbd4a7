import type { Json, JsonObject } from '../../kernel/json.js';
import { valueAt } from '../json-pointer.js';

/** Where one argument comes from: a place of the payload, or a constant. */
export type ArgumentSource = { readonly from: string } | { readonly value: Json };

/** The tool's arguments by name. What isn't named here doesn't reach the tool. */
export type Mapping = Readonly<Record<string, ArgumentSource>>;

export type Mapped = { readonly ok: true; readonly args: JsonObject } | { readonly ok: false; readonly detail: string };

/** The arguments that a payload makes. Total: each argument is there, or the payload is refused. */
export function mapPayload(mapping: Mapping, payload: Json): Mapped {
  const args: [string, Json][] = [];
  for (const [name, source] of Object.entries(mapping)) {
    const value = 'from' in source ? valueAt(payload, source.from) : source.value;
    if (value === undefined) {
      const where = 'from' in source && source.from !== '' ? source.from : '/';
      return { ok: false, detail: `The payload has nothing at ${where}, which the argument "${name}" comes from.` };
    }
    args.push([name, value]);
  }
  return { ok: true, args: Object.fromEntries(args) };
}
