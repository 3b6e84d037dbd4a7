import { ChaperoneError } from '../kernel/errors.js';

/** Beyond this many waiting from one source, more are turned away. */
const MOST_WAITING = 200;
const COME_BACK_SECONDS = 1;

interface Source {
  inside: number;
  waiting: number;
  /** Those who ask to come in, one after the other. */
  asking: Promise<void>;
  /** Told when somebody leaves. */
  onLeft: () => void;
}

export interface WaitingRoom {
  /**
   * Waits until `mayEnter` says yes to the number of those who are inside from this source. One asks at a time; who is told no asks
   * again when somebody has left, so `mayEnter(0)` must say yes or throw.
   *
   * @returns what to call when leaving
   * @throws overloaded, and what `mayEnter` throws
   */
  enter(source: string, mayEnter: (inside: number) => Promise<boolean>): Promise<() => void>;
}

export function makeWaitingRoom(): WaitingRoom {
  const sources = new Map<string, Source>();
  const sourceOf = (name: string): Source => {
    const found = sources.get(name) ?? { inside: 0, waiting: 0, asking: Promise.resolve(), onLeft: () => undefined };
    sources.set(name, found);
    return found;
  };
  return {
    async enter(name, mayEnter) {
      const source = sourceOf(name);
      if (source.waiting >= MOST_WAITING) throw new ChaperoneError('overloaded', { retryAfter: COME_BACK_SECONDS });
      const forget = (): void => {
        if (source.inside === 0 && source.waiting === 0) sources.delete(name);
      };
      source.waiting += 1;
      const admitted = source.asking.then(async () => {
        for (;;) {
          const left = new Promise<void>((resolve) => {
            source.onLeft = resolve;
          });
          if (await mayEnter(source.inside)) break;
          await left;
        }
        source.inside += 1;
      });
      source.asking = admitted.catch(() => undefined);
      try {
        await admitted;
      } finally {
        source.waiting -= 1;
        forget();
      }
      return () => {
        source.inside -= 1;
        source.onLeft();
        forget();
      };
    },
  };
}
