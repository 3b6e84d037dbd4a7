import { __ } from '@wordpress/i18n';
import { useAnswer } from '../api/use-answer.js';
import { DataTable, type Column } from '../parts/data-table.js';
import { Link } from '../parts/link.js';
import { Trouble } from '../parts/page.js';
import { Empty, Loading, Panel } from '../parts/panel.js';
import { Badge } from '../parts/verdict.js';
import { listSources, type Source } from './answers.js';

const columns = (): readonly Column<Source>[] => [
  {
    id: 'name',
    header: __('Source', 'chaperone'),
    cell: ({ name, description }) => (
      <>
        <code>{name}</code>
        <div className="chaperone-list__sub">{description}</div>
      </>
    ),
  },
  { id: 'tool', header: __('Starts', 'chaperone'), cell: ({ tool }) => <code>{tool}</code> },
  {
    id: 'agent',
    header: __('As the agent', 'chaperone'),
    cell: ({ agentId }) => (
      <Link to="agents" params={{ id: agentId }}>
        {agentId}
      </Link>
    ),
  },
  {
    id: 'state',
    header: __('State', 'chaperone'),
    cell: ({ state }) => <Badge tone={state === 'active' ? 'good' : 'quiet'}>{state}</Badge>,
  },
];

/** Outside systems that may start one call each. */
export function SourcesPanel() {
  const { value, problem, isLoading, reload } = useAnswer('sources', listSources);
  return (
    <Panel title={__('Outside systems that start calls', 'chaperone')}>
      {problem === undefined ? null : <Trouble problem={problem} onRetry={reload} />}
      {value === undefined && isLoading ? <Loading /> : null}
      {value?.length === 0 ? (
        <Empty title={__('There is none.', 'chaperone')}>
          {__(
            '“npx chaperone webhook source create” beside the sidecar makes one, bound to an agent and a tool.',
            'chaperone',
          )}
        </Empty>
      ) : null}
      {value === undefined || value.length === 0 ? null : (
        <DataTable
          caption={__('Sources', 'chaperone')}
          columns={columns()}
          rows={value}
          keyOf={({ name }) => name}
          nameOf={({ name }) => name}
        />
      )}
    </Panel>
  );
}
