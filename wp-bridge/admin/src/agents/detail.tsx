import { __ } from '@wordpress/i18n';
import type { ReactNode } from 'react';
import { useAnswer } from '../api/use-answer.js';
import { Link } from '../parts/link.js';
import { Page, Trouble } from '../parts/page.js';
import { Loading, Panel } from '../parts/panel.js';
import { Time, useNow } from '../parts/time.js';
import { Badge } from '../parts/verdict.js';
import { boot, may } from '../site/boot.js';
import { readAgent, type Agent } from './answers.js';
import { AgentDeeds } from './deeds.js';
import { KeysPanel } from './keys-panel.js';
import { SnippetsPanel } from './snippets.js';
import { loginOf, stateOf } from './words.js';

const EVERY_MS = 20_000;

function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <div className="chaperone-facts__row">
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Facts({ agent }: { readonly agent: Agent }) {
  const { userId, tools, expiresAt, allowedIps, directUse, createdAt } = agent;
  return (
    <dl className="chaperone-facts">
      <Fact name={__('Acts as', 'chaperone')}>
        <a href={`${boot.adminUrl}user-edit.php?user_id=${userId}`}>{loginOf(agent)}</a>
      </Fact>
      <Fact name={__('Tools that it may ever call', 'chaperone')}>
        {tools === null ? __('all that the policy allows', 'chaperone') : tools.join(', ')}
      </Fact>
      <Fact name={__('Ends', 'chaperone')}>
        {expiresAt === null ? __('never', 'chaperone') : <Time at={expiresAt} />}
      </Fact>
      <Fact name={__('May come from', 'chaperone')}>
        {allowedIps === null ? __('anywhere', 'chaperone') : allowedIps.join(', ')}
      </Fact>
      <Fact name={__('Its application password on WordPress itself', 'chaperone')}>
        {directUse ? __('works there too, past the policy', 'chaperone') : __('is refused', 'chaperone')}
      </Fact>
      <Fact name={__('Made', 'chaperone')}>
        <Time at={createdAt} />
      </Fact>
    </dl>
  );
}

/** One agent: what it may, its keys, what can be done with it, and how its programmer begins. */
export function AgentDetail({ id }: { readonly id: string }) {
  const { value, problem, isLoading, reload } = useAnswer(id, (signal) => readAgent(id, signal), EVERY_MS);
  const now = useNow();
  const state = value === undefined ? undefined : stateOf(value.agent, now);
  return (
    <Page
      title={value?.agent.name ?? __('Agent', 'chaperone')}
      actions={state === undefined ? undefined : <Badge tone={state.tone}>{state.word}</Badge>}
      lead={
        <>
          <Link to="agents">{__('All agents', 'chaperone')}</Link> · <code>{id}</code>
          {may('ai_agent_view_logs') ? (
            <>
              {' · '}
              <Link to="audit" params={{ agentId: id }}>
                {__('What it did', 'chaperone')}
              </Link>
            </>
          ) : null}
        </>
      }
    >
      {problem === undefined ? null : <Trouble problem={problem} onRetry={reload} />}
      {value === undefined && isLoading ? <Loading /> : null}
      {value === undefined ? null : (
        <>
          <Panel title={__('What it may', 'chaperone')} aside={<AgentDeeds agent={value.agent} onDone={reload} />}>
            <Facts agent={value.agent} />
          </Panel>
          <KeysPanel agentId={id} keys={value.keys} onDone={reload} />
          <SnippetsPanel keys={value.keys} />
        </>
      )}
    </Page>
  );
}
