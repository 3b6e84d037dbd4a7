import { useState } from 'react';
import type { Approval } from './answers.js';
import { isStoppableState } from './words.js';

/**
 * A held call as its reader was shown it, with what became of it since. What is to be done, and the digest of it, stay those
 * that were read: a vote, or a rejection, is for nothing else.
 */
export const asSeen = (seen: Approval, latest: Approval): Approval => ({
  ...seen,
  status: latest.status,
  you: latest.you,
  votes: latest.votes,
  steps: latest.steps,
  history: latest.history,
  updatedAt: latest.updatedAt,
  secondsLeft: latest.secondsLeft,
});

/** Somebody edited it since it was read, and it can still be decided or stopped. */
export const isOutdated = (seen: Approval, latest: Approval): boolean =>
  isStoppableState(latest.status) && seen.digest !== latest.digest;

export interface Seen {
  readonly approval: Approval;
  readonly isOutdated: boolean;
  readonly takeLatest: () => void;
  /** The digest that one's own vote has left: who edited knows what there is to read. */
  readonly expect: (digest: string | undefined) => void;
}

/** Another digest is taken over only when the reader asks for it. */
export function useSeen(latest: Approval): Seen {
  const [seen, setSeen] = useState(latest);
  const [own, setOwn] = useState<string>();
  const outdated = isOutdated(seen, latest) && latest.digest !== own;
  // What the reader made anew themselves is what they have read from now on.
  if (!outdated && seen.digest !== latest.digest) setSeen(latest);
  return {
    approval: outdated ? asSeen(seen, latest) : latest,
    isOutdated: outdated,
    takeLatest: () => setSeen(latest),
    expect: setOwn,
  };
}
