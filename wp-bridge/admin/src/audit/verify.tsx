import { Button, Spinner } from '@wordpress/components';
import { __, sprintf } from '@wordpress/i18n';
import { useId, useState } from 'react';
import { useDeed } from '../api/use-deed.js';
import { Link } from '../parts/link.js';
import { ProblemNotice } from '../parts/problem-notice.js';
import { verifyLog, type Report, type Running } from './answers.js';

function Progress({ far }: { readonly far: Running | undefined }) {
  const id = useId();
  if (far === undefined) {
    return (
      <p className="chaperone-loading" role="status">
        <Spinner /> {__('Walking the whole log …', 'chaperone')}
      </p>
    );
  }
  // What was written since the walk began is walked too.
  const total = Math.max(far.total, far.entries);
  return (
    <div className="chaperone-loading">
      <label htmlFor={id}>
        {sprintf(
          /* translators: 1: number of entries walked, 2: number of all entries. */
          __('Walking the whole log: %1$s of %2$s entries', 'chaperone'),
          far.entries.toLocaleString(),
          total.toLocaleString(),
        )}
      </label>
      <progress id={id} max={total} value={far.entries} />
    </div>
  );
}

function ReportView({ report: { ok, entries, firstBad } }: { readonly report: Report }) {
  if (ok) {
    return (
      <p className="chaperone-done" role="status">
        {/* translators: %s: number of entries. */}
        {sprintf(__('The log is whole: %s entries, each fits the one before.', 'chaperone'), entries.toLocaleString())}
      </p>
    );
  }
  return (
    <div className="chaperone-problem" role="alert">
      <p className="chaperone-problem__title">{__('The log was changed.', 'chaperone')}</p>
      {firstBad === undefined ? null : (
        <p>
          {/* translators: %d: number of an entry. */}
          {sprintf(__('The first entry that is wrong is number %d:', 'chaperone'), firstBad.id)} {firstBad.reason}.{' '}
          <Link to="audit" params={{ id: String(firstBad.id) }}>
            {__('Look at it', 'chaperone')}
          </Link>
        </p>
      )}
      <p>
        {__(
          'Whoever can write to the database can do this. Compare with a backup and with exports kept elsewhere.',
          'chaperone',
        )}
      </p>
    </div>
  );
}

/** Walks the whole chain: the button that begins it, and what stands below it meanwhile and then. */
export function useVerification() {
  const [report, setReport] = useState<Report>();
  const [far, setFar] = useState<Running>();
  const deed = useDeed(async () => {
    setReport(undefined);
    setFar(undefined);
    const found = await verifyLog(setFar);
    setReport(found);
    return found.ok ? __('The log is whole.', 'chaperone') : __('The log was changed.', 'chaperone');
  });
  return {
    button: (
      <Button
        variant="secondary"
        isBusy={deed.isBusy}
        disabled={deed.isBusy}
        accessibleWhenDisabled
        onClick={() => void deed.run()}
      >
        {__('Verify the log', 'chaperone')}
      </Button>
    ),
    result: (
      <>
        {deed.isBusy ? <Progress far={far} /> : null}
        {deed.problem === undefined ? null : <ProblemNotice problem={deed.problem} />}
        {report === undefined || deed.isBusy ? null : <ReportView report={report} />}
      </>
    ),
  };
}
