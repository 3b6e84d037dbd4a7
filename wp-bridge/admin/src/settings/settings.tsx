import { __ } from '@wordpress/i18n';
import { useAnswer } from '../api/use-answer.js';
import { KillSwitchBanner, KillSwitchButton } from '../overview/kill-switch.js';
import { Page, Trouble } from '../parts/page.js';
import { Loading, Panel } from '../parts/panel.js';
import { may } from '../site/boot.js';
import { readSettings } from './answers.js';
import { FixedPanel } from './fixed-panel.js';
import { NoticesPanel } from './notices-panel.js';
import { RetentionPanel } from './retention-panel.js';
import { SecretsPanel } from './secrets-panel.js';
import { SourcesPanel } from './sources-panel.js';
import { TermListsPanel } from './term-lists-panel.js';

/** What operators set, and what the sidecar's environment fixes. */
export function Settings() {
  const { value, problem, isLoading, reload } = useAnswer('settings', readSettings);
  return (
    <Page
      title={__('Settings', 'chaperone')}
      lead={__('Each change stands in the audit log and holds in every replica from the next call on.', 'chaperone')}
      actions={value === undefined ? undefined : <KillSwitchButton state={value.killSwitch} onTurned={reload} />}
    >
      {problem === undefined ? null : <Trouble problem={problem} onRetry={reload} />}
      {value === undefined && isLoading ? <Loading /> : null}
      {value === undefined ? null : (
        <>
          <KillSwitchBanner state={value.killSwitch} />
          <TermListsPanel settings={value} onChanged={reload} />
          <RetentionPanel settings={value} onChanged={reload} />
          <FixedPanel settings={value} />
        </>
      )}
      {may('ai_agent_manage_secrets') ? <SecretsPanel /> : null}
      <NoticesPanel />
      <SourcesPanel />
      {value === undefined ? null : <Outside />}
    </Page>
  );
}

function Outside() {
  return (
    <Panel title={__('Elsewhere', 'chaperone')}>
      <p className="chaperone-note">
        {__(
          'Replacing the key-encryption key, pruning the log and migrating are done beside the sidecar, with “npx chaperone”.',
          'chaperone',
        )}
      </p>
    </Panel>
  );
}
