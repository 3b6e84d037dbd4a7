import { Button } from '@wordpress/components';
import { __ } from '@wordpress/i18n';
import { useState } from 'react';

/** Where a list by cursors stands: the cursors of the pages before, the newest last. */
export interface Pages {
  readonly cursor: string | undefined;
  readonly isFirst: boolean;
  readonly forward: (cursor: string) => void;
  readonly back: () => void;
  readonly restart: () => void;
}

/** `key` stands for the filters: another key begins at the first page. */
export function usePages(key: string): Pages {
  const [state, setState] = useState<{ readonly key: string; readonly cursors: readonly string[] }>({
    key,
    cursors: [],
  });
  const cursors = state.key === key ? state.cursors : [];
  return {
    cursor: cursors.at(-1),
    isFirst: cursors.length === 0,
    forward: (cursor) => setState({ key, cursors: [...cursors, cursor] }),
    back: () => setState({ key, cursors: cursors.slice(0, -1) }),
    restart: () => setState({ key, cursors: [] }),
  };
}

export function Pager({
  pages,
  next,
  label,
}: {
  readonly pages: Pages;
  readonly next: string | null;
  readonly label: string;
}) {
  if (pages.isFirst && next === null) return null;
  return (
    <nav className="chaperone-pager" aria-label={label}>
      <Button variant="secondary" size="compact" disabled={pages.isFirst} accessibleWhenDisabled onClick={pages.back}>
        {__('Newer', 'chaperone')}
      </Button>
      <Button
        variant="secondary"
        size="compact"
        disabled={next === null}
        accessibleWhenDisabled
        onClick={() => next !== null && pages.forward(next)}
      >
        {__('Older', 'chaperone')}
      </Button>
    </nav>
  );
}
