import { Button, TextControl } from '@wordpress/components';
import { __ } from '@wordpress/i18n';
import { useState, type FormEvent } from 'react';
import { useDeed } from '../api/use-deed.js';
import { Panel } from '../parts/panel.js';
import { SavingProblem } from './saving-problem.js';
import { changeSettings, type Settings } from './answers.js';

const NAME = 'auditRetentionDays';

/** How long the log is kept. */
export function RetentionPanel({
  settings: { version, settings, about },
  onChanged,
}: {
  readonly settings: Settings;
  readonly onChanged: () => void;
}) {
  const kept = settings[NAME];
  const [days, setDays] = useState(typeof kept === 'number' ? String(kept) : '0');
  const deed = useDeed(async () => {
    // What isn't a number goes as it is: the sidecar says what fits.
    await changeSettings(version, { [NAME]: /^-?\d+$/.test(days.trim()) ? Number(days) : days });
    onChanged();
    return __('It is saved.', 'chaperone');
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    void deed.run();
  };
  return (
    <Panel title={__('How long the log is kept', 'chaperone')}>
      <form onSubmit={submit} className="chaperone-form">
        <TextControl
          type="number"
          label={__('Days', 'chaperone')}
          help={about[NAME]?.description ?? ''}
          value={days}
          onChange={setDays}
        />
        <SavingProblem problem={deed.problem} onReload={onChanged} />
        <Button type="submit" variant="secondary" isBusy={deed.isBusy} disabled={deed.isBusy} accessibleWhenDisabled>
          {__('Save', 'chaperone')}
        </Button>
      </form>
    </Panel>
  );
}
