/** A list of terms that is kept outside of the document, in the settings, and used by name. */
export interface TermList {
  readonly terms: readonly string[];
  /** SHA-256 in hexadecimal: which terms they are, whatever their order. Not for agents, who could confirm a guess by it. */
  readonly digest: string;
}

/** Lists as they are at the moment of a decision. One that isn't in it can't be used, and a rule that names it denies. */
export type TermLists = ReadonlyMap<string, TermList>;

export const NO_TERM_LISTS: TermLists = new Map();

export const LIST_NAME = /^[a-z0-9][a-z0-9_-]{0,63}$/;
