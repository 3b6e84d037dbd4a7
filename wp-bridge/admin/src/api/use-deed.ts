import { speak } from '@wordpress/a11y';
import { useCallback, useRef, useState } from 'react';
import { newIdempotencyKey, problemOf } from './ask.js';
import type { Problem } from './problem.js';

export interface Deed<Args extends readonly unknown[]> {
  readonly isBusy: boolean;
  readonly problem: Problem | undefined;
  /** True when it was done. Never twice at once, however often somebody presses. */
  readonly run: (...args: Args) => Promise<boolean>;
  readonly forget: () => void;
}

/** For buttons: the second press of a double click belongs to the first. */
export const onPress =
  (run: () => unknown) =>
  ({ detail }: { readonly detail: number }): void => {
    if (detail < 2) run();
  };

/**
 * Something that a person does. A repetition after a failure keeps the idempotency key, so that what had arrived isn't done
 * a second time; after a success the next one gets a new key. Success and failure are spoken.
 */
export function useDeed<Args extends readonly unknown[]>(
  work: (idempotencyKey: string, ...args: Args) => Promise<string>,
): Deed<Args> {
  const [state, setState] = useState<{ isBusy: boolean; problem?: Problem }>({ isBusy: false });
  const busy = useRef(false);
  const key = useRef(newIdempotencyKey());
  const latest = useRef(work);
  latest.current = work;
  const run = useCallback(async (...args: Args): Promise<boolean> => {
    if (busy.current) return false;
    busy.current = true;
    setState({ isBusy: true });
    try {
      const said = await latest.current(key.current, ...args);
      key.current = newIdempotencyKey();
      setState({ isBusy: false });
      if (said !== '') speak(said, 'polite');
      return true;
    } catch (error) {
      const problem = problemOf(error);
      // A refusal was an answer: the next try is another request. Only silence may have been done already.
      if (problem.status > 0 && problem.status < 500) key.current = newIdempotencyKey();
      setState({ isBusy: false, problem });
      speak([problem.title, problem.detail ?? ''].join(' '), 'assertive');
      return false;
    } finally {
      busy.current = false;
    }
  }, []);
  const forget = useCallback(() => setState({ isBusy: false }), []);
  return { isBusy: state.isBusy, problem: state.problem, run, forget };
}
