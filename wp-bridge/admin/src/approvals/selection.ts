interface Row {
  readonly id: string;
  readonly digest: string;
}

/** Chosen calls by their ids, each with the digest that was shown when it was chosen. */
export type Chosen = ReadonlyMap<string, string>;

/** Those chosen before keep their digests; new ones get what is shown now. */
export function choose(before: Chosen, ids: ReadonlySet<string>, rows: readonly Row[]): Chosen {
  const shown = new Map(rows.map(({ id, digest }) => [id, digest]));
  return new Map(
    [...ids].flatMap((id) => {
      const digest = before.get(id) ?? shown.get(id);
      return digest === undefined ? [] : [[id, digest]];
    }),
  );
}

export const picked = <R extends Row>(chosen: Chosen, rows: readonly R[]): readonly R[] =>
  rows.filter(({ id, digest }) => chosen.get(id) === digest);

/** Chosen as something else than they are now. */
export const edited = <R extends Row>(chosen: Chosen, rows: readonly R[]): readonly R[] =>
  rows.filter(({ id, digest }) => chosen.has(id) && chosen.get(id) !== digest);
