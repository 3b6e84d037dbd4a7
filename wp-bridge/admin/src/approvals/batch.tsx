import { Button } from '@wordpress/components';
import { __, _n, sprintf } from '@wordpress/i18n';
import { useState } from 'react';
import { useDeed } from '../api/use-deed.js';
import { ConfirmDialog } from '../parts/confirm-dialog.js';
import { Link } from '../parts/link.js';
import { wordsOfCode } from '../site/code-words.js';
import { decideBatch, type ApprovalSummary, type BatchResult } from './answers.js';

type Action = 'approve' | 'reject';

function titleOf(action: Action, count: number): string {
  return action === 'approve'
    ? sprintf(
        /* translators: %d: number of calls. */ _n('Approve %d call?', 'Approve %d calls?', count, 'chaperone'),
        count,
      )
    : sprintf(
        /* translators: %d: number of calls. */ _n('Reject %d call?', 'Reject %d calls?', count, 'chaperone'),
        count,
      );
}

interface Props {
  readonly chosen: Chosen;
  readonly onDone: (results: readonly BatchResult[]) => void;
}

type Chosen = readonly Pick<ApprovalSummary, 'id' | 'digest'>[];

/** Decides several at once; each has its own result. What a dialog asks about is fixed when it opens. */
export function Batch({ chosen, onDone }: Props) {
  const [asked, setAsked] = useState<{ readonly action: Action; readonly chosen: Chosen } | null>(null);
  const deed = useDeed(async (_key, note: string) => {
    if (asked === null) return '';
    const results = await decideBatch(asked.chosen, asked.action, note);
    onDone(results);
    const done = results.filter(({ ok }) => ok).length;
    /* translators: 1: calls that were decided, 2: calls that were chosen. */
    return sprintf(__('%1$d of %2$d decided.', 'chaperone'), done, results.length);
  });
  const close = (): void => {
    deed.forget();
    setAsked(null);
  };
  const isNone = chosen.length === 0;
  const isApproving = asked?.action === 'approve';
  return (
    <div className="chaperone-bulk">
      <Button
        variant="secondary"
        disabled={isNone}
        accessibleWhenDisabled
        onClick={() => setAsked({ action: 'approve', chosen })}
      >
        {__('Approve chosen', 'chaperone')}
      </Button>
      <Button
        variant="secondary"
        disabled={isNone}
        accessibleWhenDisabled
        onClick={() => setAsked({ action: 'reject', chosen })}
      >
        {__('Reject chosen', 'chaperone')}
      </Button>
      {asked === null ? null : (
        <ConfirmDialog
          title={titleOf(asked.action, asked.chosen.length)}
          confirm={isApproving ? __('Approve', 'chaperone') : __('Reject', 'chaperone')}
          isDestructive={!isApproving}
          note={{ label: __('Note', 'chaperone'), help: __('It stands with each of them in the log.', 'chaperone') }}
          deed={deed}
          onClose={close}
        >
          <p>
            {isApproving
              ? __(
                  'Each gets your vote as it stands now. Where yours is the last one, the call runs at once.',
                  'chaperone',
                )
              : __('None of them will run. The agents are told.', 'chaperone')}
          </p>
        </ConfirmDialog>
      )}
    </div>
  );
}

/** What became of each; those that failed with their reason. */
export function Results({ results }: { readonly results: readonly BatchResult[] }) {
  const failed = results.filter(({ ok }) => !ok);
  return (
    <div className={failed.length === 0 ? 'chaperone-done' : 'chaperone-problem'} role="status">
      <p>
        {/* translators: 1: calls that were decided, 2: calls that were chosen. */}
        {sprintf(__('%1$d of %2$d decided.', 'chaperone'), results.length - failed.length, results.length)}
      </p>
      {failed.length === 0 ? null : (
        <ul>
          {failed.map(({ id, code, detail }) => (
            <li key={id}>
              <Link to="approvals" params={{ id }}>
                {id}
              </Link>
              {': '}
              {detail ?? wordsOfCode(code ?? '')}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
