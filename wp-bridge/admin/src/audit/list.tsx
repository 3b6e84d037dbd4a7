import { Button } from '@wordpress/components';
import { __ } from '@wordpress/i18n';
import { useAnswer } from '../api/use-answer.js';
import { downloadOf } from '../api/download.js';
import { DataTable, type Column } from '../parts/data-table.js';
import { Link } from '../parts/link.js';
import { Page, Trouble } from '../parts/page.js';
import { Pager, usePages } from '../parts/pager.js';
import { Empty, Loading } from '../parts/panel.js';
import { Time } from '../parts/time.js';
import { Badge, Verdict } from '../parts/verdict.js';
import { wordsOfCode } from '../site/code-words.js';
import { go, useParams } from '../site/router.js';
import { listEntries, type Entry } from './answers.js';
import { filterOf, filterParams, Filters } from './filters.js';
import { useVerification } from './verify.js';
import { toneOfOutcome, wordOfKind } from './words.js';

function Said({ entry: { verdict, outcome, code } }: { readonly entry: Entry }) {
  return (
    <>
      {verdict === null ? null : <Verdict verdict={verdict} />}
      {outcome === null ? null : <Badge tone={toneOfOutcome(outcome)}>{outcome}</Badge>}
      {code === null ? null : <div className="chaperone-list__sub">{wordsOfCode(code)}</div>}
    </>
  );
}

function Who({ entry: { userId, login, agentId, agentName, credential } }: { readonly entry: Entry }) {
  if (agentId !== null)
    return (
      <Link to="audit" params={{ agentId }}>
        {agentName ?? <code>{agentId}</code>}
      </Link>
    );
  if (userId !== null)
    return (
      <Link to="audit" params={{ userId: String(userId) }}>
        {login ?? `${__('User', 'chaperone')} ${userId}`}
      </Link>
    );
  return <>{credential === 'operator' ? __('Command line', 'chaperone') : __('Chaperone', 'chaperone')}</>;
}

const columns = (): readonly Column<Entry>[] => [
  {
    id: 'what',
    header: __('Entry', 'chaperone'),
    cell: (entry) => (
      <>
        <Link to="audit" params={{ id: String(entry.id) }} className="row-title">
          {wordOfKind(entry.kind)}
        </Link>
        <div className="chaperone-list__sub">№ {entry.id}</div>
      </>
    ),
  },
  { id: 'when', header: __('Time', 'chaperone'), cell: (entry) => <Time at={entry.ts} form="exact" /> },
  {
    id: 'tool',
    header: __('Tool and target', 'chaperone'),
    cell: ({ tool, entityType, entityId }) => (
      <>
        {tool === null ? null : <code>{tool}</code>} {entityType ?? ''} {entityId ?? ''}
      </>
    ),
  },
  { id: 'said', header: __('Result', 'chaperone'), cell: (entry) => <Said entry={entry} /> },
  { id: 'who', header: __('Who', 'chaperone'), cell: (entry) => <Who entry={entry} /> },
];

function Nothing({ hasMore }: { readonly hasMore: boolean }) {
  if (hasMore) {
    return (
      <Empty title={__('Not among the 20,000 entries looked through.', 'chaperone')}>
        {__('“Older” looks on from there.', 'chaperone')}
      </Empty>
    );
  }
  return (
    <Empty title={__('No entry fits.', 'chaperone')}>
      {__('All conditions must hold. Leave some out, or take a longer time.', 'chaperone')}
    </Empty>
  );
}

/** The log, newest first, by what people ask of it. */
export function AuditList() {
  const params = useParams();
  const filter = filterOf(params);
  const key = JSON.stringify(filter);
  const pages = usePages(key);
  const load = (signal: AbortSignal) => listEntries(filter, pages.cursor, signal);
  const { value, problem, isLoading, reload } = useAnswer(`${key} ${pages.cursor ?? ''}`, load);
  const verification = useVerification();
  // A search looks through the log by parts; a file is of whole entries by their conditions.
  const { q: _search, ...exported } = filter;
  const isFiltered = Object.keys(exported).length > 0;
  return (
    <Page
      title={__('Audit', 'chaperone')}
      lead={__(
        'Every decision, deed and change, in a chain that shows tampering. Times are in the site’s zone.',
        'chaperone',
      )}
      actions={
        <>
          {verification.button}
          <Button variant="secondary" href={downloadOf('/audit/export', exported)}>
            {isFiltered ? __('Export what is shown', 'chaperone') : __('Export all', 'chaperone')}
          </Button>
        </>
      }
    >
      {verification.result}
      <Filters key={key} params={params} onApply={(next) => go('audit', filterParams(next))} />
      {problem === undefined ? null : <Trouble problem={problem} onRetry={reload} />}
      {value === undefined && isLoading ? <Loading /> : null}
      {value?.items.length === 0 ? <Nothing hasMore={value.nextCursor !== null} /> : null}
      {value === undefined || value.items.length === 0 ? null : (
        <DataTable
          caption={__('Entries of the log', 'chaperone')}
          columns={columns()}
          rows={value.items}
          keyOf={({ id }) => String(id)}
          nameOf={({ kind }) => wordOfKind(kind)}
          isBusy={isLoading}
        />
      )}
      <Pager pages={pages} next={value?.nextCursor ?? null} label={__('Pages of the log', 'chaperone')} />
    </Page>
  );
}
