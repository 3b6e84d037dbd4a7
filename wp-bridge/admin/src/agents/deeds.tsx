import { Button, Modal, TextControl } from '@wordpress/components';
import { __, sprintf } from '@wordpress/i18n';
import { useState, type FormEvent } from 'react';
import { useDeed } from '../api/use-deed.js';
import { ConfirmDialog } from '../parts/confirm-dialog.js';
import { ProblemNotice } from '../parts/problem-notice.js';
import { SecretOnce } from '../parts/secret-once.js';
import { go } from '../site/router.js';
import { changeAgent, deleteAgent, issuePassword, type Agent } from './answers.js';
import { BoundsFields, boundsOf, textOf } from './bounds-fields.js';

interface Props {
  readonly agent: Agent;
  readonly onDone: () => void;
}

type Open = 'state' | 'bounds' | 'directUse' | 'password' | 'delete' | undefined;

/** What an administrator does with an agent. Each asks first, and says what it means. */
export function AgentDeeds({ agent, onDone }: Props) {
  const [open, setOpen] = useState<Open>();
  const close = (): void => setOpen(undefined);
  const button = (what: Open, label: string, isDestructive = false) => (
    <Button variant="secondary" size="compact" isDestructive={isDestructive} onClick={() => setOpen(what)}>
      {label}
    </Button>
  );
  const props = { agent, onDone, onClose: close };
  return (
    <div className="chaperone-deeds">
      {agent.state === 'active'
        ? button('state', __('Suspend', 'chaperone'), true)
        : button('state', __('Let it work again', 'chaperone'))}
      {button('bounds', __('Change name and bounds', 'chaperone'))}
      {button(
        'directUse',
        agent.directUse ? __('Refuse direct use', 'chaperone') : __('Allow direct use', 'chaperone'),
      )}
      {button('password', __('New application password', 'chaperone'))}
      {button('delete', __('Delete', 'chaperone'), true)}
      {open === 'state' ? <StateDialog {...props} /> : null}
      {open === 'bounds' ? <BoundsDialog {...props} /> : null}
      {open === 'directUse' ? <DirectUseDialog {...props} /> : null}
      {open === 'password' ? <PasswordDialog {...props} /> : null}
      {open === 'delete' ? <DeleteDialog {...props} /> : null}
    </div>
  );
}

type DialogProps = Props & { readonly onClose: () => void };

/** What a dialog says and does is fixed when it opens: another answer about the agent doesn't turn it round. */
function useOpened(agent: Agent): Agent {
  const [opened] = useState(agent);
  return opened;
}

function StateDialog({ agent, onDone, onClose }: DialogProps) {
  const isActive = useOpened(agent).state === 'active';
  const deed = useDeed(async () => {
    await changeAgent(agent.id, { state: isActive ? 'suspended' : 'active' });
    onDone();
    return isActive ? __('The agent is suspended.', 'chaperone') : __('The agent may work again.', 'chaperone');
  });
  return (
    <ConfirmDialog
      title={isActive ? __('Suspend this agent?', 'chaperone') : __('Let this agent work again?', 'chaperone')}
      confirm={isActive ? __('Suspend it', 'chaperone') : __('Let it work', 'chaperone')}
      isDestructive={isActive}
      deed={deed}
      onClose={onClose}
    >
      <p>
        {isActive
          ? __('Every call of it is refused from its next request on. What waits for approval stays held.', 'chaperone')
          : __('Its calls are decided by the policy again.', 'chaperone')}
      </p>
    </ConfirmDialog>
  );
}

function DirectUseDialog({ agent: latest, onDone, onClose }: DialogProps) {
  const agent = useOpened(latest);
  const deed = useDeed(async () => {
    await changeAgent(agent.id, { directUse: !agent.directUse });
    onDone();
    return __('It is changed.', 'chaperone');
  });
  return (
    <ConfirmDialog
      title={
        agent.directUse
          ? __('Refuse its password on WordPress itself?', 'chaperone')
          : __('Let its password work on WordPress itself?', 'chaperone')
      }
      confirm={agent.directUse ? __('Refuse it', 'chaperone') : __('Let it work', 'chaperone')}
      isDestructive={!agent.directUse}
      deed={deed}
      onClose={onClose}
    >
      <p>
        {agent.directUse
          ? __('WordPress’s REST API and XML-RPC refuse this account’s application passwords again.', 'chaperone')
          : __(
              'Then the agent can do on WordPress whatever its account may, past the policy, its hours, limits and approvals, and none of it is in Chaperone’s log.',
              'chaperone',
            )}
      </p>
    </ConfirmDialog>
  );
}

function DeleteDialog({ agent, onClose }: DialogProps) {
  const deed = useDeed(async (_key, typed: string) => {
    if (typed !== agent.name) return Promise.reject(new Error('another name'));
    await deleteAgent(agent.id);
    go('agents', {});
    return __('The agent is gone.', 'chaperone');
  });
  const [name, setName] = useState('');
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (name === agent.name) void deed.run(name);
  };
  return (
    <Modal
      title={__('Delete this agent?', 'chaperone')}
      onRequestClose={onClose}
      size="medium"
      className="chaperone-dialog"
    >
      <form onSubmit={submit}>
        <p>
          {__(
            'It ends with all of its keys and all application passwords of its account. The WordPress account stays, with what it wrote, and the log keeps what it did.',
            'chaperone',
          )}
        </p>
        <TextControl
          /* translators: %s: name of an agent. */
          label={sprintf(__('Type “%s” to confirm', 'chaperone'), agent.name)}
          value={name}
          onChange={setName}
        />
        {deed.problem === undefined ? null : <ProblemNotice problem={deed.problem} />}
        <div className="chaperone-dialog__buttons">
          <Button variant="tertiary" onClick={onClose}>
            {__('Cancel', 'chaperone')}
          </Button>
          <Button
            type="submit"
            variant="primary"
            isDestructive
            isBusy={deed.isBusy}
            disabled={deed.isBusy || name !== agent.name}
            accessibleWhenDisabled
          >
            {__('Delete it', 'chaperone')}
          </Button>
        </div>
      </form>
    </Modal>
  );
}

function BoundsDialog({ agent, onDone, onClose }: DialogProps) {
  const [name, setName] = useState(agent.name);
  const [bounds, setBounds] = useState(textOf(agent));
  const deed = useDeed(async () => {
    await changeAgent(agent.id, { name: name.trim(), ...boundsOf(bounds) });
    onDone();
    return __('It is changed.', 'chaperone');
  });
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    if (await deed.run()) onClose();
  };
  return (
    <Modal
      title={__('Name and bounds', 'chaperone')}
      onRequestClose={onClose}
      size="medium"
      className="chaperone-dialog"
    >
      <form onSubmit={(event) => void submit(event)} className="chaperone-form">
        <TextControl label={__('Name', 'chaperone')} value={name} maxLength={190} onChange={setName} />
        <BoundsFields value={bounds} onChange={setBounds} />
        {deed.problem === undefined ? null : <ProblemNotice problem={deed.problem} />}
        <div className="chaperone-dialog__buttons">
          <Button variant="tertiary" onClick={onClose}>
            {__('Cancel', 'chaperone')}
          </Button>
          <Button type="submit" variant="primary" isBusy={deed.isBusy} disabled={deed.isBusy || name.trim() === ''}>
            {__('Save', 'chaperone')}
          </Button>
        </div>
      </form>
    </Modal>
  );
}

function PasswordDialog({ agent, onClose }: DialogProps) {
  const [password, setPassword] = useState<string>();
  const deed = useDeed(async (idempotencyKey) => {
    setPassword(await issuePassword(idempotencyKey, agent.id));
    return __('The new password is shown.', 'chaperone');
  });
  if (password !== undefined) {
    return (
      <Modal
        title={__('The new application password', 'chaperone')}
        onRequestClose={onClose}
        isDismissible={false}
        shouldCloseOnClickOutside={false}
        shouldCloseOnEsc={false}
        size="medium"
        className="chaperone-dialog"
      >
        <SecretOnce label={__('Application password', 'chaperone')} secret={password} onKept={onClose} />
      </Modal>
    );
  }
  return (
    <ConfirmDialog
      title={__('Make a new application password?', 'chaperone')}
      confirm={__('Make it', 'chaperone')}
      deed={{ ...deed, run: async () => (await deed.run(), false) }}
      onClose={onClose}
    >
      <p>{__('All earlier ones of this account are refused from the next request on.', 'chaperone')}</p>
    </ConfirmDialog>
  );
}
