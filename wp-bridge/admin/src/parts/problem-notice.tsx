import { Button } from '@wordpress/components';
import { __, sprintf } from '@wordpress/i18n';
import type { Problem, ProblemPlace } from '../api/problem.js';
import { boot } from '../site/boot.js';

interface Props {
  readonly problem: Problem;
  readonly onRetry?: () => void;
}

const placeOf = ({ line, column, pointer }: ProblemPlace): string => {
  if (line === undefined || column === undefined) return pointer;
  /* translators: 1: line number, 2: column number. */
  return sprintf(__('line %1$d, column %2$d', 'chaperone'), line, column);
};

/** A refusal with its reason, what to do next, and the code by which the documentation names it. */
export function ProblemNotice({ problem, onRetry }: Props) {
  const { title, detail, next, code, callId, places } = problem;
  return (
    <div className="chaperone-problem" role="alert">
      <p className="chaperone-problem__title">{title}</p>
      {detail === null || detail === title ? null : <p>{detail}</p>}
      {places.length === 0 ? null : (
        <ul>
          {places.map((place) => (
            <li key={`${place.pointer} ${place.line ?? 0}:${place.column ?? 0} ${place.message}`}>
              <strong>{placeOf(place)}</strong> {place.message}
            </li>
          ))}
        </ul>
      )}
      {next === null ? null : <p className="chaperone-problem__next">{next}</p>}
      <p className="chaperone-problem__code">
        <code>{code}</code>
        {callId === null ? null : <code>{callId}</code>}
      </p>
      {onRetry === undefined ? null : (
        <Button variant="secondary" size="compact" onClick={onRetry}>
          {__('Try again', 'chaperone')}
        </Button>
      )}
    </div>
  );
}

/** The sidecar can't be asked: that nothing passes, why, and what to do. */
export function SidecarAway({ problem, onRetry }: Props) {
  return (
    <section className="chaperone-away" role="alert">
      <h2>{__('The sidecar can’t be asked', 'chaperone')}</h2>
      <p>
        {__(
          'Chaperone’s sidecar decides on every call. While it is away no agent can do anything on this site, and held calls stay held.',
          'chaperone',
        )}
      </p>
      <p>
        <strong>{problem.title}</strong> {problem.detail ?? ''}
      </p>
      <ol>
        <li>
          {__('Look whether the sidecar runs on its server: its service, or “npx chaperone serve”.', 'chaperone')}
        </li>
        <li>{__('Run “npx chaperone doctor” there. It names what is wrong and how to put it right.', 'chaperone')}</li>
        <li>
          <a href={boot.siteHealthUrl}>
            {__('Open Site Health, which tests keys, clocks and the connection from this side.', 'chaperone')}
          </a>
        </li>
      </ol>
      <p className="chaperone-problem__code">
        <code>{problem.code}</code>
      </p>
      {onRetry === undefined ? null : (
        <Button variant="primary" onClick={onRetry}>
          {__('Try again', 'chaperone')}
        </Button>
      )}
    </section>
  );
}
