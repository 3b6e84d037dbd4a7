import type { JsonObject } from '../kernel/json.js';
import { fieldsDigest, rawOf } from './call.js';
import type { CheckedCall } from './prepare-call.js';
import { textOf } from './tool.js';

/** The target as people are shown it and as an approval is bound to it. */
export interface TargetState {
  /** In words: `post 12`. */
  readonly name: string;
  readonly title: string | null;
  /** The fields that the tool declares, texts as they are stored. */
  readonly fields: JsonObject;
  /** SHA-256 over those fields and the time of the last change, which tells of changes elsewhere too. */
  readonly digest: string;
}

const LAST_CHANGE = 'modified_gmt';
const LONGEST = 190;

/** Null where the call touches nothing that exists. */
export function targetState({ call, before }: CheckedCall): TargetState | null {
  if (call.target === undefined || before === undefined) return null;
  const names = [...call.tool.digestFields, LAST_CHANGE].filter((name) => before[name] !== undefined);
  const title = before['title'] === undefined ? null : rawOf(before['title']);
  return {
    name: `${textOf(before, 'type') ?? call.target.type} ${call.target.id ?? ''}`.trim().slice(0, LONGEST),
    title: typeof title === 'string' ? title.slice(0, LONGEST) : null,
    fields: Object.fromEntries(names.map((name) => [name, rawOf(before[name] ?? null)])),
    digest: fieldsDigest([...call.tool.digestFields, LAST_CHANGE], before),
  };
}

/** The names of the fields that differ. */
export function changedFields(before: JsonObject | null, now: JsonObject | null): readonly string[] {
  const names = [...new Set([...Object.keys(before ?? {}), ...Object.keys(now ?? {})])];
  return names.filter((name) => JSON.stringify(before?.[name]) !== JSON.stringify(now?.[name]));
}
