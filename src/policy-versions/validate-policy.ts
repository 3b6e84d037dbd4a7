import { adviseOn } from '../policy/advice.js';
import type { ToolSketch } from '../policy/advice-tools.js';
import { parsePolicyValue } from '../policy/parse.js';
import type { TermLists } from '../policy/term-lists.js';
import type { Problem } from '../policy/source/positions.js';

export interface Validation {
  /** Every mistake, in the order of the text; none when all is well. */
  readonly problems: readonly Problem[];
  /** What surely has no effect, of a document without mistakes. It can be saved all the same. */
  readonly warnings: readonly Problem[];
}

/** Reads a document, text or object, and stores nothing. */
export type ValidatePolicy = (document: unknown) => Promise<Validation>;

export function makeValidatePolicy(deps: {
  readonly knownTools: readonly string[];
  readonly sketches: () => readonly ToolSketch[];
  /** Absent where nobody knows: then any name of a list is taken. */
  readonly termLists?: () => Promise<TermLists>;
}): ValidatePolicy {
  return async (document) => {
    const lists = await deps.termLists?.();
    const known = lists === undefined ? {} : { knownTermLists: [...lists.keys()] };
    const outcome = parsePolicyValue(document, { knownTools: deps.knownTools, ...known });
    if (!outcome.ok) return { problems: outcome.problems, warnings: [] };
    return { problems: [], warnings: adviseOn(outcome, deps.sketches()) };
  };
}
