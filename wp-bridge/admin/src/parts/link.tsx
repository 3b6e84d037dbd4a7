import type { MouseEvent, ReactNode } from 'react';
import { addressOf, go, type Params, type ScreenName } from '../site/router.js';
import { boot } from '../site/boot.js';

interface Props {
  readonly to: ScreenName;
  readonly params?: Params;
  readonly className?: string;
  readonly children: ReactNode;
}

/** A real link, so that it opens in a tab of its own; within a screen it needs no new page. */
export function Link({ to, params = {}, className, children }: Props) {
  const follow = (event: MouseEvent): void => {
    const isPlain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
    if (!isPlain || to !== boot.screen) return;
    event.preventDefault();
    go(to, params);
  };
  return (
    <a href={addressOf(to, params)} onClick={follow} className={className}>
      {children}
    </a>
  );
}
