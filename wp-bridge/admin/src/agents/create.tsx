import { Button, CheckboxControl, Modal, RadioControl, TextControl } from '@wordpress/components';
import { __ } from '@wordpress/i18n';
import { useState, type FormEvent } from 'react';
import { useDeed } from '../api/use-deed.js';
import { ProblemNotice } from '../parts/problem-notice.js';
import { SecretOnce } from '../parts/secret-once.js';
import { go } from '../site/router.js';
import { createAgent, type Created, type NewAgent } from './answers.js';
import { BoundsFields, boundsOf, NO_BOUNDS } from './bounds-fields.js';
import { NEW_SIGNING, SigningFields, signingOf } from './signing-fields.js';

interface Props {
  readonly onClose: () => void;
  readonly onMade: () => void;
}

interface Draft {
  readonly name: string;
  readonly isNew: boolean;
  readonly login: string;
  readonly withPassword: boolean;
  readonly userId: string;
}

const EMPTY: Draft = { name: '', isNew: true, login: '', withPassword: false, userId: '' };

const accountOf = ({ isNew, login, withPassword, userId }: Draft): NewAgent['account'] =>
  isNew ? { login: login.trim(), applicationPassword: withPassword } : { userId: Number(userId) };

const isWhole = ({ name, isNew, login, userId }: Draft): boolean =>
  name.trim() !== '' && (isNew ? login.trim() !== '' : /^[1-9]\d{0,15}$/.test(userId.trim()));

/** Makes an agent, then shows what is told once, and leads to it. */
export function CreateAgent({ onClose, onMade }: Props) {
  const [draft, setDraft] = useState(EMPTY);
  const [signing, setSigning] = useState(NEW_SIGNING);
  const [bounds, setBounds] = useState(NO_BOUNDS);
  const [made, setMade] = useState<Created>();
  const deed = useDeed(async (idempotencyKey) => {
    const wanted = { name: draft.name.trim(), account: accountOf(draft), key: signingOf(signing), ...boundsOf(bounds) };
    setMade(await createAgent(idempotencyKey, wanted));
    onMade();
    return __('The agent was made.', 'chaperone');
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (isWhole(draft)) void deed.run();
  };
  if (made !== undefined) {
    const leave = (): void => {
      onClose();
      go('agents', { id: made.id });
    };
    return <Secrets made={made} onDone={leave} />;
  }
  return (
    <Modal title={__('Add an agent', 'chaperone')} onRequestClose={onClose} size="medium" className="chaperone-dialog">
      <form onSubmit={submit} className="chaperone-form">
        <Account draft={draft} onChange={setDraft} />
        <SigningFields value={signing} onChange={setSigning} />
        <details>
          <summary>{__('Bounds: tools, an end, addresses', 'chaperone')}</summary>
          <BoundsFields value={bounds} onChange={setBounds} />
        </details>
        {deed.problem === undefined ? null : <ProblemNotice problem={deed.problem} />}
        <div className="chaperone-dialog__buttons">
          <Button variant="tertiary" onClick={onClose}>
            {__('Cancel', 'chaperone')}
          </Button>
          <Button
            type="submit"
            variant="primary"
            isBusy={deed.isBusy}
            disabled={deed.isBusy || !isWhole(draft)}
            accessibleWhenDisabled
          >
            {__('Make it', 'chaperone')}
          </Button>
        </div>
      </form>
    </Modal>
  );
}

function Account({ draft, onChange }: { readonly draft: Draft; readonly onChange: (draft: Draft) => void }) {
  return (
    <>
      <TextControl
        label={__('Name', 'chaperone')}
        help={__('What people call it, on these screens and in the log.', 'chaperone')}
        value={draft.name}
        maxLength={190}
        onChange={(name) => onChange({ ...draft, name })}
      />
      <RadioControl
        label={__('Acts as', 'chaperone')}
        selected={draft.isNew ? 'new' : 'there'}
        options={[
          { value: 'new', label: __('A new account with the role “AI agent”', 'chaperone') },
          { value: 'there', label: __('A user who is there already', 'chaperone') },
        ]}
        onChange={(which) => onChange({ ...draft, isNew: which === 'new' })}
      />
      {draft.isNew ? (
        <>
          <TextControl
            label={__('Login of the new account', 'chaperone')}
            value={draft.login}
            maxLength={60}
            onChange={(login) => onChange({ ...draft, login })}
          />
          <CheckboxControl
            label={__('With an application password of its own', 'chaperone')}
            help={__('Only where the agent reads other routes without signing. Calls need the key alone.', 'chaperone')}
            checked={draft.withPassword}
            onChange={(withPassword) => onChange({ ...draft, withPassword })}
          />
        </>
      ) : (
        <TextControl
          type="number"
          label={__('Id of the user', 'chaperone')}
          help={__('From then on this user can’t use application passwords on WordPress directly.', 'chaperone')}
          value={draft.userId}
          onChange={(userId) => onChange({ ...draft, userId })}
        />
      )}
    </>
  );
}

/** One secret after the other, each dropped from memory once the person says that it is kept. */
function Secrets({ made, onDone }: { readonly made: Created; readonly onDone: () => void }) {
  const told = [
    { label: __('The key’s secret', 'chaperone'), secret: made.key.secret },
    { label: __('The application password', 'chaperone'), secret: made.account?.applicationPassword ?? null },
  ].flatMap(({ label, secret }) => (secret === null ? [] : [{ label, secret }]));
  const [left, setLeft] = useState(told);
  const [first, ...others] = left;
  return (
    <Modal
      title={__('The agent is there', 'chaperone')}
      onRequestClose={onDone}
      isDismissible={first === undefined}
      shouldCloseOnClickOutside={false}
      shouldCloseOnEsc={first === undefined}
      size="medium"
      className="chaperone-dialog"
    >
      <p>
        {__('Its key:', 'chaperone')} <code>{made.key.id}</code>
      </p>
      {first === undefined ? (
        <Button variant="primary" onClick={onDone}>
          {__('Go to the agent', 'chaperone')}
        </Button>
      ) : (
        <SecretOnce
          key={first.label}
          label={first.label}
          secret={first.secret}
          onKept={() => (others.length === 0 ? onDone() : setLeft(others))}
        />
      )}
    </Modal>
  );
}
