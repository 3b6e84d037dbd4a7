import { isJsonObject, type Json, type JsonObject } from '../kernel/json.js';
import { jsonEquals, pointerSegment } from './source/pointer.js';

/** One operation of a JSON Patch (RFC 6902, section 4). */
export type PatchOperation =
  | { readonly op: 'add' | 'replace'; readonly path: string; readonly value: Json }
  | { readonly op: 'remove'; readonly path: string }
  | { readonly op: 'move'; readonly from: string; readonly path: string };

/**
 * The JSON Patch (RFC 6902) that turns `from` into `to`. Elements that have a name (rules by `id`, steps by `name`, words
 * by themselves) are followed when they move, so that a rule put in front of others doesn't rewrite all of them.
 */
export function patchBetween(from: Json, to: Json): readonly PatchOperation[] {
  const patch: PatchOperation[] = [];
  compare(from, to, '', patch);
  return patch;
}

function compare(from: Json, to: Json, path: string, patch: PatchOperation[]): void {
  if (isJsonObject(from) && isJsonObject(to)) compareMembers(from, to, path, patch);
  else if (Array.isArray(from) && Array.isArray(to)) compareElements(from as Json[], to as Json[], path, patch);
  else if (!jsonEquals(from, to)) patch.push({ op: 'replace', path, value: to });
}

function compareMembers(from: JsonObject, to: JsonObject, path: string, patch: PatchOperation[]): void {
  const at = (name: string): string => `${path}/${pointerSegment(name)}`;
  for (const name of Object.keys(from)) if (!Object.hasOwn(to, name)) patch.push({ op: 'remove', path: at(name) });
  for (const [name, value] of Object.entries(to)) {
    if (Object.hasOwn(from, name)) compare(from[name] ?? null, value, at(name), patch);
    else patch.push({ op: 'add', path: at(name), value });
  }
}

function compareElements(from: readonly Json[], to: readonly Json[], path: string, patch: PatchOperation[]): void {
  const [before, after] = [namesOf(from), namesOf(to)];
  if (before === undefined || after === undefined) compareInPlace(from, to, path, patch);
  else compareNamed({ from, before, to, after }, path, patch);
}

/** The name of each element, or undefined when one has none or two have the same. */
function namesOf(elements: readonly Json[]): readonly string[] | undefined {
  const names = elements.map(nameOf);
  const known = names.filter((name) => name !== undefined);
  return known.length === names.length && new Set(known).size === known.length ? known : undefined;
}

function nameOf(element: Json): string | undefined {
  if (typeof element !== 'object' || element === null) return `=${JSON.stringify(element)}`;
  if (!isJsonObject(element)) return undefined;
  const name = element['id'] ?? element['name'];
  return typeof name === 'string' ? `:${name}` : undefined;
}

/** Each element that is put somewhere costs a walk along the list; beyond as many, the list is replaced as a whole. */
const MOST_MOVED = 1_000;

interface NamedElements {
  readonly from: readonly Json[];
  readonly before: readonly string[];
  readonly to: readonly Json[];
  readonly after: readonly string[];
}

/** Removes what went, puts what is new or moved behind its new neighbour, and compares what stayed. */
function compareNamed({ from, before, to, after }: NamedElements, path: string, patch: PatchOperation[]): void {
  const wanted = new Map(after.map((name, index) => [name, index]));
  const here = [...before];
  const first = patch.length;
  for (let index = here.length - 1; index >= 0; index -= 1) {
    if (wanted.has(here[index] ?? '')) continue;
    patch.push({ op: 'remove', path: `${path}/${index}` });
    here.splice(index, 1);
  }
  const known = new Set(here);
  const fixed = inOrder(here, wanted);
  if (after.length - fixed.size > MOST_MOVED) {
    patch.splice(first);
    patch.push({ op: 'replace', path, value: to });
    return;
  }
  after.forEach((name, index) => {
    if (fixed.has(name)) return;
    const origin = known.has(name) ? here.indexOf(name) : undefined;
    if (origin !== undefined) here.splice(origin, 1);
    const place = index === 0 ? 0 : here.indexOf(after[index - 1] ?? '') + 1;
    here.splice(place, 0, name);
    if (origin === undefined) patch.push({ op: 'add', path: `${path}/${place}`, value: to[index] ?? null });
    else if (origin !== place) patch.push({ op: 'move', from: `${path}/${origin}`, path: `${path}/${place}` });
  });
  const old = new Map(before.map((name, index) => [name, from[index] ?? null]));
  after.forEach((name, index) => {
    const was = old.get(name);
    if (was !== undefined) compare(was, to[index] ?? null, `${path}/${index}`, patch);
  });
}

/** The names that can stay where they are: a longest run whose new places ascend (patience sorting). */
function inOrder(names: readonly string[], places: ReadonlyMap<string, number>): ReadonlySet<string> {
  const place = (name: string): number => places.get(name) ?? 0;
  const ends: { readonly name: string; readonly before: Chain | undefined }[] = [];
  for (const name of names) {
    let low = 0;
    let high = ends.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (place(ends[middle]?.name ?? '') < place(name)) low = middle + 1;
      else high = middle;
    }
    ends[low] = { name, before: ends[low - 1] };
  }
  const kept = new Set<string>();
  for (let link: Chain | undefined = ends.at(-1); link !== undefined; link = link.before) kept.add(link.name);
  return kept;
}

interface Chain {
  readonly name: string;
  readonly before: Chain | undefined;
}

/** Nameless elements, such as windows: what both begin and end with stays, and the rest is compared place by place. */
function compareInPlace(from: readonly Json[], to: readonly Json[], path: string, patch: PatchOperation[]): void {
  const same = (left: number, right: number): boolean => jsonEquals(from[left] ?? null, to[right] ?? null);
  const shorter = Math.min(from.length, to.length);
  let head = 0;
  while (head < shorter && same(head, head)) head += 1;
  let tail = 0;
  while (tail < shorter - head && same(from.length - 1 - tail, to.length - 1 - tail)) tail += 1;
  const [fromEnd, toEnd] = [from.length - tail, to.length - tail];
  for (let index = fromEnd - 1; index >= Math.max(toEnd, head); index -= 1)
    patch.push({ op: 'remove', path: `${path}/${index}` });
  for (let index = head; index < Math.min(fromEnd, toEnd); index += 1)
    compare(from[index] ?? null, to[index] ?? null, `${path}/${index}`, patch);
  for (let index = fromEnd; index < toEnd; index += 1)
    patch.push({ op: 'add', path: `${path}/${index}`, value: to[index] ?? null });
}
