import { __, _n, sprintf } from '@wordpress/i18n';
import { useAnswer } from '../api/use-answer.js';
import { Page, Trouble } from '../parts/page.js';
import { Empty, Loading, Panel } from '../parts/panel.js';
import { Time } from '../parts/time.js';
import { Verdict } from '../parts/verdict.js';
import { go, useParams } from '../site/router.js';
import { RANGES, readOverview, type OverviewAnswer, type Range } from './answers.js';
import { CallsChart } from './chart.js';
import { HealthPanel } from './health.js';
import { KillSwitchBanner, KillSwitchButton } from './kill-switch.js';
import { LimitsPanel } from './limits.js';
import { wordsOfCode } from '../site/code-words.js';

const EVERY_MS = 30_000;

const isRange = (text: string | undefined): text is Range => RANGES.some((range) => range === text);

function wordsOf(range: Range): string {
  switch (range) {
    case '24h':
      return __('Last 24 hours', 'chaperone');
    case '7d':
      return __('Last 7 days', 'chaperone');
    case '30d':
      return __('Last 30 days', 'chaperone');
  }
}

function RangePicker({ range }: { readonly range: Range }) {
  return (
    <div className="chaperone-ranges" role="group" aria-label={__('Time', 'chaperone')}>
      {RANGES.map((each) => (
        <button
          key={each}
          type="button"
          aria-pressed={each === range}
          onClick={() => go('overview', each === '24h' ? {} : { range: each }, 'replace')}
        >
          {wordsOf(each)}
        </button>
      ))}
    </div>
  );
}

function Figures({ answer }: { readonly answer: OverviewAnswer }) {
  const { calls, waiting, outcomes, policy } = answer;
  const unclear = (outcomes['failed'] ?? 0) + (outcomes['unknown'] ?? 0);
  return (
    <ul className="chaperone-figures">
      <Figure count={calls.allow} name={__('allowed', 'chaperone')} tone="good" />
      <Figure count={calls.ask} name={__('held for people', 'chaperone')} tone="wait" />
      <Figure count={calls.deny} name={__('refused', 'chaperone')} tone="bad" />
      <Figure count={unclear} name={__('failed or unclear', 'chaperone')} tone={unclear > 0 ? 'bad' : 'quiet'} />
      <li className="chaperone-figure is-wide">
        <strong>{waiting.count}</strong>
        <span>{_n('call waits for a person now', 'calls wait for a person now', waiting.count, 'chaperone')}</span>
        {waiting.firstExpiry === null ? null : (
          <small>
            {__('the first one expires', 'chaperone')} <Time at={waiting.firstExpiry} form="relative" />
          </small>
        )}
      </li>
      <li className="chaperone-figure is-wide">
        <strong>{policy === null ? '–' : policy.name}</strong>
        <span>
          {policy === null
            ? __('no policy is active, so every call is refused', 'chaperone')
            : /* translators: 1: number of a version, 2: mode. */
              sprintf(__('policy, version %1$d, mode “%2$s”', 'chaperone'), policy.version, policy.mode)}
        </span>
      </li>
    </ul>
  );
}

function Figure({ count, name, tone }: { readonly count: number; readonly name: string; readonly tone: string }) {
  return (
    <li className={`chaperone-figure is-${tone}`}>
      <strong>{count.toLocaleString()}</strong>
      <span>{name}</span>
    </li>
  );
}

function RefusalsPanel({ answer }: { readonly answer: OverviewAnswer }) {
  return (
    <Panel title={__('Refused, and why', 'chaperone')}>
      {answer.refusals.length === 0 ? (
        <Empty title={__('Nothing was refused in this time.', 'chaperone')} />
      ) : (
        <table className="chaperone-table">
          <caption className="screen-reader-text">{__('Refusals by reason, rule and tool', 'chaperone')}</caption>
          <thead>
            <tr>
              <th scope="col">{__('Reason', 'chaperone')}</th>
              <th scope="col">{__('Rule', 'chaperone')}</th>
              <th scope="col">{__('Tool', 'chaperone')}</th>
              <th scope="col" className="num">
                {__('Calls', 'chaperone')}
              </th>
              <th scope="col">{__('Last', 'chaperone')}</th>
            </tr>
          </thead>
          <tbody>
            {answer.refusals.slice(0, 10).map(({ code, rule, tool, count, lastAt }) => (
              <tr key={`${code} ${rule ?? ''} ${tool ?? ''}`}>
                <th scope="row">
                  {wordsOfCode(code)} <code>{code}</code>
                </th>
                <td>{rule === null ? '–' : <code>{rule}</code>}</td>
                <td>{tool === null ? '–' : <code>{tool}</code>}</td>
                <td className="num">{count}</td>
                <td>
                  <Time at={lastAt} form="relative" />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {answer.refusalsComplete ? null : (
        <p className="chaperone-note">{__('Counted among the newest 500 refusals of this time.', 'chaperone')}</p>
      )}
    </Panel>
  );
}

function AgentsPanel({ answer }: { readonly answer: OverviewAnswer }) {
  return (
    <Panel title={__('What agents did', 'chaperone')}>
      {answer.byAgent.length === 0 ? (
        <Empty title={__('No agent made a call in this time.', 'chaperone')}>
          {__('Calls appear here as soon as an agent makes its first one.', 'chaperone')}
        </Empty>
      ) : (
        <table className="chaperone-table">
          <caption className="screen-reader-text">{__('Calls by agent', 'chaperone')}</caption>
          <thead>
            <tr>
              <th scope="col">{__('Agent', 'chaperone')}</th>
              {(['allow', 'ask', 'deny'] as const).map((verdict) => (
                <th key={verdict} scope="col" className="num">
                  <Verdict verdict={verdict} />
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {answer.byAgent.slice(0, 10).map(({ agentId, name, allow, ask, deny }) => (
              <tr key={agentId ?? ''}>
                <th scope="row">{name ?? agentId ?? __('without an agent', 'chaperone')}</th>
                <td className="num">{allow}</td>
                <td className="num">{ask}</td>
                <td className="num">{deny}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Panel>
  );
}

/** What agents did, what waits, what was refused and why, and whether all is well. */
export function Overview() {
  const { range: wanted } = useParams();
  const range = isRange(wanted) ? wanted : '24h';
  const { value, problem, isLoading, reload } = useAnswer(range, (signal) => readOverview(range, signal), EVERY_MS);
  return (
    <Page
      title={__('Overview', 'chaperone')}
      actions={value === undefined ? undefined : <KillSwitchButton state={value.killSwitch} onTurned={reload} />}
    >
      {value === undefined ? null : <KillSwitchBanner state={value.killSwitch} />}
      {problem === undefined ? null : <Trouble problem={problem} onRetry={reload} />}
      {value === undefined && isLoading ? <Loading /> : null}
      {value === undefined ? null : (
        <>
          <Figures answer={value} />
          <Panel title={__('Calls over time', 'chaperone')} aside={<RangePicker range={range} />}>
            <CallsChart slices={value.slices} sliceSeconds={value.sliceSeconds} />
          </Panel>
          <RefusalsPanel answer={value} />
          <div className="chaperone-columns">
            <AgentsPanel answer={value} />
            <LimitsPanel answer={value} />
          </div>
        </>
      )}
      <HealthPanel />
    </Page>
  );
}
