import { isJsonObject } from '../kernel/json.js';
import type { Json } from '../kernel/json.js';
import { LIMITS } from './limits.js';

/** One string of a value, and the JSON pointer to it. */
export interface FoundString {
  readonly pointer: string;
  readonly text: string;
}

/** A part of a value that wasn't scanned, and why. */
export interface Unscannable {
  readonly pointer: string;
  readonly reason: 'too long' | 'too many strings' | 'too deep' | 'not a pointer';
}

interface Collection {
  readonly strings: FoundString[];
  readonly unscannable: Unscannable[];
  readonly seen: Set<string>;
  characters: number;
}

/**
 * The strings to which the pointers lead (`*`: every element or member), with all strings in what they lead to, or every
 * string of the value when there are no pointers. Names of members are text that a reader may get to see: they count
 * as strings, under the pointer of their member. Numbers count as they are written; booleans and null hold no text.
 */
export function stringsIn(
  value: Json,
  pointers: readonly string[] | undefined,
): { readonly strings: readonly FoundString[]; readonly unscannable: readonly Unscannable[] } {
  const collection: Collection = { strings: [], unscannable: [], seen: new Set(), characters: 0 };
  for (const pointer of pointers ?? ['']) {
    const segments = segmentsOf(pointer);
    if (segments === undefined) collection.unscannable.push({ pointer, reason: 'not a pointer' });
    else follow(collection, value, segments, '');
  }
  return collection;
}

function segmentsOf(pointer: string): readonly string[] | undefined {
  if (pointer === '') return [];
  if (!pointer.startsWith('/') || /~(?![01])/.test(pointer)) return undefined;
  return pointer
    .slice(1)
    .split('/')
    .map((segment) => segment.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function follow(collection: Collection, value: Json, segments: readonly string[], pointer: string): void {
  const [segment, ...rest] = segments;
  if (segment === undefined) {
    collect(collection, value, pointer, 0);
    return;
  }
  for (const [name, member] of membersOf(value)) {
    if (segment === '*' || segment === name) follow(collection, member, rest, `${pointer}/${escaped(name)}`);
  }
}

function membersOf(value: Json): readonly (readonly [string, Json])[] {
  if (Array.isArray(value)) return (value as readonly Json[]).map((member, at) => [String(at), member]);
  return isJsonObject(value) ? Object.entries(value) : [];
}

const escaped = (name: string): string => name.replaceAll('~', '~0').replaceAll('/', '~1');

function collect(collection: Collection, value: Json, pointer: string, depth: number): void {
  if (depth > LIMITS.depth) {
    collection.unscannable.push({ pointer, reason: 'too deep' });
    return;
  }
  if (typeof value === 'string' || typeof value === 'number') {
    keep(collection, String(value), pointer, 'value');
    return;
  }
  for (const [name, member] of membersOf(value)) {
    const inside = `${pointer}/${escaped(name)}`;
    if (!Array.isArray(value)) keep(collection, name, inside, 'name');
    collect(collection, member, inside, depth + 1);
  }
}

function keep(collection: Collection, text: string, pointer: string, part: 'name' | 'value'): void {
  const key = `${part} ${pointer}`;
  if (text === '' || collection.seen.has(key)) return;
  if (collection.strings.length >= LIMITS.strings) {
    collection.unscannable.push({ pointer, reason: 'too many strings' });
  } else if (collection.characters + text.length > LIMITS.characters) {
    collection.unscannable.push({ pointer, reason: 'too long' });
  } else {
    collection.seen.add(key);
    collection.characters += text.length;
    collection.strings.push({ pointer, text });
  }
}
