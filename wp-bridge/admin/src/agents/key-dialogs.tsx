import { Button, CheckboxControl, Modal, SelectControl, TextControl } from '@wordpress/components';
import { __, sprintf } from '@wordpress/i18n';
import { useState, type FormEvent, type ReactNode } from 'react';
import { useDeed, type Deed } from '../api/use-deed.js';
import { ConfirmDialog } from '../parts/confirm-dialog.js';
import { ProblemNotice } from '../parts/problem-notice.js';
import { SecretOnce } from '../parts/secret-once.js';
import { activateKey, addKey, revokeKey, rotateKey, type AgentKey, type MadeKey, type Rotation } from './answers.js';
import { NEW_SIGNING, SigningFields, signingOf } from './signing-fields.js';

interface Props {
  readonly agentId: string;
  readonly onDone: () => void;
  readonly onClose: () => void;
}

interface FormProps {
  readonly title: string;
  readonly confirm: string;
  readonly deed: Deed<readonly []>;
  readonly isWhole?: boolean;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

function KeyForm({ title, confirm, deed, isWhole = true, onClose, children }: FormProps) {
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (isWhole) void deed.run();
  };
  return (
    <Modal title={title} onRequestClose={onClose} size="medium" className="chaperone-dialog">
      <form onSubmit={submit} className="chaperone-form">
        {children}
        {deed.problem === undefined ? null : <ProblemNotice problem={deed.problem} />}
        <div className="chaperone-dialog__buttons">
          <Button variant="tertiary" onClick={onClose}>
            {__('Cancel', 'chaperone')}
          </Button>
          <Button
            type="submit"
            variant="primary"
            isBusy={deed.isBusy}
            disabled={deed.isBusy || !isWhole}
            accessibleWhenDisabled
          >
            {confirm}
          </Button>
        </div>
      </form>
    </Modal>
  );
}

/** The new key, with its secret where it has one. It can't be dismissed by accident: the secret would be gone. */
function Made({ made, onClose }: { readonly made: MadeKey; readonly onClose: () => void }) {
  return (
    <Modal
      title={__('The new key', 'chaperone')}
      onRequestClose={onClose}
      isDismissible={made.secret === null}
      shouldCloseOnClickOutside={made.secret === null}
      shouldCloseOnEsc={made.secret === null}
      size="medium"
      className="chaperone-dialog"
    >
      <p>
        {__('Its id:', 'chaperone')} <code>{made.id}</code>
      </p>
      {made.secret === null ? (
        <Button variant="primary" onClick={onClose}>
          {__('Close', 'chaperone')}
        </Button>
      ) : (
        <SecretOnce label={__('Its secret', 'chaperone')} secret={made.secret} onKept={onClose} />
      )}
    </Modal>
  );
}

export function AddDialog({ agentId, onDone, onClose }: Props) {
  const [signing, setSigning] = useState(NEW_SIGNING);
  const [isPending, setPending] = useState(false);
  const [made, setMade] = useState<MadeKey>();
  const deed = useDeed(async (idempotencyKey) => {
    setMade(await addKey(idempotencyKey, agentId, signingOf(signing), isPending));
    onDone();
    return __('The key was made.', 'chaperone');
  });
  if (made !== undefined) return <Made made={made} onClose={onClose} />;
  return (
    <KeyForm title={__('Add a key', 'chaperone')} confirm={__('Make it', 'chaperone')} deed={deed} onClose={onClose}>
      <SigningFields value={signing} onChange={setSigning} />
      <CheckboxControl
        label={__('Not active yet', 'chaperone')}
        help={__('It can be tried with a request that does nothing, and counts once you activate it.', 'chaperone')}
        checked={isPending}
        onChange={setPending}
      />
    </KeyForm>
  );
}

const DAY = 86_400;

function OverlapFields({
  value,
  onChange,
}: {
  readonly value: Rotation;
  readonly onChange: (value: Rotation) => void;
}) {
  return (
    <>
      <SelectControl
        label={__('The old key stays good for', 'chaperone')}
        value={String(value.overlap)}
        options={[
          { value: '0', label: __('no moment longer: it leaked', 'chaperone') },
          { value: '3600', label: __('an hour', 'chaperone') },
          { value: String(DAY), label: __('a day', 'chaperone') },
          { value: String(7 * DAY), label: __('a week', 'chaperone') },
        ]}
        onChange={(overlap) => onChange({ ...value, overlap: Number(overlap) })}
      />
      <CheckboxControl
        label={__('Also while an earlier rotation is under way, which this ends', 'chaperone')}
        checked={value.force}
        onChange={(force) => onChange({ ...value, force })}
      />
    </>
  );
}

type WithKey = Props & { readonly agentKey: AgentKey };

export function RotateDialog({ agentId, agentKey, onDone, onClose }: WithKey) {
  const [how, setHow] = useState<Rotation>({ overlap: DAY, force: false });
  const [publicKey, setPublicKey] = useState('');
  const [made, setMade] = useState<MadeKey>();
  const needsHalf = agentKey.algorithm === 'ed25519';
  const deed = useDeed(async (idempotencyKey) => {
    const half = needsHalf ? { publicKey: publicKey.trim() } : {};
    setMade(await rotateKey(idempotencyKey, { id: agentId, kid: agentKey.id, ...how, ...half }));
    onDone();
    return __('The key is replaced.', 'chaperone');
  });
  if (made !== undefined) return <Made made={made} onClose={onClose} />;
  return (
    <KeyForm
      title={__('Rotate this key', 'chaperone')}
      confirm={__('Rotate it', 'chaperone')}
      deed={deed}
      isWhole={!needsHalf || publicKey.trim() !== ''}
      onClose={onClose}
    >
      <p>
        {__('A new key counts at once; the old one for the time that you choose, so that nothing stops.', 'chaperone')}
      </p>
      {needsHalf ? (
        <TextControl
          label={__('Public half of the new key', 'chaperone')}
          help={__('The 32 bytes of the public key, in base64.', 'chaperone')}
          value={publicKey}
          onChange={setPublicKey}
        />
      ) : null}
      <OverlapFields value={how} onChange={setHow} />
    </KeyForm>
  );
}

export function ActivateDialog({ agentId, agentKey, onDone, onClose }: WithKey) {
  const [how, setHow] = useState<Rotation>({ overlap: DAY, force: false });
  const deed = useDeed(async () => {
    await activateKey(agentId, agentKey.id, how);
    onDone();
    return __('The key counts now.', 'chaperone');
  });
  return (
    <ConfirmDialog
      title={__('Let this key count?', 'chaperone')}
      confirm={__('Activate it', 'chaperone')}
      deed={deed}
      onClose={onClose}
    >
      <p>{__('From now on it signs calls. The key that it replaces, if there is one, retires.', 'chaperone')}</p>
      <OverlapFields value={how} onChange={setHow} />
    </ConfirmDialog>
  );
}

export function RevokeDialog({ agentId, agentKey, onDone, onClose }: WithKey) {
  const deed = useDeed(async () => {
    await revokeKey(agentId, agentKey.id);
    onDone();
    return __('The key is revoked.', 'chaperone');
  });
  return (
    <ConfirmDialog
      title={__('Revoke this key?', 'chaperone')}
      confirm={__('Revoke it', 'chaperone')}
      isDestructive
      deed={deed}
      onClose={onClose}
    >
      <p>
        {/* translators: %s: id of a key. */}
        {sprintf(
          __('Everything that %s signs is refused from the next request on, for good.', 'chaperone'),
          agentKey.id,
        )}
      </p>
    </ConfirmDialog>
  );
}
