import { __, sprintf } from '@wordpress/i18n';
import { Empty, Panel } from '../parts/panel.js';
import { spanOf } from '../site/time.js';
import type { OverviewAnswer } from './answers.js';

type Limits = NonNullable<OverviewAnswer['limits']>;

const whose = ({ agentName, agentId, tool }: Limits[number]): string =>
  [agentName ?? agentId ?? __('the whole site', 'chaperone'), tool ?? ''].filter((part) => part !== '').join(', ');

function Row({ use }: { readonly use: Limits[number] }) {
  const { rule, limit, used, windowSeconds, resetSeconds } = use;
  /* translators: 1: calls counted, 2: calls allowed, 3: a length of time. */
  const words = sprintf(__('%1$d of %2$d in %3$s', 'chaperone'), used, limit, spanOf(windowSeconds));
  return (
    <tr>
      <th scope="row">
        <code>{rule}</code>
      </th>
      <td>{whose(use)}</td>
      <td>
        <meter min={0} max={limit} high={limit * 0.8} value={used} aria-label={words} /> {words}
      </td>
      <td>{used >= limit ? spanOf(resetSeconds) : '–'}</td>
    </tr>
  );
}

/** How full the policy's limits are for those who have been busy. */
export function LimitsPanel({ answer: { limits } }: { readonly answer: OverviewAnswer }) {
  return (
    <Panel title={__('Limits in use', 'chaperone')}>
      {limits === null ? <Empty title={__('The counts can’t be read just now.', 'chaperone')} /> : null}
      {limits?.length === 0 ? <Empty title={__('No limit holds a call just now.', 'chaperone')} /> : null}
      {limits === null || limits.length === 0 ? null : (
        <table className="chaperone-table">
          <caption className="screen-reader-text">{__('Limits, the fullest first', 'chaperone')}</caption>
          <thead>
            <tr>
              <th scope="col">{__('Rule', 'chaperone')}</th>
              <th scope="col">{__('For', 'chaperone')}</th>
              <th scope="col">{__('Used', 'chaperone')}</th>
              <th scope="col">{__('Room again in', 'chaperone')}</th>
            </tr>
          </thead>
          <tbody>
            {limits.map((use) => (
              <Row key={`${use.rule} ${use.agentId ?? ''} ${use.tool ?? ''}`} use={use} />
            ))}
          </tbody>
        </table>
      )}
    </Panel>
  );
}
