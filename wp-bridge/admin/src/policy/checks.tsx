import { Button } from '@wordpress/components';
import { __, _n, sprintf } from '@wordpress/i18n';
import { useEffect, useState } from 'react';
import { problemOf } from '../api/ask.js';
import type { Problem } from '../api/problem.js';
import { ProblemNotice } from '../parts/problem-notice.js';
import { validate, type Checked, type Place } from './answers.js';

const PAUSE_MS = 500;

export interface Checks {
  /** Undefined while it isn't known of this text. */
  readonly checked: Checked | undefined;
  readonly problem: Problem | undefined;
}

/** The sidecar's own opinion of the text, a moment after the last letter. */
export function useChecks(text: string): Checks {
  const [state, setState] = useState<Checks & { readonly text: string }>({
    text,
    checked: undefined,
    problem: undefined,
  });
  useEffect(() => {
    const abort = new AbortController();
    const timer = window.setTimeout(() => {
      validate(text, abort.signal).then(
        (checked) => setState({ text, checked, problem: undefined }),
        (error: unknown) => {
          if (!abort.signal.aborted) setState({ text, checked: undefined, problem: problemOf(error) });
        },
      );
    }, PAUSE_MS);
    return () => {
      window.clearTimeout(timer);
      abort.abort();
    };
  }, [text]);
  return state.text === text ? state : { checked: undefined, problem: undefined };
}

interface Props {
  readonly checks: Checks;
  readonly onGoTo: (place: Place) => void;
}

/** Every mistake and every rule without effect, each leading to its place. */
export function ChecksList({ checks: { checked, problem }, onGoTo }: Props) {
  if (problem !== undefined) return <ProblemNotice problem={problem} />;
  if (checked === undefined) return <p role="status">{__('Checking…', 'chaperone')}</p>;
  const { problems, warnings } = checked;
  return (
    <div className="chaperone-checks" role="status">
      <p>
        <strong>{wordsOf(problems.length)}</strong>
      </p>
      <Places places={problems} onGoTo={onGoTo} />
      {warnings.length === 0 ? null : (
        <>
          <p>{__('Without effect, though it can be saved:', 'chaperone')}</p>
          <Places places={warnings} onGoTo={onGoTo} />
        </>
      )}
    </div>
  );
}

function wordsOf(count: number): string {
  if (count === 0) return __('No mistakes.', 'chaperone');
  /* translators: %d: number of mistakes. */
  return sprintf(_n('%d mistake:', '%d mistakes:', count, 'chaperone'), count);
}

function Places({ places, onGoTo }: { readonly places: readonly Place[]; readonly onGoTo: (place: Place) => void }) {
  return (
    <ul>
      {places.map((place) => (
        <li key={`${place.line}:${place.column} ${place.message}`}>
          <Button variant="link" onClick={() => onGoTo(place)}>
            {/* translators: 1: line number, 2: column number. */}
            {sprintf(__('line %1$d, column %2$d', 'chaperone'), place.line, place.column)}
          </Button>{' '}
          {place.message}
        </li>
      ))}
    </ul>
  );
}
