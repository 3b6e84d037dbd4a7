import { useId, type ReactNode } from 'react';
import { Spinner } from '@wordpress/components';
import { __ } from '@wordpress/i18n';

interface Props {
  readonly title: string;
  readonly aside?: ReactNode;
  readonly className?: string;
  readonly children: ReactNode;
}

/** A titled part of a screen. */
export function Panel({ title, aside, className = '', children }: Props) {
  const id = useId();
  return (
    <section className={`chaperone-panel ${className}`} aria-labelledby={id}>
      <header className="chaperone-panel__header">
        <h2 id={id}>{title}</h2>
        {aside === undefined ? null : <div className="chaperone-panel__aside">{aside}</div>}
      </header>
      {children}
    </section>
  );
}

/** Nothing there yet: why, and what would change that. */
export function Empty({ title, children }: { readonly title: string; readonly children?: ReactNode }) {
  return (
    <div className="chaperone-empty">
      <p className="chaperone-empty__title">{title}</p>
      {children === undefined ? null : <p>{children}</p>}
    </div>
  );
}

export function Loading() {
  return (
    <p className="chaperone-loading" role="status">
      <Spinner /> {__('Loading…', 'chaperone')}
    </p>
  );
}
