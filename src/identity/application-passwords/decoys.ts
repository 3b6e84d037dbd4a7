import { likeHash, type SlowHash } from './password-hash.js';
import type { StoredPasswords } from './stored-passwords.js';

type SlowKind = SlowHash['kind'];

/** What the slow rows of this site cost, so that a refusal costs it whether or not somebody has such a row. */
export interface Decoys {
  /** Remembers the slow kinds that a user's rows hold. */
  learn(stored: StoredPasswords): void;
  /** One hash of nobody's for each kind seen and not among `done`, always in the same order. */
  missing(done: ReadonlySet<SlowKind>): readonly SlowHash[];
}

const KINDS: readonly SlowKind[] = ['phpass', 'bcrypt'];

/** Per process: one hash per kind, with the cost that a row read last had. */
export function makeDecoys(): Decoys {
  const seen = new Map<SlowKind, SlowHash>();
  return {
    learn({ usable }) {
      for (const { hash } of usable) if (hash.kind !== 'fast') seen.set(hash.kind, likeHash(hash));
    },
    missing: (done) =>
      KINDS.flatMap((kind) => {
        const decoy = done.has(kind) ? undefined : seen.get(kind);
        return decoy === undefined ? [] : [decoy];
      }),
  };
}
