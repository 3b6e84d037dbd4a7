import { notEvaluatedYet } from '../evaluated.js';
import { fault, MISTAKEN, quoted } from './context.js';
import type { Decoder } from './decoder.js';

/** Refuses the words that format 1 knows and this version doesn't carry out (see evaluated.ts). */
export function evaluatedOnly<T extends string>(
  decode: Decoder<T>,
  notYet: readonly string[],
  what: string,
): Decoder<T> {
  return (spot, context) => {
    const word = decode(spot, context);
    if (word === MISTAKEN || !notYet.includes(word)) return word;
    return fault(context, spot, notEvaluatedYet(`${what} ${quoted(word)}`));
  };
}
