import { Button } from '@wordpress/components';
import { __ } from '@wordpress/i18n';
import { useState } from 'react';
import { useDeed } from '../api/use-deed.js';
import { ConfirmDialog } from '../parts/confirm-dialog.js';
import { Time } from '../parts/time.js';
import { may } from '../site/boot.js';
import { go, useParams } from '../site/router.js';
import { setKillSwitch, type KillSwitch } from './answers.js';

/** Says that everything stands still, and why. */
export function KillSwitchBanner({ state }: { readonly state: KillSwitch }) {
  if (!state.on) return null;
  return (
    <div className="chaperone-stopped" role="status">
      <strong>{__('All agents are stopped.', 'chaperone')}</strong>{' '}
      {state.reason === '' ? null : <span>{state.reason}</span>}{' '}
      {state.at === null ? null : <Time at={state.at} form="relative" />}
    </div>
  );
}

interface TurnProps {
  /** As the switch stood when the dialog was opened: what it says and does stays so, whoever turns the switch meanwhile. */
  readonly wasOn: boolean;
  readonly onTurned: () => void;
  readonly onClose: () => void;
}

function TurnDialog({ wasOn, onTurned, onClose }: TurnProps) {
  const deed = useDeed(async (_key, reason: string) => {
    const { on } = await setKillSwitch(!wasOn, wasOn ? '' : reason);
    onTurned();
    return on ? __('All agents are stopped.', 'chaperone') : __('Agents may work again.', 'chaperone');
  });
  const note = {
    label: __('Reason', 'chaperone'),
    help: __('Agents are told this, and it stands in the log.', 'chaperone'),
  };
  return (
    <ConfirmDialog
      title={wasOn ? __('Let agents work again?', 'chaperone') : __('Stop all agents?', 'chaperone')}
      confirm={wasOn ? __('Let them work', 'chaperone') : __('Stop them', 'chaperone')}
      isDestructive={!wasOn}
      deed={deed}
      onClose={onClose}
      {...(wasOn ? {} : { note })}
    >
      <p>
        {wasOn
          ? __('From now on calls are decided by the policy again.', 'chaperone')
          : __('Every call is refused at once, whatever the policy says, until somebody turns this back.', 'chaperone')}
      </p>
    </ConfirmDialog>
  );
}

/** Stops every call at once, or lets them through again. */
export function KillSwitchButton({ state, onTurned }: { readonly state: KillSwitch; readonly onTurned: () => void }) {
  const { switch: asked, ...params } = useParams();
  // The toolbar leads here with the dialog open.
  const [opened, setOpened] = useState<{ readonly wasOn: boolean } | null>(asked === '1' ? { wasOn: state.on } : null);
  if (!may('ai_agent_manage_settings')) return null;
  const close = (): void => {
    setOpened(null);
    if (asked !== undefined) go('overview', params, 'replace');
  };
  return (
    <>
      <Button
        variant={state.on ? 'primary' : 'secondary'}
        isDestructive={!state.on}
        onClick={() => setOpened({ wasOn: state.on })}
      >
        {state.on ? __('Let agents work again', 'chaperone') : __('Stop all agents', 'chaperone')}
      </Button>
      {opened === null ? null : <TurnDialog wasOn={opened.wasOn} onTurned={onTurned} onClose={close} />}
    </>
  );
}
