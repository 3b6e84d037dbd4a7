/** What a list gained and lost. */
export interface Delta<T> {
  readonly added: readonly T[];
  readonly gone: readonly T[];
}

/** Compares as sets; a list that isn't there is an empty one. */
export function delta<T>(from: readonly T[] | undefined, to: readonly T[] | undefined): Delta<T> {
  const [before, after] = [new Set(from), new Set(to)];
  return {
    added: [...after].filter((item) => !before.has(item)),
    gone: [...before].filter((item) => !after.has(item)),
  };
}
