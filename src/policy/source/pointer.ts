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
  let found: Found[] = [{ pointer: '', value: root }];
  for (const segment of segments) {
    found = found.flatMap(({ pointer, value }) =>
      childrenOf(value, segment).map(([name, child]) => ({
        pointer: `${pointer}/${pointerSegment(name)}`,
        value: child,
      })),
    );
  }
  return found;
}

function childrenOf(value: Json, segment: string): readonly (readonly [string, Json])[] {
  if (typeof value !== 'object' || value === null) return [];
  if (segment === '*') return Object.entries(value);
  if (Array.isArray(value) && !/^(?:0|[1-9][0-9]*)$/.test(segment)) return [];
  const members = value as Readonly<Record<string, Json>>;
  const child = Object.hasOwn(members, segment) ? members[segment] : undefined;
  return child === undefined ? [] : [[segment, child]];
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
