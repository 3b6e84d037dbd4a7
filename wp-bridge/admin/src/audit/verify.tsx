import { Button, Spinner } from '@wordpress/components';
import { __, sprintf } from '@wordpress/i18n';
import { useState } from 'react';
import { useDeed } from '../api/use-deed.js';
import { Link } from '../parts/link.js';
import { ProblemNotice } from '../parts/problem-notice.js';
import { useNow } from '../parts/time.js';
import { spanOf } from '../site/time.js';
import { verifyLog, type Report } from './answers.js';

function Running({ since }: { readonly since: number }) {
  const seconds = (useNow(1_000).getTime() - since) / 1_000;
  return (
    <p className="chaperone-loading" role="status">
      <Spinner />
      {/* translators: %s: a length of time. */}
      {sprintf(
        __('Walking the whole log, for %s now. A million entries take about ten seconds.', 'chaperone'),
        spanOf(seconds),
      )}
    </p>
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
  const [since, setSince] = useState(0);
  const deed = useDeed(async () => {
    setReport(undefined);
    setSince(Date.now());
    const found = await verifyLog();
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
        {deed.isBusy ? <Running since={since} /> : null}
        {deed.problem === undefined ? null : <ProblemNotice problem={deed.problem} />}
        {report === undefined || deed.isBusy ? null : <ReportView report={report} />}
      </>
    ),
  };
}
