import { useCallback, useState } from 'react';

/** A text on its way to be a version: what it was made from, and how it stands. */
export interface Draft {
  /** Null where there was no version yet. */
  readonly base: number | null;
  readonly text: string;
}

const KEY = 'chaperone-policy-draft';

function kept(): Draft | undefined {
  try {
    const found: unknown = JSON.parse(window.sessionStorage.getItem(KEY) ?? 'null');
    if (typeof found !== 'object' || found === null || !('text' in found) || typeof found.text !== 'string')
      return undefined;
    const base = 'base' in found && typeof found.base === 'number' ? found.base : null;
    return { base, text: found.text };
  } catch {
    return undefined;
  }
}

function keep(draft: Draft | undefined): void {
  try {
    if (draft === undefined) window.sessionStorage.removeItem(KEY);
    else window.sessionStorage.setItem(KEY, JSON.stringify(draft));
  } catch {
    // A browser that keeps nothing: the text lives as long as the page.
  }
}

/** What is being written outlives a reload and a visit to another screen, in this window, until it is saved or thrown away. */
export function useDraft() {
  const [draft, setDraft] = useState(kept);
  const change = useCallback((next: Draft | undefined): void => {
    keep(next);
    setDraft(next);
  }, []);
  return { draft, change };
}
