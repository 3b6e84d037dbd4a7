import { Button } from '@wordpress/components';
import { __, sprintf } from '@wordpress/i18n';
import { useState } from 'react';
import { DataTable, type Column } from '../parts/data-table.js';
import { Empty, Panel } from '../parts/panel.js';
import { Time } from '../parts/time.js';
import { Badge } from '../parts/verdict.js';
import type { AgentKey } from './answers.js';
import { ActivateDialog, AddDialog, RevokeDialog, RotateDialog } from './key-dialogs.js';
import { toneOfKey, wordOfAlgorithm, wordOfKey } from './words.js';

interface Props {
  readonly agentId: string;
  readonly keys: readonly AgentKey[];
  readonly onDone: () => void;
}

type Open = { readonly what: 'add' } | { readonly what: 'rotate' | 'activate' | 'revoke'; readonly key: AgentKey };

function Until({ agentKey: { state, notAfter, expiresAt, retiringUses } }: { readonly agentKey: AgentKey }) {
  const end = notAfter ?? expiresAt;
  return (
    <>
      {end === null ? __('no end', 'chaperone') : <Time at={end} />}
      {state === 'retiring' ? (
        <div className="chaperone-list__sub">
          {/* translators: %d: a number of requests. */}
          {sprintf(__('signed %d requests since it was replaced', 'chaperone'), retiringUses)}
        </div>
      ) : null}
    </>
  );
}

function Deeds({ agentKey, onOpen }: { readonly agentKey: AgentKey; readonly onOpen: (open: Open) => void }) {
  const { state } = agentKey;
  if (state === 'revoked' || state === 'expired') return null;
  const button = (what: 'rotate' | 'activate' | 'revoke', label: string, isDestructive = false) => (
    <Button
      variant="tertiary"
      size="compact"
      isDestructive={isDestructive}
      onClick={() => onOpen({ what, key: agentKey })}
    >
      {label}
    </Button>
  );
  return (
    <div className="chaperone-deeds">
      {state === 'active' ? button('rotate', __('Rotate', 'chaperone')) : null}
      {state === 'pending' ? button('activate', __('Activate', 'chaperone')) : null}
      {button('revoke', __('Revoke', 'chaperone'), true)}
    </div>
  );
}

const columns = (onOpen: (open: Open) => void): readonly Column<AgentKey>[] => [
  {
    id: 'key',
    header: __('Key', 'chaperone'),
    cell: ({ id, algorithm, fingerprint }) => (
      <>
        <code>{id}</code>
        <div className="chaperone-list__sub">
          {wordOfAlgorithm(algorithm)} <code>{fingerprint ?? ''}</code>
        </div>
      </>
    ),
  },
  {
    id: 'state',
    header: __('State', 'chaperone'),
    cell: (each) => <Badge tone={toneOfKey(each)}>{wordOfKey(each)}</Badge>,
  },
  {
    id: 'used',
    header: __('Last used', 'chaperone'),
    cell: ({ lastUsedAt }) =>
      lastUsedAt === null ? __('never', 'chaperone') : <Time at={lastUsedAt} form="relative" />,
  },
  { id: 'until', header: __('Until', 'chaperone'), cell: (each) => <Until agentKey={each} /> },
  { id: 'deeds', header: __('Do', 'chaperone'), cell: (each) => <Deeds agentKey={each} onOpen={onOpen} /> },
];

/** An agent's keys: those that count, that will, and that did. */
export function KeysPanel({ agentId, keys, onDone }: Props) {
  const [open, setOpen] = useState<Open>();
  const close = (): void => setOpen(undefined);
  const props = { agentId, onDone, onClose: close };
  return (
    <Panel
      title={__('Keys', 'chaperone')}
      aside={
        <Button variant="secondary" size="compact" onClick={() => setOpen({ what: 'add' })}>
          {__('Add a key', 'chaperone')}
        </Button>
      }
    >
      {keys.length === 0 ? (
        <Empty title={__('It has no key.', 'chaperone')}>
          {__('Without one it can sign nothing, so it can’t call anything.', 'chaperone')}
        </Empty>
      ) : (
        <DataTable
          caption={__('Keys', 'chaperone')}
          columns={columns(setOpen)}
          rows={keys}
          keyOf={({ id }) => id}
          nameOf={({ id }) => id}
        />
      )}
      {open?.what === 'add' ? <AddDialog {...props} /> : null}
      {open?.what === 'rotate' ? <RotateDialog {...props} agentKey={open.key} /> : null}
      {open?.what === 'activate' ? <ActivateDialog {...props} agentKey={open.key} /> : null}
      {open?.what === 'revoke' ? <RevokeDialog {...props} agentKey={open.key} /> : null}
    </Panel>
  );
}
