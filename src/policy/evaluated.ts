import type { BlockName } from './document.js';

/**
 * What format 1 knows and this version of Chaperone doesn't carry out yet. A document that asks for any of it is
 * refused at that very place: a rule that silently does nothing would be worse than no rule. The document is still
 * read in full, so that its other mistakes show too.
 */
export const NOT_EVALUATED_YET: {
  readonly blocks: readonly (BlockName | 'severities')[];
} = {
  blocks: ['content', 'severities'],
};

/** The words for a place that asks for such a thing. */
export function notEvaluatedYet(what: string): string {
  return `${what} isn't evaluated by this version of Chaperone yet; take it out.`;
}
