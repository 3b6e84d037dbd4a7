import { Component, type ReactNode } from 'react';
import { __ } from '@wordpress/i18n';
import type { Problem } from '../api/problem.js';
import { isSidecarAway } from '../api/problem.js';
import { ProblemNotice, SidecarAway } from './problem-notice.js';

export interface PageProps {
  readonly title: string;
  /** Beside the title: what the screen is for doing. */
  readonly actions?: ReactNode;
  /** One sentence below it. */
  readonly lead?: ReactNode;
  readonly children: ReactNode;
}

/** A screen's frame. WordPress moves other plugins' notices behind `wp-header-end`. */
export function Page({ title, actions, lead, children }: PageProps) {
  return (
    <div className="chaperone-page">
      <header className="chaperone-page__header">
        <div>
          <h1 className="wp-heading-inline">{title}</h1>
          {lead === undefined ? null : <p className="chaperone-page__lead">{lead}</p>}
        </div>
        {actions === undefined ? null : <div className="chaperone-page__actions">{actions}</div>}
      </header>
      <hr className="wp-header-end" />
      {children}
    </div>
  );
}

/** What stands in place of a screen's content when it couldn't be had, with the way on. */
export function Trouble({ problem, onRetry }: { readonly problem: Problem; readonly onRetry?: () => void }) {
  return isSidecarAway(problem) ? (
    <SidecarAway problem={problem} {...(onRetry === undefined ? {} : { onRetry })} />
  ) : (
    <ProblemNotice problem={problem} {...(onRetry === undefined ? {} : { onRetry })} />
  );
}

/** A mistake of ours must leave words, not a white page. */
export class Safely extends Component<{ readonly children: ReactNode }, { readonly failed: boolean }> {
  override state = { failed: false };
  static getDerivedStateFromError(): { failed: boolean } {
    return { failed: true };
  }
  override render(): ReactNode {
    if (!this.state.failed) return this.props.children;
    return (
      <div className="notice notice-error" role="alert">
        <p>{__('This screen stopped working. Load the page again; nothing was changed by this.', 'chaperone')}</p>
      </div>
    );
  }
}
