import type { Node } from 'jsonc-parser';
import { pointerSegment } from '../source/pointer.js';
import { fault, faultAt, MISTAKEN, quoted, type DecodeContext, type Mistaken, type Spot } from './context.js';

/** Turns the value at a spot into a `T`, or notes at least one fault. Never throws. */
export type Decoder<T> = (spot: Spot, context: DecodeContext) => T | Mistaken;

interface RequiredField<T> {
  readonly decode: Decoder<T>;
  readonly required: true;
}
interface OptionalField<T> {
  readonly decode: Decoder<T>;
  readonly required: false;
}
type Shape = Readonly<Record<string, RequiredField<unknown> | OptionalField<unknown>>>;
type Value<F> = F extends { decode: Decoder<infer T> } ? T : never;
type Keys<S extends Shape, R extends boolean> = { [K in keyof S]: S[K]['required'] extends R ? K : never }[keyof S];
export type Decoded<S extends Shape> = { readonly [K in Keys<S, true>]: Value<S[K]> } & {
  readonly [K in Keys<S, false>]?: Value<S[K]>;
};

export const required = <T>(decode: Decoder<T>): RequiredField<T> => ({ decode, required: true });
export const optional = <T>(decode: Decoder<T>): OptionalField<T> => ({ decode, required: false });

/** An object with exactly these members. Unknown and repeated keys are faults at the key, missing ones at the object. */
export function objectOf<S extends Shape>(what: string, shape: S): Decoder<Decoded<S>> {
  const names = Object.keys(shape);
  return (spot, context) => {
    if (spot.node.type !== 'object') return fault(context, spot, `This must be ${what}: an object in braces.`);
    const members = membersOf(spot, context);
    let sound = true;
    for (const [name, member] of members) {
      if (Object.hasOwn(shape, name)) continue;
      sound = false;
      const known = `${what} has ${listed(names, 'and')}.`;
      faultAt(context, member.key.offset, member.pointer, `There is no property ${quoted(name)} here; ${known}`);
    }
    const decoded: Record<string, unknown> = {};
    for (const name of names) {
      const outcome = decodeField(name, shape[name], members, spot, context);
      if (outcome === MISTAKEN) sound = false;
      else if (outcome !== undefined) decoded[name] = outcome;
    }
    // The members were decoded by the decoders of this very shape.
    return sound ? (decoded as Decoded<S>) : MISTAKEN;
  };
}

function decodeField(
  name: string,
  field: Shape[string] | undefined,
  members: ReadonlyMap<string, Member>,
  spot: Spot,
  context: DecodeContext,
): unknown {
  const member = members.get(name);
  if (member === undefined) {
    if (field?.required !== true) return undefined;
    context.faults.push({ offset: spot.node.offset, pointer: spot.pointer, message: missing(name), missing: true });
    return MISTAKEN;
  }
  if (member.value === undefined) return MISTAKEN;
  return field?.decode({ node: member.value, pointer: member.pointer, key: member.key }, context);
}

function missing(name: string): string {
  return `The property ${quoted(name)} is missing here; add it.`;
}

interface Member {
  readonly key: Node;
  /** Undefined where the text has no value; the reader has already said so. */
  readonly value: Node | undefined;
  readonly pointer: string;
}

/** The members of an object by name. Of two equal keys the second is the fault. */
export function membersOf(spot: Spot, context: DecodeContext): ReadonlyMap<string, Member> {
  const members = new Map<string, Member>();
  for (const property of spot.node.children ?? []) {
    const [key, value] = property.children ?? [];
    if (key === undefined) continue;
    const name = String(key.value);
    const pointer = `${spot.pointer}/${pointerSegment(name)}`;
    if (members.has(name)) {
      faultAt(context, key.offset, pointer, `The property ${quoted(name)} comes a second time; keep one of them.`);
    } else members.set(name, { key, value, pointer });
  }
  return members;
}

/** An array of at most `most` items; mistaken as soon as one of them is at fault. */
export function arrayOf<T>(item: Decoder<T>, what: string, most: number): Decoder<readonly T[]> {
  return (spot, context) => {
    if (spot.node.type !== 'array') return fault(context, spot, `This must be a list of ${what}, in brackets.`);
    const children = spot.node.children ?? [];
    if (children.length > most)
      return fault(context, spot, `This list has ${children.length} items; ${most} are the most.`);
    const items = children.map((node, index) => item({ node, pointer: `${spot.pointer}/${index}` }, context));
    return allSound(items);
  };
}

export function allSound<T>(items: readonly (T | Mistaken)[]): readonly T[] | Mistaken {
  const sound: T[] = [];
  for (const item of items) {
    if (item === MISTAKEN) return MISTAKEN;
    sound.push(item);
  }
  return sound;
}

/** An array with at least one item: an empty list of conditions could never hold. */
export function listOf<T>(item: Decoder<T>, what: string, most: number): Decoder<readonly T[]> {
  const array = arrayOf(item, what, most);
  return (spot, context) =>
    spot.node.type === 'array' && (spot.node.children ?? []).length === 0
      ? fault(
          context,
          spot,
          `This list of ${what} is empty, so nothing could fit it; name at least one, or leave the property out.`,
        )
      : array(spot, context);
}

/** The words with which a value is refused. */
export class Refused {
  readonly message: string;

  constructor(message: string) {
    this.message = message;
  }
}

/** A decoder whose result is looked at once more; `Refused` makes it a fault at the same spot. */
export function refine<T, U>(decode: Decoder<T>, then: (value: T) => U | Refused): Decoder<U> {
  return (spot, context) => {
    const value = decode(spot, context);
    if (value === MISTAKEN) return MISTAKEN;
    const outcome = then(value);
    return outcome instanceof Refused ? fault(context, spot, outcome.message) : outcome;
  };
}

/** Two occurrences of one word in a list are a slip; the second is the fault. */
export function withoutRepeats<T>(list: Decoder<readonly T[]>): Decoder<readonly T[]> {
  return (spot, context) => {
    const items = list(spot, context);
    const seen = new Set<T>();
    if (items === MISTAKEN) return MISTAKEN;
    items.forEach((item, index) => {
      const node = spot.node.children?.[index];
      if (seen.has(item) && node !== undefined) {
        fault(context, { node, pointer: `${spot.pointer}/${index}` }, 'This stands in the list already; keep it once.');
      }
      seen.add(item);
    });
    return items;
  };
}

/** "a", "a or b", "a, b or c", in double quotes. */
export function listed(words: readonly string[], last: 'and' | 'or'): string {
  const all = words.map((word) => `"${word}"`);
  return all.length < 2 ? all.join('') : `${all.slice(0, -1).join(', ')} ${last} ${all.at(-1) ?? ''}`;
}
