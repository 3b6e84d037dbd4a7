import { isJsonObject, type Json } from '../../kernel/json.js';

/** One segment as RFC 6901, section 3, writes it. */
export function pointerSegment(name: string | number): string {
  return String(name).replaceAll('~', '~0').replaceAll('/', '~1');
}

/** The segments of a JSON pointer (RFC 6901), or undefined when the text isn't one. */
export function parsePointer(text: string): readonly string[] | undefined {
  if (text === '') return [];
  if (!text.startsWith('/') || /~(?![01])/.test(text)) return undefined;
  return text
    .slice(1)
    .split('/')
    .map((segment) => segment.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** A value that a pointer leads to, with the exact pointer of that value. */
export interface Found {
  readonly pointer: string;
  readonly value: Json;
}

/**
 * Everything in `root` that the segments lead to; `*` stands for every element of an array and every member of an
 * object. Only own members count, so `/constructor` never finds what JavaScript adds to objects.
 */
export function findAll(root: Json, segments: readonly string[]): readonly Found[] {
  let found: readonly Found[] = [{ pointer: '', value: root }];
  for (const segment of segments) {
    found = found.flatMap(({ pointer, value }) =>
      namesIn(value, segment).map((name) => ({
        pointer: `${pointer}/${pointerSegment(name)}`,
        value: memberOf(value, name) ?? null,
      })),
    );
  }
  return found;
}

/** The values of `findAll` without their pointers; cheap where no segment is a star. */
export function valuesAt(root: Json, segments: readonly string[]): readonly Json[] {
  let value: Json | undefined = root;
  for (const segment of segments) {
    if (segment === '*') return findAll(root, segments).map((found) => found.value);
    value = memberOf(value, segment);
    if (value === undefined) return [];
  }
  return [value];
}

function namesIn(value: Json, segment: string): readonly string[] {
  if (segment !== '*') return memberOf(value, segment) === undefined ? [] : [segment];
  return typeof value === 'object' && value !== null ? Object.keys(value) : [];
}

const INDEX = /^(?:0|[1-9][0-9]*)$/;

/** An own member, or an element by its index as RFC 6901, section 4, writes it. */
function memberOf(value: Json, name: string): Json | undefined {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
  if (Array.isArray(value) && !INDEX.test(name)) return undefined;
  return (value as Readonly<Record<string, Json>>)[name];
}

/** Whether two JSON values are the same, types included; the order of members doesn't matter. */
export function jsonEquals(left: Json, right: Json): boolean {
  if (left === right) return true;
  if (Array.isArray(left) && Array.isArray(right)) {
    const others = right as readonly Json[];
    return (
      left.length === right.length && (left as readonly Json[]).every((item, i) => jsonEquals(item, others[i] ?? null))
    );
  }
  if (!isJsonObject(left) || !isJsonObject(right)) return false;
  const keys = Object.keys(left);
  return (
    keys.length === Object.keys(right).length &&
    keys.every((key) => Object.hasOwn(right, key) && jsonEquals(left[key] ?? null, right[key] ?? null))
  );
}
