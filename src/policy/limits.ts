/**
 * Bounds of a policy document. They keep reading, storing and deciding predictable whatever is sent in: each is far
 * above what people write by hand, and each has a message of its own when it is passed.
 */
export const LIMITS = {
  /** Bytes of UTF-8. */
  documentBytes: 1_000_000,
  /** Objects and arrays inside one another; format 1 needs 7 and an argument to compare with may nest too. */
  depth: 40,
  rules: 10_000,
  /** Problems listed at once. */
  problems: 200,
  idCharacters: 100,
  nameCharacters: 200,
  /** One login, role, type, glob, pointer or term. */
  wordCharacters: 500,
  listItems: 10_000,
  /** Windows of one rule: the search for the next allowed instant looks at each. */
  windows: 100,
  steps: 20,
  patternCharacters: 1_000,
  /** Instructions that one pattern, and all patterns of a document together, may compile to. */
  patternSize: 10_000,
  patternSizeOfAll: 200_000,
  rateLimit: 1_000_000,
} as const;
