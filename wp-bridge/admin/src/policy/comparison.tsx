import { __ } from '@wordpress/i18n';
import { useAnswer } from '../api/use-answer.js';
import { JsonView } from '../parts/json-view.js';
import { Trouble } from '../parts/page.js';
import { Loading } from '../parts/panel.js';
import { compare } from './answers.js';

/** What changed between two versions, in sentences, with the patch behind them. */
export function Sentences({ from, to }: { readonly from: number; readonly to: number }) {
  const { value, problem, isLoading, reload } = useAnswer(`${from} ${to}`, (signal) => compare(from, to, signal));
  if (problem !== undefined) return <Trouble problem={problem} onRetry={reload} />;
  if (value === undefined) return isLoading ? <Loading /> : null;
  return (
    <>
      {value.sentences.length === 0 ? (
        <p>{__('Nothing that decides changed.', 'chaperone')}</p>
      ) : (
        <ul className="chaperone-sentences">
          {value.sentences.map((sentence) => (
            <li key={sentence}>{sentence}</li>
          ))}
        </ul>
      )}
      <details>
        <summary>{__('As a patch (RFC 6902)', 'chaperone')}</summary>
        <JsonView value={value.patch} label={__('As a patch (RFC 6902)', 'chaperone')} />
      </details>
    </>
  );
}
