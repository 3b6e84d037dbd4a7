import { Button } from '@wordpress/components';
import { __, _n, sprintf } from '@wordpress/i18n';
import { useState } from 'react';
import { useDeed } from '../api/use-deed.js';
import { DataTable, type Column } from '../parts/data-table.js';
import { Link } from '../parts/link.js';
import { Panel } from '../parts/panel.js';
import { ProblemNotice } from '../parts/problem-notice.js';
import { Time } from '../parts/time.js';
import { Verdict } from '../parts/verdict.js';
import { may } from '../site/boot.js';
import { replay, type Replayed } from './answers.js';

type Changed = Replayed['changed'][number];

const columns = (): readonly Column<Changed>[] => [
  {
    id: 'at',
    header: __('When', 'chaperone'),
    cell: ({ ts, auditId }) => (
      <Link to="audit" params={{ id: String(auditId) }}>
        <Time at={ts} />
      </Link>
    ),
  },
  { id: 'tool', header: __('Tool', 'chaperone'), cell: ({ tool }) => <code>{tool ?? ''}</code> },
  { id: 'was', header: __('It was', 'chaperone'), cell: ({ was }) => <Verdict verdict={was} /> },
  { id: 'becomes', header: __('It would be', 'chaperone'), cell: ({ becomes }) => <Verdict verdict={becomes} /> },
  { id: 'why', header: __('Why', 'chaperone'), cell: ({ explanation }) => explanation },
];

function Report({ report }: { readonly report: Replayed }) {
  const left = Object.entries(report.notReplayable);
  return (
    <div role="status">
      <p>
        <strong>
          {sprintf(
            /* translators: %d: number of calls. */
            _n('%d call would end otherwise.', '%d calls would end otherwise.', report.changed.length, 'chaperone'),
            report.changed.length,
          )}
        </strong>{' '}
        {sprintf(
          /* translators: 1: calls looked at, 2: calls as before. */
          __('%1$d looked at, %2$d as before.', 'chaperone'),
          report.considered,
          report.unchanged,
        )}
      </p>
      {left.map(([why, count]) => (
        <p key={why} className="chaperone-note">
          {/* translators: 1: number of calls, 2: why. */}
          {sprintf(__('%1$d could not be decided again: %2$s.', 'chaperone'), count, why)}
        </p>
      ))}
      {report.changed.length === 0 ? null : (
        <DataTable
          caption={__('Calls that would end otherwise', 'chaperone')}
          columns={columns()}
          rows={report.changed.slice(0, 100)}
          keyOf={({ auditId }) => String(auditId)}
          nameOf={({ tool }) => tool ?? ''}
        />
      )}
    </div>
  );
}

/** The newest calls of the log, decided again by the text as it stands. */
export function ReplayPanel({ document }: { readonly document: string }) {
  const [report, setReport] = useState<Replayed>();
  const deed = useDeed(async () => {
    const found = await replay(document);
    setReport(found);
    /* translators: %d: number of calls. */
    return sprintf(__('%d calls would end otherwise.', 'chaperone'), found.changed.length);
  });
  return (
    <Panel title={__('What would have become of past calls', 'chaperone')}>
      <Button
        variant="secondary"
        isBusy={deed.isBusy}
        disabled={deed.isBusy || !may('ai_agent_manage_policies')}
        accessibleWhenDisabled
        onClick={() => void deed.run()}
      >
        {__('Replay the last 1,000 calls', 'chaperone')}
      </Button>
      {deed.problem === undefined ? null : <ProblemNotice problem={deed.problem} />}
      {report === undefined ? null : <Report report={report} />}
    </Panel>
  );
}
