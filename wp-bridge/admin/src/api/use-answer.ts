import { useCallback, useEffect, useRef, useState } from 'react';
import { problemOf } from './ask.js';
import type { Problem } from './problem.js';

/** `value` stays while it is asked for again, so that a screen doesn't flicker; a problem then stands beside it. */
export interface Asked<T> {
  readonly value: T | undefined;
  readonly problem: Problem | undefined;
  readonly isLoading: boolean;
  readonly reload: () => void;
}

/**
 * Asks when `key` changes, when `reload` is called, and every `everyMs` while the page is in sight. An answer that came too
 * late, for a key that isn't wanted any more, is dropped.
 */
export function useAnswer<T>(key: string, load: (signal: AbortSignal) => Promise<T>, everyMs?: number): Asked<T> {
  const [state, setState] = useState<{ key: string; value?: T; problem?: Problem; isLoading: boolean }>({
    key,
    isLoading: true,
  });
  const [round, setRound] = useState(0);
  const loader = useRef(load);
  loader.current = load;
  const reload = useCallback(() => setRound((before) => before + 1), []);

  useEffect(() => {
    const abort = new AbortController();
    setState((before) => (before.key === key ? { ...before, isLoading: true } : { key, isLoading: true }));
    loader.current(abort.signal).then(
      (value) => {
        if (!abort.signal.aborted) setState({ key, value, isLoading: false });
      },
      (error: unknown) => {
        if (abort.signal.aborted) return;
        setState(({ problem: _old, ...before }) => ({ ...before, key, problem: problemOf(error), isLoading: false }));
      },
    );
    return () => abort.abort();
  }, [key, round]);

  useEvery(reload, everyMs);
  const isCurrent = state.key === key;
  return {
    value: isCurrent ? state.value : undefined,
    problem: isCurrent ? state.problem : undefined,
    isLoading: !isCurrent || state.isLoading,
    reload,
  };
}

/** Calls again and again while somebody can see the page, and at once when it comes back into sight. */
function useEvery(work: () => void, everyMs: number | undefined): void {
  useEffect(() => {
    if (everyMs === undefined) return undefined;
    const timer = window.setInterval(() => {
      if (!document.hidden) work();
    }, everyMs);
    const onVisible = (): void => {
      if (!document.hidden) work();
    };
    document.addEventListener('visibilitychange', onVisible);
    return () => {
      window.clearInterval(timer);
      document.removeEventListener('visibilitychange', onVisible);
    };
  }, [work, everyMs]);
}
