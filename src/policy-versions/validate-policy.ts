import { parsePolicyValue } from '../policy/parse.js';
import type { Problem } from '../policy/source/positions.js';

/** Every problem of a document, text or object, in the order of its text; none when all is well. Stores nothing. */
export type ValidatePolicy = (document: unknown) => readonly Problem[];

export function makeValidatePolicy({ knownTools }: { readonly knownTools: readonly string[] }): ValidatePolicy {
  return (document) => {
    const outcome = parsePolicyValue(document, { knownTools });
    return outcome.ok ? [] : outcome.problems;
  };
}
