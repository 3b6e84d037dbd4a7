import { Button } from '@wordpress/components';
import { __, sprintf } from '@wordpress/i18n';
import { useAnswer } from '../api/use-answer.js';
import { useDeed } from '../api/use-deed.js';
import { DataTable, type Column } from '../parts/data-table.js';
import { Link } from '../parts/link.js';
import { Page, Trouble } from '../parts/page.js';
import { Empty, Loading } from '../parts/panel.js';
import { ProblemNotice } from '../parts/problem-notice.js';
import { Time } from '../parts/time.js';
import { listGrants, revokeGrant, type Grant } from './powers.js';
import { Views, wordsOf } from './views.js';

const EVERY_MS = 15_000;

const nameOf = ({ tool, target }: Grant): string => `${tool} ${target}`;

/** What must be as it was, and what may be worded otherwise. */
function Scope({ grant: { texts, fixed } }: { readonly grant: Grant }) {
  const values = Object.entries(fixed).map(([name, value]) => `${name} ${JSON.stringify(value)}`);
  return (
    <>
      {values.join(', ')}
      {texts.length === 0 ? null : (
        <div className="chaperone-list__sub">
          {/* translators: %s: names of fields. */}
          {sprintf(__('other words in: %s', 'chaperone'), texts.join(', '))}
        </div>
      )}
    </>
  );
}

const columns = (onRevoke: (grant: Grant) => void, isBusy: boolean): readonly Column<Grant>[] => [
  {
    id: 'what',
    header: __('What', 'chaperone'),
    cell: (row) => (
      <>
        <Link to="approvals" params={{ id: row.approvalId, view: 'decided' }} className="row-title">
          {row.target}
        </Link>
        <div className="chaperone-list__sub">
          <code>{row.tool}</code>
        </div>
      </>
    ),
  },
  { id: 'scope', header: __('With', 'chaperone'), cell: (row) => <Scope grant={row} /> },
  { id: 'by', header: __('Approved by', 'chaperone'), cell: (row) => row.by.map(({ login }) => login).join(', ') },
  { id: 'uses', header: __('Used', 'chaperone'), isNumber: true, cell: (row) => row.uses },
  { id: 'until', header: __('Until', 'chaperone'), cell: (row) => <Time at={row.expiresAt} form="relative" /> },
  {
    id: 'revoke',
    header: __('Take back', 'chaperone'),
    cell: (row) => (
      <Button
        variant="secondary"
        size="compact"
        isDestructive
        disabled={isBusy}
        accessibleWhenDisabled
        onClick={() => onRevoke(row)}
        /* translators: %s: what is taken back. */
        aria-label={sprintf(__('Take back: %s', 'chaperone'), nameOf(row))}
      >
        {__('Take back', 'chaperone')}
      </Button>
    ),
  },
];

/** Approvals that are remembered: what agents may do again without asking, until when. */
export function Remembered() {
  const { value, problem, isLoading, reload } = useAnswer('remembered', listGrants, EVERY_MS);
  const deed = useDeed(async (_key, grant: Grant) => {
    await revokeGrant(grant.id);
    reload();
    return __('Taken back. The agent is asked about again.', 'chaperone');
  });
  return (
    <Page
      title={__('Approvals', 'chaperone')}
      lead={__(
        'What agents may do again without asking, because it was approved with “Remember for an hour”.',
        'chaperone',
      )}
    >
      <Views view="remembered" />
      {problem === undefined ? null : <Trouble problem={problem} onRetry={reload} />}
      {deed.problem === undefined ? null : <ProblemNotice problem={deed.problem} />}
      {value === undefined && isLoading ? <Loading /> : null}
      {value?.length === 0 ? (
        <Empty title={__('Nothing is remembered.', 'chaperone')}>
          {__('Whoever approves a change of something that exists may have it remembered.', 'chaperone')}
        </Empty>
      ) : null}
      {value === undefined || value.length === 0 ? null : (
        <DataTable
          caption={wordsOf('remembered')}
          columns={columns((grant) => void deed.run(grant), deed.isBusy)}
          rows={value}
          keyOf={({ id }) => id}
          nameOf={nameOf}
          isBusy={isLoading}
        />
      )}
    </Page>
  );
}
