import type { Node } from 'jsonc-parser';
import { LIMITS } from '../limits.js';

/** A value in the text: its node, its pointer, and the node of its key where it is a member. */
export interface Spot {
  readonly node: Node;
  readonly pointer: string;
  readonly key?: Node;
}

/** A mistake whose place is still an offset. */
export interface Fault {
  readonly offset: number;
  readonly pointer: string;
  readonly message: string;
  /** Says that something is missing: where the text itself is broken, it may only have been swallowed. */
  readonly missing?: true;
}

/** What decoding gathers on its way through one document. */
export interface DecodeContext {
  /** The tools that exist, or undefined when nobody knows: then any name is taken. */
  readonly knownTools: ReadonlySet<string> | undefined;
  /** Likewise the lists of terms. */
  readonly knownTermLists: ReadonlySet<string> | undefined;
  readonly faults: Fault[];
  readonly ids: { readonly id: string; readonly spot: Spot }[];
  rules: number;
  patternSize: number;
}

export interface Known {
  readonly knownTools?: readonly string[];
  readonly knownTermLists?: readonly string[];
}

export function newContext({ knownTools, knownTermLists }: Known): DecodeContext {
  return {
    knownTools: knownTools && new Set(knownTools),
    knownTermLists: knownTermLists && new Set(knownTermLists),
    faults: [],
    ids: [],
    rules: 0,
    patternSize: 0,
  };
}

/** More than are ever listed, so that the first ones in the text can be picked; not without bound. */
const GATHERED = LIMITS.problems * 100;

/** What a decoder gives instead of a value, after it has noted at least one fault. */
export const MISTAKEN: unique symbol = Symbol('mistaken');
export type Mistaken = typeof MISTAKEN;

/** Notes a mistake at a value, and gives what a decoder gives then. */
export function fault(context: DecodeContext, spot: Spot, message: string): Mistaken {
  faultAt(context, spot.node.offset, spot.pointer, message);
  return MISTAKEN;
}

/** Notes a mistake at a place of one's own, such as a key. */
export function faultAt(context: DecodeContext, offset: number, pointer: string, message: string): void {
  if (context.faults.length < GATHERED) context.faults.push({ offset, pointer, message });
}

/** A word of the document as a message may show it: short, and without characters that spoil a terminal. */
export function quoted(text: string): string {
  const characters = Array.from(text.slice(0, 120).replace(/[\p{Cc}\p{Cf}\p{Surrogate}]/gu, '\u{fffd}'));
  return characters.length > 60 ? `"${characters.slice(0, 60).join('')}…"` : `"${characters.join('')}"`;
}
