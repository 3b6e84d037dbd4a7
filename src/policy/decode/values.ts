import type { Json } from '../../kernel/json.js';
import { fault, MISTAKEN, type DecodeContext, type Mistaken, type Spot } from './context.js';
import { allSound, listed, membersOf, Refused, type Decoder } from './decoder.js';

/** One of a closed set of words. */
export function oneOf<T extends string>(words: readonly T[]): Decoder<T> {
  return (spot, context) =>
    words.find((word) => spot.node.type === 'string' && word === spot.node.value) ??
    fault(context, spot, `This must be ${listed(words, 'or')}.`);
}

export function text(what: string, most: number): Decoder<string> {
  return (spot, context) => {
    const value: unknown = spot.node.value;
    if (spot.node.type !== 'string' || typeof value !== 'string')
      return fault(context, spot, `This must be ${what}, in double quotes.`);
    if (value.trim() === '') return fault(context, spot, `This is empty; it must be ${what}.`);
    if (value.length > most) return fault(context, spot, `This has ${value.length} characters; ${most} are the most.`);
    return value;
  };
}

/** Text that a test turns into a `T`, or else the words that say what to do. */
export function textAs<T>(what: string, most: number, read: (value: string) => T | Refused): Decoder<T> {
  const plain = text(what, most);
  return (spot, context) => {
    const value = plain(spot, context);
    if (value === MISTAKEN) return MISTAKEN;
    const outcome = read(value);
    return outcome instanceof Refused ? fault(context, spot, outcome.message) : outcome;
  };
}

export function integer(least: number, most: number): Decoder<number> {
  return (spot, context) => {
    const value: unknown = spot.node.value;
    const fits =
      spot.node.type === 'number' &&
      typeof value === 'number' &&
      Number.isSafeInteger(value) &&
      value >= least &&
      value <= most;
    return fits ? value : fault(context, spot, `This must be a whole number from ${least} to ${most}.`);
  };
}

export const number: Decoder<number> = (spot, context) => {
  const value: unknown = spot.node.value;
  const fits = spot.node.type === 'number' && typeof value === 'number' && Number.isFinite(value);
  return fits ? value : fault(context, spot, 'This must be a number.');
};

export const boolean: Decoder<boolean> = (spot, context) => {
  const value: unknown = spot.node.value;
  return typeof value === 'boolean' ? value : fault(context, spot, 'This must be true or false.');
};

/** Any JSON value, as an argument may hold it. Numbers beyond what can be held exactly are refused. */
export const json: Decoder<Json> = (spot, context) => {
  const { type, children } = spot.node;
  if (type === 'array') {
    const items = (children ?? []).map((node, index) => json({ node, pointer: `${spot.pointer}/${index}` }, context));
    return allSound(items);
  }
  if (type === 'object') return jsonObject(spot, context);
  if (type === 'number') return number(spot, context);
  return spot.node.value as Json;
};

function jsonObject(spot: Spot, context: DecodeContext): Json | Mistaken {
  const entries: [string, Json][] = [];
  for (const [name, { key, value: node, pointer }] of membersOf(spot, context)) {
    const value = node === undefined ? MISTAKEN : json({ node, pointer, key }, context);
    if (value === MISTAKEN) return MISTAKEN;
    entries.push([name, value]);
  }
  // fromEntries defines members, so a key such as __proto__ stays an ordinary one.
  return Object.fromEntries(entries);
}
