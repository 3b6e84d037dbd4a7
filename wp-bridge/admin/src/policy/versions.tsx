import { Button, SelectControl } from '@wordpress/components';
import { __, sprintf } from '@wordpress/i18n';
import { useState } from 'react';
import { useAnswer } from '../api/use-answer.js';
import { useDeed } from '../api/use-deed.js';
import { ConfirmDialog } from '../parts/confirm-dialog.js';
import { DataTable, type Column } from '../parts/data-table.js';
import { Link } from '../parts/link.js';
import { Trouble } from '../parts/page.js';
import { Pager, usePages } from '../parts/pager.js';
import { Empty, Loading, Panel } from '../parts/panel.js';
import { Time } from '../parts/time.js';
import { Badge } from '../parts/verdict.js';
import { may } from '../site/boot.js';
import { activate, listVersions, type VersionSummary } from './answers.js';
import { Sentences } from './comparison.js';

const columns = (
  active: number | null,
  onActivate: (row: VersionSummary) => void,
): readonly Column<VersionSummary>[] => [
  {
    id: 'version',
    header: __('Version', 'chaperone'),
    cell: (row) => (
      <>
        <Link to="policy" params={{ version: String(row.version) }} className="row-title">
          {String(row.version)}
        </Link>{' '}
        {row.active ? <Badge tone="good">{__('decides now', 'chaperone')}</Badge> : null}
      </>
    ),
  },
  { id: 'ts', header: __('Saved', 'chaperone'), cell: ({ ts }) => <Time at={ts} /> },
  {
    id: 'author',
    header: __('By', 'chaperone'),
    cell: ({ author }) =>
      author === 0
        ? __('the operator', 'chaperone')
        : /* translators: %d: id of a user. */ sprintf(__('user %d', 'chaperone'), author),
  },
  { id: 'note', header: __('Note', 'chaperone'), cell: ({ note }) => note },
  {
    id: 'deeds',
    header: __('Do', 'chaperone'),
    cell: (row) =>
      row.active ? null : (
        <Button
          variant="tertiary"
          size="compact"
          disabled={!may('ai_agent_manage_policies')}
          accessibleWhenDisabled
          onClick={() => onActivate(row)}
        >
          {active !== null && row.version < active ? __('Roll back to it', 'chaperone') : __('Activate', 'chaperone')}
        </Button>
      ),
  },
];

/** Every version there was, what changed between two, and the way back. */
export function VersionsPanel({ onChanged }: { readonly onChanged: () => void }) {
  const pages = usePages('versions');
  const { value, problem, isLoading, reload } = useAnswer(`versions ${pages.cursor ?? ''}`, (signal) =>
    listVersions(pages.cursor, signal),
  );
  const [chosen, setChosen] = useState<VersionSummary>();
  const done = (): void => {
    reload();
    onChanged();
  };
  return (
    <Panel title={__('Versions', 'chaperone')}>
      {problem === undefined ? null : <Trouble problem={problem} onRetry={reload} />}
      {value === undefined && isLoading ? <Loading /> : null}
      {value?.items.length === 0 ? <Empty title={__('No version was saved yet.', 'chaperone')} /> : null}
      {value === undefined || value.items.length === 0 ? null : (
        <>
          <DataTable
            caption={__('Versions', 'chaperone')}
            columns={columns(value.activeVersion, setChosen)}
            rows={value.items}
            keyOf={({ version }) => String(version)}
            nameOf={({ version }) => String(version)}
            isBusy={isLoading}
          />
          <Pager pages={pages} next={value.nextCursor} label={__('Pages of versions', 'chaperone')} />
          {value.items.length > 1 ? <Compare versions={value.items} active={value.activeVersion} /> : null}
        </>
      )}
      {chosen === undefined ? null : (
        <Activate
          row={chosen}
          active={value?.activeVersion ?? null}
          onDone={done}
          onClose={() => setChosen(undefined)}
        />
      )}
    </Panel>
  );
}

function Compare({
  versions,
  active,
}: {
  readonly versions: readonly VersionSummary[];
  readonly active: number | null;
}) {
  const [newest, second] = versions.map(({ version }) => version);
  const [from, setFrom] = useState(active !== null && active !== newest ? active : (second ?? 0));
  const [to, setTo] = useState(newest ?? 0);
  const options = versions.map(({ version, note }) => ({
    value: String(version),
    label: note === '' ? String(version) : `${version}: ${note.slice(0, 40)}`,
  }));
  return (
    <section className="chaperone-compare">
      <h3>{__('What changed', 'chaperone')}</h3>
      <div className="chaperone-compare__choice">
        <SelectControl
          label={__('From version', 'chaperone')}
          value={String(from)}
          options={options}
          onChange={(version) => setFrom(Number(version))}
        />
        <SelectControl
          label={__('To version', 'chaperone')}
          value={String(to)}
          options={options}
          onChange={(version) => setTo(Number(version))}
        />
      </div>
      {from === to ? <p>{__('Choose two versions.', 'chaperone')}</p> : <Sentences from={from} to={to} />}
    </section>
  );
}

interface ActivateProps {
  readonly row: VersionSummary;
  readonly active: number | null;
  readonly onDone: () => void;
  readonly onClose: () => void;
}

function Activate({ row: { version }, active, onDone, onClose }: ActivateProps) {
  const deed = useDeed(async (_key, note: string) => {
    await activate(version, note);
    onDone();
    /* translators: %d: number of a version. */
    return sprintf(__('Version %d decides now.', 'chaperone'), version);
  });
  return (
    <ConfirmDialog
      /* translators: %d: number of a version. */
      title={sprintf(__('Let version %d decide?', 'chaperone'), version)}
      confirm={__('Let it decide', 'chaperone')}
      note={{ label: __('Why', 'chaperone'), help: __('It stands in the audit log.', 'chaperone') }}
      deed={deed}
      onClose={onClose}
    >
      <p>{__('From the next call on, in every replica. What changes then:', 'chaperone')}</p>
      {active === null ? null : <Sentences from={active} to={version} />}
    </ConfirmDialog>
  );
}
