import { speak } from '@wordpress/a11y';
import { __, sprintf } from '@wordpress/i18n';
import { useEffect, useState } from 'react';
import { useAnswer } from '../api/use-answer.js';
import { DataTable, type Column } from '../parts/data-table.js';
import { Link } from '../parts/link.js';
import { Page, Trouble } from '../parts/page.js';
import { Pager, usePages } from '../parts/pager.js';
import { Empty, Loading } from '../parts/panel.js';
import { Time } from '../parts/time.js';
import { Badge } from '../parts/verdict.js';
import { useParams } from '../site/router.js';
import { Batch, Results } from './batch.js';
import { listApprovals, type ApprovalSummary, type BatchResult, type View } from './answers.js';
import { filterIn, Filters } from './filters.js';
import { choose, edited, picked, type Chosen } from './selection.js';
import { isView, Views, wordsOf } from './views.js';
import { isOpenState, stepProgress, toneOfState, wordOfState } from './words.js';

const EVERY_MS = 15_000;

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
        <Link to="approvals" params={{ view, agentId: requestedBy.agentId }}>
          {requestedBy.login}
        </Link>
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

function Nothing({ view, isFiltered }: { readonly view: View; readonly isFiltered: boolean }) {
  if (isFiltered) return <Empty title={__('Nothing is like this.', 'chaperone')} />;
  if (view === 'decided') return <Empty title={__('Nothing was decided yet.', 'chaperone')} />;
  if (view === 'mine') {
    return (
      <Empty title={__('Nothing waits for you.', 'chaperone')}>
        {__('The number in the menu counts what waits for anybody:', 'chaperone')}{' '}
        <Link to="approvals" params={{ view: 'open' }}>
          {wordsOf('open')}
        </Link>
      </Empty>
    );
  }
  return (
    <Empty title={__('Nothing waits.', 'chaperone')}>
      {__(
        'Calls appear here when a rule of the policy wants people to look at them first. You are also told by e-mail.',
        'chaperone',
      )}
    </Empty>
  );
}

interface Choice {
  readonly view: View;
  readonly rows: readonly ApprovalSummary[];
  readonly isBusy: boolean;
  readonly onDone: (results: readonly BatchResult[]) => void;
}

/** What was edited since it was chosen isn't chosen any more; said, since a selection mustn't shrink in silence. */
function useChosen(rows: readonly ApprovalSummary[]) {
  const [chosen, setChosen] = useState<Chosen>(new Map());
  const [said, setSaid] = useState('');
  const dropped = edited(chosen, rows);
  const names = dropped.map(nameOf).join(', ');
  useEffect(() => {
    if (names === '') return;
    /* translators: %s: names of calls. */
    const words = sprintf(__('Edited meanwhile, and no longer chosen: %s', 'chaperone'), names);
    setSaid(words);
    speak(words, 'assertive');
    setChosen((before) => choose(before, new Set(picked(before, rows).map(({ id }) => id)), rows));
  }, [names, rows]);
  const change = (ids: ReadonlySet<string>): void => {
    setSaid('');
    setChosen(choose(chosen, ids, rows));
  };
  return { chosen: picked(chosen, rows), said, change };
}

/** The rows, and, while they can be decided, what to do with several of them. Choices go with their page. */
function Rows({ view, rows, isBusy, onDone }: Choice) {
  const { chosen, said, change } = useChosen(rows);
  const selection = { selected: new Set(chosen.map(({ id }) => id)), onChange: change };
  return (
    <>
      {said === '' ? null : <div className="chaperone-warning">{said}</div>}
      {view === 'decided' ? null : <Batch chosen={chosen} onDone={onDone} />}
      <DataTable
        caption={wordsOf(view)}
        columns={columns(view)}
        rows={rows}
        keyOf={({ id }) => id}
        nameOf={nameOf}
        isBusy={isBusy}
        isSelectable={({ you }) => you.mayVote || you.mayReject}
        {...(view === 'decided' ? {} : { selection })}
      />
    </>
  );
}

/** Held calls: those that wait for the one who looks, all that wait, and those that were decided. */
export function ApprovalList() {
  const params = useParams();
  const view = isView(params.view) ? params.view : 'mine';
  const filter = filterIn(params);
  const asked = JSON.stringify([view, filter]);
  const pages = usePages(asked);
  const key = `${asked} ${pages.cursor ?? ''}`;
  const load = (signal: AbortSignal) => listApprovals(view, filter, pages.cursor, signal);
  const { value, problem, isLoading, reload } = useAnswer(key, load, pages.isFirst ? EVERY_MS : undefined);
  const [results, setResults] = useState<readonly BatchResult[]>([]);
  const done = (outcome: readonly BatchResult[]): void => {
    setResults(outcome);
    reload();
  };
  const items = value?.items;
  return (
    <Page
      title={__('Approvals', 'chaperone')}
      lead={__('Calls that a rule holds until people have looked at them.', 'chaperone')}
    >
      <Views view={view} />
      <Filters key={asked} view={view} filter={filter} />
      {results.length === 0 ? null : <Results results={results} />}
      {problem === undefined ? null : <Trouble problem={problem} onRetry={reload} />}
      {value === undefined && isLoading ? <Loading /> : null}
      {items?.length === 0 ? <Nothing view={view} isFiltered={Object.keys(filter).length > 0} /> : null}
      {items === undefined || items.length === 0 ? null : (
        <Rows key={key} view={view} rows={items} isBusy={isLoading} onDone={done} />
      )}
      <Pager pages={pages} next={value?.nextCursor ?? null} label={__('Pages of approvals', 'chaperone')} />
    </Page>
  );
}
