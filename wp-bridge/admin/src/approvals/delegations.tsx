import { Button, TextControl } from '@wordpress/components';
import { __, sprintf } from '@wordpress/i18n';
import { useState, type FormEvent } from 'react';
import { useAnswer } from '../api/use-answer.js';
import { useDeed } from '../api/use-deed.js';
import { DataTable, type Column } from '../parts/data-table.js';
import { Page, Trouble } from '../parts/page.js';
import { Empty, Loading, Panel } from '../parts/panel.js';
import { ProblemNotice } from '../parts/problem-notice.js';
import { Time } from '../parts/time.js';
import { Badge, type Tone } from '../parts/verdict.js';
import { delegateVotes, listDelegations, revokeDelegation, type Delegation } from './powers.js';
import { Views, wordsOf } from './views.js';

const EVERY_MS = 30_000;
const DAY_MS = 86_400_000;
const MOST_DAYS = 90;

const STATES: Readonly<Record<string, readonly [Tone, () => string]>> = {
  active: ['good', () => __('holds', 'chaperone')],
  planned: ['wait', () => __('not yet', 'chaperone')],
  over: ['quiet', () => __('over', 'chaperone')],
  revoked: ['quiet', () => __('taken back', 'chaperone')],
};

const nameOf = ({ from, to }: Delegation): string => `${from.login} → ${to.login}`;

const columns = (onRevoke: (one: Delegation) => void, isBusy: boolean): readonly Column<Delegation>[] => [
  {
    id: 'from',
    header: __('Votes of', 'chaperone'),
    cell: ({ from, note }) => (
      <>
        <strong>{from.login}</strong>
        {note === null ? null : <div className="chaperone-list__sub">{note}</div>}
      </>
    ),
  },
  { id: 'to', header: __('In the hands of', 'chaperone'), cell: ({ to }) => to.login },
  { id: 'since', header: __('Since', 'chaperone'), cell: (row) => <Time at={row.startsAt} /> },
  { id: 'until', header: __('Until', 'chaperone'), cell: (row) => <Time at={row.endsAt} /> },
  {
    id: 'state',
    header: __('State', 'chaperone'),
    cell: ({ state }) => <Badge tone={STATES[state]?.[0] ?? 'quiet'}>{STATES[state]?.[1]() ?? state}</Badge>,
  },
  {
    id: 'revoke',
    header: __('Take back', 'chaperone'),
    cell: (row) =>
      row.mayRevoke && (row.state === 'active' || row.state === 'planned') ? (
        <Button
          variant="secondary"
          size="compact"
          isDestructive
          disabled={isBusy}
          accessibleWhenDisabled
          onClick={() => onRevoke(row)}
          /* translators: %s: whose votes are in whose hands. */
          aria-label={sprintf(__('Take back: %s', 'chaperone'), nameOf(row))}
        >
          {__('Take back', 'chaperone')}
        </Button>
      ) : null,
  },
];

interface DaysProps {
  readonly days: string;
  readonly onChange: (days: string) => void;
}

const Days = ({ days, onChange }: DaysProps) => (
  <TextControl
    __next40pxDefaultSize
    type="number"
    min={1}
    max={MOST_DAYS}
    label={__('Days', 'chaperone')}
    value={days}
    onChange={onChange}
  />
);

/** Gives one’s own votes to somebody who may vote too. */
function GiveForm({ onDone }: { readonly onDone: () => void }) {
  const [to, setTo] = useState('');
  const [days, setDays] = useState('7');
  const [note, setNote] = useState('');
  const count = Number(days);
  const isWhole = Number.isInteger(count) && count >= 1 && count <= MOST_DAYS;
  const deed = useDeed(async () => {
    const endsAt = new Date(Date.now() + count * DAY_MS).toISOString();
    const made = await delegateVotes({ to: to.trim(), endsAt, note: note.trim() });
    setTo('');
    setNote('');
    onDone();
    /* translators: %s: login of a user. */
    return sprintf(__('%s may vote in your name now.', 'chaperone'), made.to.login);
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    void deed.run();
  };
  return (
    <Panel title={__('Give my votes to somebody', 'chaperone')}>
      <form onSubmit={submit} className="chaperone-give">
        <TextControl
          __next40pxDefaultSize
          label={__('Login', 'chaperone')}
          help={__(
            'Somebody who may approve changes. They vote with your roles, and can’t pass your votes on.',
            'chaperone',
          )}
          value={to}
          onChange={setTo}
        />
        <Days days={days} onChange={setDays} />
        <TextControl
          __next40pxDefaultSize
          label={__('Why', 'chaperone')}
          maxLength={2_000}
          value={note}
          onChange={setNote}
        />
        {deed.problem === undefined ? null : <ProblemNotice problem={deed.problem} />}
        <Button
          __next40pxDefaultSize
          variant="primary"
          type="submit"
          isBusy={deed.isBusy}
          disabled={deed.isBusy || to.trim() === '' || !isWhole}
          accessibleWhenDisabled
        >
          {__('Give my votes', 'chaperone')}
        </Button>
      </form>
    </Panel>
  );
}

/** Whose votes are in whose hands, and giving away one’s own. */
export function Delegations() {
  const { value, problem, isLoading, reload } = useAnswer('delegated', listDelegations, EVERY_MS);
  const deed = useDeed(async (_key, one: Delegation) => {
    await revokeDelegation(one.id);
    reload();
    return __('Taken back.', 'chaperone');
  });
  return (
    <Page
      title={__('Approvals', 'chaperone')}
      lead={__('Votes that people have given to others for a while. Everybody who may vote sees them.', 'chaperone')}
    >
      <Views view="delegated" />
      {problem === undefined ? null : <Trouble problem={problem} onRetry={reload} />}
      {deed.problem === undefined ? null : <ProblemNotice problem={deed.problem} />}
      {value === undefined && isLoading ? <Loading /> : null}
      {value?.length === 0 ? <Empty title={__('Everybody votes for themselves.', 'chaperone')} /> : null}
      {value === undefined || value.length === 0 ? null : (
        <DataTable
          caption={wordsOf('delegated')}
          columns={columns((one) => void deed.run(one), deed.isBusy)}
          rows={value}
          keyOf={({ id }) => id}
          nameOf={nameOf}
          isBusy={isLoading}
        />
      )}
      <GiveForm onDone={reload} />
    </Page>
  );
}
