/** Work that is done together with what else came in. */
export interface Joined<T, R> {
  readonly item: T;
  readonly resolve: (result: R) => void;
  readonly reject: (error: unknown) => void;
}

export interface BatchOptions<T, R> {
  /** Does the work of one batch and resolves each item. What is left when it ends or rejects is rejected. */
  readonly run: (batch: readonly Joined<T, R>[]) => Promise<void>;
  /** Batches in the making at once. */
  readonly lanes: number;
  readonly mostItems: number;
  /** Items waiting beyond this are refused at once with what this gives. */
  readonly mostWaiting: number;
  readonly full: () => Error;
}

/**
 * Joins what comes in while earlier work is under way: nothing waits when nothing is under way, and the more comes in, the
 * more is done at a time.
 */
export function makeBatches<T, R>(options: BatchOptions<T, R>): (item: T) => Promise<R> {
  const waiting: Joined<T, R>[] = [];
  let running = 0;
  let scheduled = false;

  const runOne = (batch: readonly Joined<T, R>[]): Promise<void> => {
    const rejectRest = (reason: unknown): void => {
      for (const { reject } of batch) reject(reason);
    };
    const left = (): void => rejectRest(new Error('a batch left an item without a result'));
    return options.run(batch).then(left, rejectRest);
  };

  const start = (): void => {
    scheduled = false;
    while (running < options.lanes && waiting.length > 0) {
      running += 1;
      void runOne(waiting.splice(0, options.mostItems)).finally(() => {
        running -= 1;
        schedule();
      });
    }
  };

  /** What comes in within one turn of the event loop starts together. */
  const schedule = (): void => {
    if (scheduled || waiting.length === 0) return;
    scheduled = true;
    setImmediate(start);
  };

  return (item) =>
    new Promise((resolve, reject) => {
      if (waiting.length >= options.mostWaiting) {
        reject(options.full());
        return;
      }
      waiting.push({ item, resolve, reject });
      schedule();
    });
}
