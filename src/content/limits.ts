/** What is scanned at most; anything beyond is reported as unscannable, and the caller denies. */
export const LIMITS = {
  /** UTF-16 units of all strings of one call together. */
  characters: 1_048_576,
  /** Strings of one call. */
  strings: 20_000,
  /** How deep a value may be nested. */
  depth: 100,
  /** Questions to the segmenter for one text; see word-edge.ts. */
  segments: 256,
  /** Patterns of which the exact place is found, for one text. */
  locations: 8,
  /** Letters for which memory is kept from one text to the next. */
  keptMemory: 262_144,
} as const;
