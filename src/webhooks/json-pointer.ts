import type { Json } from '../kernel/json.js';

/** The steps of a JSON pointer (RFC 6901), or undefined when the text isn't one. */
export function pointerSteps(pointer: string): readonly string[] | undefined {
  if (pointer === '') return [];
  if (!pointer.startsWith('/') || /~(?![01])/.test(pointer)) return undefined;
  return pointer
    .slice(1)
    .split('/')
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** What the pointer leads to; undefined when there is nothing. Members are an object's own ones, never inherited. */
export function valueAt(value: Json, pointer: string): Json | undefined {
  let here: Json | undefined = value;
  for (const step of pointerSteps(pointer) ?? [undefined]) {
    if (step === undefined || typeof here !== 'object' || here === null) return undefined;
    if (Array.isArray(here) && !/^(?:0|[1-9][0-9]{0,8})$/.test(step)) return undefined;
    if (!Object.hasOwn(here, step)) return undefined;
    here = (here as Readonly<Record<string, Json>>)[step];
  }
  return here;
}
