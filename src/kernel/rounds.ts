/** The same work, begun anew once it has ended: whoever asks meanwhile waits for the one that is under way. */
export function oneAtATime<T>(work: () => Promise<T>): () => Promise<T> {
  let running: Promise<T> | undefined;
  return () => {
    running ??= work().finally(() => {
      running = undefined;
    });
    return running;
  };
}

/**
 * Repeats a step that does a bounded part of the work, such as deleting at most a thousand rows, while it finds `enough` of it, and at
 * most `rounds` times: what is left waits for the next sweep. Answers how much was done.
 */
export function inRounds(
  step: () => Promise<number>,
  { enough, rounds = 50 }: { readonly enough: number; readonly rounds?: number },
): Promise<number> {
  const from = (round: number, before: number): Promise<number> =>
    step().then((some) => {
      const done = before + some;
      return some < enough || round === rounds ? done : from(round + 1, done);
    });
  return from(1, 0);
}
