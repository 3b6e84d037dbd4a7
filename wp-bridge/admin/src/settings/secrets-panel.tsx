import { Button, CheckboxControl } from '@wordpress/components';
import { __ } from '@wordpress/i18n';
import { useState } from 'react';
import { useAnswer } from '../api/use-answer.js';
import { useDeed } from '../api/use-deed.js';
import { ConfirmDialog } from '../parts/confirm-dialog.js';
import { DataTable, type Column } from '../parts/data-table.js';
import { Trouble } from '../parts/page.js';
import { Loading, Panel } from '../parts/panel.js';
import { Time } from '../parts/time.js';
import { Badge } from '../parts/verdict.js';
import { listSecrets, rotateSecret, type SecretRow } from './answers.js';

const columns = (onRotate: (row: SecretRow) => void): readonly Column<SecretRow>[] => [
  {
    id: 'name',
    header: __('Secret', 'chaperone'),
    cell: ({ name, opens }) => (
      <>
        <code>{name}</code>
        <div className="chaperone-list__sub">{opens}</div>
      </>
    ),
  },
  {
    id: 'fingerprint',
    header: __('Fingerprint', 'chaperone'),
    cell: ({ fingerprint, opened }) =>
      opened ? <code>{fingerprint ?? '–'}</code> : <Badge tone="bad">{__('can’t be opened', 'chaperone')}</Badge>,
  },
  {
    id: 'changed',
    header: __('Made', 'chaperone'),
    cell: ({ changedAt }) => (changedAt === null ? '–' : <Time at={changedAt} form="relative" />),
  },
  {
    id: 'deeds',
    header: __('Do', 'chaperone'),
    cell: (row) =>
      row.rotatable ? (
        <Button variant="tertiary" size="compact" onClick={() => onRotate(row)}>
          {__('Rotate', 'chaperone')}
        </Button>
      ) : null,
  },
];

/** What the site keeps sealed, and replacing it. No secret is ever shown: nobody has to carry one. */
export function SecretsPanel() {
  const { value, problem, isLoading, reload } = useAnswer('secrets', listSecrets);
  const [rotating, setRotating] = useState<SecretRow>();
  return (
    <Panel title={__('Secrets of sidecar and site', 'chaperone')}>
      {problem === undefined ? null : <Trouble problem={problem} onRetry={reload} />}
      {value === undefined && isLoading ? <Loading /> : null}
      {value === undefined ? null : (
        <DataTable
          caption={__('Secrets', 'chaperone')}
          columns={columns(setRotating)}
          rows={value.items}
          keyOf={({ name }) => name}
          nameOf={({ name }) => name}
          isBusy={isLoading}
        />
      )}
      {rotating === undefined ? null : (
        <RotateSecret row={rotating} onDone={reload} onClose={() => setRotating(undefined)} />
      )}
    </Panel>
  );
}

function RotateSecret({
  row,
  onDone,
  onClose,
}: {
  readonly row: SecretRow;
  readonly onDone: () => void;
  readonly onClose: () => void;
}) {
  const [hasLeaked, setLeaked] = useState(false);
  const deed = useDeed(async (idempotencyKey) => {
    await rotateSecret(idempotencyKey, row.name, hasLeaked);
    onDone();
    return __('The secret is replaced.', 'chaperone');
  });
  return (
    <ConfirmDialog
      title={__('Replace this secret?', 'chaperone')}
      confirm={__('Replace it', 'chaperone')}
      isDestructive={hasLeaked}
      deed={deed}
      onClose={onClose}
    >
      <p>
        <code>{row.name}</code>
      </p>
      <p>
        {__(
          'Nothing stops: the one before stays good for ten minutes, and both sides learn the new one by themselves.',
          'chaperone',
        )}
      </p>
      <CheckboxControl
        label={__('It leaked: the one before ends at once', 'chaperone')}
        help={__('Requests that are on their way just now may fail once.', 'chaperone')}
        checked={hasLeaked}
        onChange={setLeaked}
      />
    </ConfirmDialog>
  );
}
