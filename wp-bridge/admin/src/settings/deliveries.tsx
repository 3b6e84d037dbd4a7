import { Button } from '@wordpress/components';
import { __ } from '@wordpress/i18n';
import { useAnswer } from '../api/use-answer.js';
import { useDeed } from '../api/use-deed.js';
import { DataTable, type Column } from '../parts/data-table.js';
import { Pager, usePages } from '../parts/pager.js';
import { ProblemNotice } from '../parts/problem-notice.js';
import { Time } from '../parts/time.js';
import { Badge, type Tone } from '../parts/verdict.js';
import { listDeliveries, redeliver, type Delivery } from './answers.js';

const TONES: Readonly<Record<string, Tone>> = { delivered: 'good', pending: 'wait', dead: 'bad' };

function wordOf(status: string): string {
  switch (status) {
    case 'delivered':
      return __('arrived', 'chaperone');
    case 'pending':
      return __('on its way', 'chaperone');
    case 'dead':
      return __('given up', 'chaperone');
    default:
      return status;
  }
}

const columns = (onAgain: (id: number) => void): readonly Column<Delivery>[] => [
  { id: 'event', header: __('Notice', 'chaperone'), cell: ({ event }) => <code>{event}</code> },
  { id: 'at', header: __('Made', 'chaperone'), cell: ({ createdAt }) => <Time at={createdAt} form="relative" /> },
  {
    id: 'status',
    header: __('State', 'chaperone'),
    cell: ({ status, lastError, lastStatus, nextAttemptAt }) => (
      <>
        <Badge tone={TONES[status] ?? 'quiet'}>{wordOf(status)}</Badge>
        <div className="chaperone-list__sub">
          {[lastStatus === null ? '' : String(lastStatus), lastError ?? ''].join(' ')}{' '}
          {nextAttemptAt === null || status !== 'pending' ? null : <Time at={nextAttemptAt} form="relative" />}
        </div>
      </>
    ),
  },
  { id: 'attempts', header: __('Tries', 'chaperone'), isNumber: true, cell: ({ attempts }) => attempts },
  {
    id: 'deeds',
    header: __('Do', 'chaperone'),
    cell: ({ id, status }) =>
      status === 'pending' ? null : (
        <Button variant="tertiary" size="compact" onClick={() => onAgain(id)}>
          {__('Send again', 'chaperone')}
        </Button>
      ),
  },
];

/** The newest notices, and whether they arrived. */
export function Deliveries() {
  const pages = usePages('deliveries');
  const { value, problem, isLoading, reload } = useAnswer(`deliveries ${pages.cursor ?? ''}`, (signal) =>
    listDeliveries(pages.cursor, signal),
  );
  const deed = useDeed(async (_key, id: number) => {
    await redeliver(id);
    reload();
    return __('It is on its way again.', 'chaperone');
  });
  const trouble = problem ?? deed.problem;
  return (
    <>
      <h3>{__('The newest notices', 'chaperone')}</h3>
      {trouble === undefined ? null : <ProblemNotice problem={trouble} onRetry={reload} />}
      {value?.items.length === 0 ? <p>{__('None was made yet.', 'chaperone')}</p> : null}
      {value === undefined || value.items.length === 0 ? null : (
        <DataTable
          caption={__('Notices', 'chaperone')}
          columns={columns((id) => void deed.run(id))}
          rows={value.items}
          keyOf={({ id }) => String(id)}
          nameOf={({ event }) => event}
          isBusy={isLoading || deed.isBusy}
        />
      )}
      <Pager
        pages={pages}
        next={value?.nextCursor === undefined || value.nextCursor === null ? null : String(value.nextCursor)}
        label={__('Pages of notices', 'chaperone')}
      />
    </>
  );
}
