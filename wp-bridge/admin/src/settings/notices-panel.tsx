import { Button, Modal, TextControl } from '@wordpress/components';
import { __ } from '@wordpress/i18n';
import { useState, type FormEvent } from 'react';
import { useAnswer } from '../api/use-answer.js';
import { useDeed } from '../api/use-deed.js';
import { ConfirmDialog } from '../parts/confirm-dialog.js';
import { DataTable, type Column } from '../parts/data-table.js';
import { Trouble } from '../parts/page.js';
import { Empty, Loading, Panel } from '../parts/panel.js';
import { ProblemNotice } from '../parts/problem-notice.js';
import { SecretOnce } from '../parts/secret-once.js';
import { Badge } from '../parts/verdict.js';
import { may } from '../site/boot.js';
import {
  changeEndpoint,
  createEndpoint,
  deleteEndpoint,
  listEndpoints,
  testEndpoint,
  type Endpoint,
} from './answers.js';
import { Deliveries } from './deliveries.js';

type Do = 'test' | 'turn' | 'remove';

const columns = (onDo: (what: Do, row: Endpoint) => void): readonly Column<Endpoint>[] => [
  {
    id: 'url',
    header: __('Goes to', 'chaperone'),
    cell: ({ url, description }) => (
      <>
        {url}
        <div className="chaperone-list__sub">{description}</div>
      </>
    ),
  },
  {
    id: 'events',
    header: __('Tells of', 'chaperone'),
    cell: ({ events }) => (events === null ? __('everything', 'chaperone') : events.join(', ')),
  },
  {
    id: 'state',
    header: __('State', 'chaperone'),
    cell: ({ state, failingSince, disabledReason }) => (
      <>
        <Badge tone={state !== 'active' ? 'quiet' : failingSince === null ? 'good' : 'wait'}>
          {state !== 'active'
            ? __('off', 'chaperone')
            : failingSince === null
              ? __('on', 'chaperone')
              : __('failing', 'chaperone')}
        </Badge>
        {disabledReason === null ? null : <div className="chaperone-list__sub">{disabledReason}</div>}
      </>
    ),
  },
  {
    id: 'deeds',
    header: __('Do', 'chaperone'),
    cell: (row) => (
      <div className="chaperone-deeds">
        <Button variant="tertiary" size="compact" onClick={() => onDo('test', row)}>
          {__('Send a test', 'chaperone')}
        </Button>
        <Button variant="tertiary" size="compact" onClick={() => onDo('turn', row)}>
          {row.state === 'active' ? __('Turn off', 'chaperone') : __('Turn on', 'chaperone')}
        </Button>
        <Button variant="tertiary" size="compact" isDestructive onClick={() => onDo('remove', row)}>
          {__('Remove', 'chaperone')}
        </Button>
      </div>
    ),
  },
];

/** Where notices go, whether they arrive, and sending them again. */
export function NoticesPanel() {
  const { value, problem, isLoading, reload } = useAnswer('endpoints', listEndpoints);
  const [isAdding, setAdding] = useState(false);
  const [removing, setRemoving] = useState<Endpoint>();
  const deed = useDeed(async (_key, what: Do, row: Endpoint) => {
    if (what === 'test') await testEndpoint(row.id);
    else await changeEndpoint(row.id, row.state === 'active' ? 'disabled' : 'active');
    reload();
    return what === 'test' ? __('A test is on its way.', 'chaperone') : __('It is changed.', 'chaperone');
  });
  const onDo = (what: Do, row: Endpoint): void => {
    if (what === 'remove') setRemoving(row);
    else void deed.run(what, row);
  };
  return (
    <Panel
      title={__('Notices to other systems', 'chaperone')}
      aside={
        may('ai_agent_manage_secrets') ? (
          <Button variant="secondary" size="compact" onClick={() => setAdding(true)}>
            {__('Add an address', 'chaperone')}
          </Button>
        ) : undefined
      }
    >
      {problem === undefined ? null : <Trouble problem={problem} onRetry={reload} />}
      {deed.problem === undefined ? null : <ProblemNotice problem={deed.problem} />}
      {value === undefined && isLoading ? <Loading /> : null}
      {value?.length === 0 ? (
        <Empty title={__('Nobody is told.', 'chaperone')}>
          {__(
            'Add an address, and it is told of held and denied calls, replaced secrets, suspended agents and the kill switch.',
            'chaperone',
          )}
        </Empty>
      ) : null}
      {value === undefined || value.length === 0 ? null : (
        <>
          <DataTable
            caption={__('Addresses that are told', 'chaperone')}
            columns={columns(onDo)}
            rows={value}
            keyOf={({ id }) => id}
            nameOf={({ url }) => url}
            isBusy={isLoading || deed.isBusy}
          />
          <Deliveries />
        </>
      )}
      {isAdding ? <AddEndpoint onDone={reload} onClose={() => setAdding(false)} /> : null}
      {removing === undefined ? null : (
        <RemoveEndpoint row={removing} onDone={reload} onClose={() => setRemoving(undefined)} />
      )}
    </Panel>
  );
}

function RemoveEndpoint({
  row,
  onDone,
  onClose,
}: {
  readonly row: Endpoint;
  readonly onDone: () => void;
  readonly onClose: () => void;
}) {
  const deed = useDeed(async () => {
    await deleteEndpoint(row.id);
    onDone();
    return __('It is told no more.', 'chaperone');
  });
  return (
    <ConfirmDialog
      title={__('Remove this address?', 'chaperone')}
      confirm={__('Remove it', 'chaperone')}
      isDestructive
      deed={deed}
      onClose={onClose}
    >
      <p>{row.url}</p>
    </ConfirmDialog>
  );
}

function AddEndpoint({ onDone, onClose }: { readonly onDone: () => void; readonly onClose: () => void }) {
  const [url, setUrl] = useState('');
  const [description, setDescription] = useState('');
  const [secret, setSecret] = useState<string>();
  const deed = useDeed(async (idempotencyKey) => {
    setSecret(await createEndpoint(idempotencyKey, url.trim(), description.trim()));
    onDone();
    return __('The address was added.', 'chaperone');
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (url.trim() !== '') void deed.run();
  };
  return (
    <Modal
      title={__('Add an address', 'chaperone')}
      onRequestClose={onClose}
      isDismissible={secret === undefined}
      shouldCloseOnClickOutside={false}
      shouldCloseOnEsc={secret === undefined}
      size="medium"
      className="chaperone-dialog"
    >
      {secret === undefined ? (
        <form onSubmit={submit} className="chaperone-form">
          <TextControl type="url" label={__('Address', 'chaperone')} value={url} onChange={setUrl} />
          <TextControl
            label={__('What it is', 'chaperone')}
            value={description}
            maxLength={190}
            onChange={setDescription}
          />
          {deed.problem === undefined ? null : <ProblemNotice problem={deed.problem} />}
          <div className="chaperone-dialog__buttons">
            <Button variant="tertiary" onClick={onClose}>
              {__('Cancel', 'chaperone')}
            </Button>
            <Button
              type="submit"
              variant="primary"
              isBusy={deed.isBusy}
              disabled={deed.isBusy || url.trim() === ''}
              accessibleWhenDisabled
            >
              {__('Add it', 'chaperone')}
            </Button>
          </div>
        </form>
      ) : (
        <SecretOnce label={__('The secret that verifies notices', 'chaperone')} secret={secret} onKept={onClose} />
      )}
    </Modal>
  );
}
