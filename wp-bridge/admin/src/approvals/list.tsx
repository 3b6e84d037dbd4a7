import { Button } from '@wordpress/components';
import { __, _n, sprintf } from '@wordpress/i18n';
import { useState } from 'react';
import { useAnswer } from '../api/use-answer.js';
import { useDeed } from '../api/use-deed.js';
import { ConfirmDialog } from '../parts/confirm-dialog.js';
import { DataTable, type Column } from '../parts/data-table.js';
import { Link } from '../parts/link.js';
import { Page, Trouble } from '../parts/page.js';
import { Pager, usePages } from '../parts/pager.js';
import { Empty, Loading } from '../parts/panel.js';
import { Time } from '../parts/time.js';
import { Badge } from '../parts/verdict.js';
import { useParams } from '../site/router.js';
import { wordsOfCode } from '../site/code-words.js';
import { decideBatch, listApprovals, VIEWS, type ApprovalSummary, type BatchResult, type View } from './answers.js';
import { isOpenState, stepProgress, toneOfState, wordOfState } from './words.js';

const EVERY_MS = 15_000;

const isView = (text: string | undefined): text is View => VIEWS.some((view) => view === text);

function wordsOf(view: View): string {
  switch (view) {
    case 'mine':
      return __('Waiting for me', 'chaperone');
    case 'open':
      return __('All that wait', 'chaperone');
    case 'decided':
      return __('Decided', 'chaperone');
  }
}

export const nameOf = ({ title, target, tool }: ApprovalSummary): string => title ?? target ?? tool;

const columns = (view: View): readonly Column<ApprovalSummary>[] => [
  {
    id: 'call',
    header: __('Call', 'chaperone'),
    cell: (row) => (
      <>
        <Link to="approvals" params={{ id: row.id, view }} className="row-title">
          {nameOf(row)}
        </Link>
        <div className="chaperone-list__sub">
          <code>{row.tool}</code> {row.target ?? ''}
        </div>
      </>
    ),
  },
  {
    id: 'by',
    header: __('Asked by', 'chaperone'),
    cell: ({ requestedBy, reason }) => (
      <>
        {requestedBy.login}
        {reason === null ? null : <div className="chaperone-list__sub">{reason}</div>}
      </>
    ),
  },
  { id: 'asked', header: __('Asked', 'chaperone'), cell: (row) => <Time at={row.createdAt} form="relative" /> },
  {
    id: 'state',
    header: __('State', 'chaperone'),
    cell: (row) => (
      <>
        <Badge tone={toneOfState(row.status)}>{wordOfState(row.status)}</Badge>
        {isOpenState(row.status) ? <div className="chaperone-list__sub">{stepProgress(row.steps)}</div> : null}
      </>
    ),
  },
  view === 'decided'
    ? { id: 'ended', header: __('Decided', 'chaperone'), cell: (row) => <Time at={row.updatedAt} form="relative" /> }
    : { id: 'left', header: __('Expires', 'chaperone'), cell: (row) => <Time at={row.expiresAt} form="relative" /> },
];

function Views({ view }: { readonly view: View }) {
  return (
    <ul className="subsubsub">
      {VIEWS.map((each, place) => (
        <li key={each}>
          <Link
            to="approvals"
            params={each === 'mine' ? {} : { view: each }}
            className={each === view ? 'current' : ''}
          >
            {wordsOf(each)}
          </Link>
          {place < VIEWS.length - 1 ? ' | ' : ''}
        </li>
      ))}
    </ul>
  );
}

function Nothing({ view }: { readonly view: View }) {
  if (view === 'decided') return <Empty title={__('Nothing was decided yet.', 'chaperone')} />;
  return (
    <Empty title={view === 'mine' ? __('Nothing waits for you.', 'chaperone') : __('Nothing waits.', 'chaperone')}>
      {__(
        'Calls appear here when a rule of the policy wants people to look at them first. You are also told by e-mail.',
        'chaperone',
      )}
    </Empty>
  );
}

/** Decides several at once; each has its own result. */
function Batch({
  ids,
  onDone,
}: {
  readonly ids: readonly string[];
  readonly onDone: (results: readonly BatchResult[]) => void;
}) {
  const [action, setAction] = useState<'approve' | 'reject' | null>(null);
  const deed = useDeed(async (_key, note: string) => {
    const results = await decideBatch(ids, action ?? 'reject', note);
    onDone(results);
    const done = results.filter(({ ok }) => ok).length;
    /* translators: 1: calls that were decided, 2: calls that were chosen. */
    return sprintf(__('%1$d of %2$d decided.', 'chaperone'), done, results.length);
  });
  const close = (): void => {
    deed.forget();
    setAction(null);
  };
  const count = ids.length;
  const isApproving = action === 'approve';
  return (
    <div className="chaperone-bulk">
      <Button variant="secondary" disabled={count === 0} accessibleWhenDisabled onClick={() => setAction('approve')}>
        {__('Approve chosen', 'chaperone')}
      </Button>
      <Button variant="secondary" disabled={count === 0} accessibleWhenDisabled onClick={() => setAction('reject')}>
        {__('Reject chosen', 'chaperone')}
      </Button>
      {action === null ? null : (
        <ConfirmDialog
          title={
            isApproving
              ? sprintf(
                  /* translators: %d: number of calls. */ _n(
                    'Approve %d call?',
                    'Approve %d calls?',
                    count,
                    'chaperone',
                  ),
                  count,
                )
              : sprintf(
                  /* translators: %d: number of calls. */ _n('Reject %d call?', 'Reject %d calls?', count, 'chaperone'),
                  count,
                )
          }
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

function Results({ results }: { readonly results: readonly BatchResult[] }) {
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

/** Held calls: those that wait for the one who looks, all that wait, and those that were decided. */
export function ApprovalList() {
  const { view: wanted } = useParams();
  const view = isView(wanted) ? wanted : 'mine';
  const pages = usePages(view);
  const key = `${view} ${pages.cursor ?? ''}`;
  const load = (signal: AbortSignal) => listApprovals(view, pages.cursor, signal);
  const { value, problem, isLoading, reload } = useAnswer(key, load, pages.isFirst ? EVERY_MS : undefined);
  const [chosen, setChosen] = useState<{ readonly key: string; readonly ids: ReadonlySet<string> }>({
    key,
    ids: new Set(),
  });
  const [results, setResults] = useState<readonly BatchResult[]>([]);
  const items = value?.items ?? [];
  const ids = chosen.key === key ? items.map(({ id }) => id).filter((id) => chosen.ids.has(id)) : [];
  const done = (outcome: readonly BatchResult[]): void => {
    setResults(outcome);
    setChosen({ key, ids: new Set() });
    reload();
  };
  return (
    <Page
      title={__('Approvals', 'chaperone')}
      lead={__('Calls that a rule holds until people have looked at them.', 'chaperone')}
    >
      <Views view={view} />
      {results.length === 0 ? null : <Results results={results} />}
      {problem === undefined ? null : <Trouble problem={problem} onRetry={reload} />}
      {value === undefined && isLoading ? <Loading /> : null}
      {value !== undefined && items.length === 0 ? <Nothing view={view} /> : null}
      {items.length === 0 ? null : (
        <>
          {view === 'decided' ? null : <Batch ids={ids} onDone={done} />}
          <DataTable
            caption={wordsOf(view)}
            columns={columns(view)}
            rows={items}
            keyOf={({ id }) => id}
            nameOf={nameOf}
            isBusy={isLoading}
            isSelectable={({ you }) => you.mayVote || you.mayReject}
            {...(view === 'decided'
              ? {}
              : { selection: { selected: new Set(ids), onChange: (next) => setChosen({ key, ids: next }) } })}
          />
        </>
      )}
      <Pager pages={pages} next={value?.nextCursor ?? null} label={__('Pages of approvals', 'chaperone')} />
    </Page>
  );
}
