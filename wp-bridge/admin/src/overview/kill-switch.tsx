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

/** Stops every call at once, or lets them through again. */
export function KillSwitchButton({ state, onTurned }: { readonly state: KillSwitch; readonly onTurned: () => void }) {
  const { switch: asked, ...params } = useParams();
  // The toolbar leads here with the dialog open.
  const [isOpen, setOpen] = useState(asked === '1');
  const deed = useDeed(async (_key, reason: string) => {
    const { on } = await setKillSwitch(!state.on, state.on ? '' : reason);
    onTurned();
    return on ? __('All agents are stopped.', 'chaperone') : __('Agents may work again.', 'chaperone');
  });
  if (!may('ai_agent_manage_settings')) return null;
  const close = (): void => {
    deed.forget();
    setOpen(false);
    if (asked !== undefined) go('overview', params, 'replace');
  };
  return (
    <>
      <Button variant={state.on ? 'primary' : 'secondary'} isDestructive={!state.on} onClick={() => setOpen(true)}>
        {state.on ? __('Let agents work again', 'chaperone') : __('Stop all agents', 'chaperone')}
      </Button>
      {isOpen ? (
        <ConfirmDialog
          title={state.on ? __('Let agents work again?', 'chaperone') : __('Stop all agents?', 'chaperone')}
          confirm={state.on ? __('Let them work', 'chaperone') : __('Stop them', 'chaperone')}
          isDestructive={!state.on}
          deed={deed}
          onClose={close}
          {...(state.on
            ? {}
            : {
                note: {
                  label: __('Reason', 'chaperone'),
                  help: __('Agents are told this, and it stands in the log.', 'chaperone'),
                },
              })}
        >
          <p>
            {state.on
              ? __('From now on calls are decided by the policy again.', 'chaperone')
              : __(
                  'Every call is refused at once, whatever the policy says, until somebody turns this back.',
                  'chaperone',
                )}
          </p>
        </ConfirmDialog>
      ) : null}
    </>
  );
}
