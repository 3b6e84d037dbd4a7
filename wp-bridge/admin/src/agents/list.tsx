import { Button } from '@wordpress/components';
import { __ } from '@wordpress/i18n';
import { useState } from 'react';
import { useAnswer } from '../api/use-answer.js';
import { DataTable, type Column } from '../parts/data-table.js';
import { Link } from '../parts/link.js';
import { Page, Trouble } from '../parts/page.js';
import { Pager, usePages } from '../parts/pager.js';
import { Empty, Loading } from '../parts/panel.js';
import { Time, useNow } from '../parts/time.js';
import { Badge } from '../parts/verdict.js';
import { listAgents, type Agent } from './answers.js';
import { CreateAgent } from './create.js';
import { loginOf, stateOf } from './words.js';

function State({ agent }: { readonly agent: Agent }) {
  const { tone, word } = stateOf(agent, useNow());
  return <Badge tone={tone}>{word}</Badge>;
}

const columns = (): readonly Column<Agent>[] => [
  {
    id: 'name',
    header: __('Agent', 'chaperone'),
    cell: ({ id, name }) => (
      <>
        <Link to="agents" params={{ id }} className="row-title">
          {name}
        </Link>
        <div className="chaperone-list__sub">
          <code>{id}</code>
        </div>
      </>
    ),
  },
  { id: 'state', header: __('State', 'chaperone'), cell: (agent) => <State agent={agent} /> },
  { id: 'user', header: __('Acts as user', 'chaperone'), cell: (agent) => loginOf(agent) },
  {
    id: 'tools',
    header: __('Tools', 'chaperone'),
    cell: ({ tools }) => (tools === null ? __('all that the policy allows', 'chaperone') : tools.join(', ')),
  },
  {
    id: 'end',
    header: __('Ends', 'chaperone'),
    cell: ({ expiresAt }) => (expiresAt === null ? __('never', 'chaperone') : <Time at={expiresAt} />),
  },
  { id: 'made', header: __('Made', 'chaperone'), cell: ({ createdAt }) => <Time at={createdAt} form="relative" /> },
];

/** The programs that may act on this site, and the way to one more. */
export function AgentList() {
  const pages = usePages('agents');
  const load = (signal: AbortSignal) => listAgents(pages.cursor, signal);
  const { value, problem, isLoading, reload } = useAnswer(pages.cursor ?? '', load);
  const [isMaking, setMaking] = useState(false);
  return (
    <Page
      title={__('Agents', 'chaperone')}
      lead={__('Programs that act on this site, each as a WordPress user of its own.', 'chaperone')}
      actions={
        <Button variant="primary" onClick={() => setMaking(true)}>
          {__('Add an agent', 'chaperone')}
        </Button>
      }
    >
      {isMaking ? <CreateAgent onClose={() => setMaking(false)} onMade={reload} /> : null}
      {problem === undefined ? null : <Trouble problem={problem} onRetry={reload} />}
      {value === undefined && isLoading ? <Loading /> : null}
      {value?.items.length === 0 ? (
        <Empty title={__('There is no agent yet.', 'chaperone')}>
          {__('Add one: it gets a WordPress account, a key to sign with, and what the policy allows.', 'chaperone')}
        </Empty>
      ) : null}
      {value === undefined || value.items.length === 0 ? null : (
        <DataTable
          caption={__('Agents', 'chaperone')}
          columns={columns()}
          rows={value.items}
          keyOf={({ id }) => id}
          nameOf={({ name }) => name}
          isBusy={isLoading}
        />
      )}
      <Pager pages={pages} next={value?.nextCursor ?? null} label={__('Pages of agents', 'chaperone')} />
    </Page>
  );
}
