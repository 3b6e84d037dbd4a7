import { __, sprintf } from '@wordpress/i18n';
import { useAnswer } from '../api/use-answer.js';
import { Loading, Panel } from '../parts/panel.js';
import { ProblemNotice } from '../parts/problem-notice.js';
import { Badge, type Tone } from '../parts/verdict.js';
import { boot } from '../site/boot.js';
import { readHealth, type Health } from './answers.js';

const EVERY_MS = 60_000;

const CHECK_NAMES: Readonly<Record<string, () => string>> = {
  database: () => __('Database', 'chaperone'),
  clock: () => __('Clocks of sidecar and database', 'chaperone'),
  migrations: () => __('Tables', 'chaperone'),
  keys: () => __('Keys can be opened', 'chaperone'),
  wordpress: () => __('WordPress answers the sidecar', 'chaperone'),
};

function pairingWords({ state, detail, skew }: Health['pairing']): readonly [Tone, string] {
  switch (state) {
    case 'agreed':
      /* translators: %d: seconds. */
      return ['good', sprintf(__('agreed; clocks differ by %d s', 'chaperone'), Math.abs(skew))];
    case 'clock_skewed':
      return ['bad', __('the clocks of site and sidecar differ too much', 'chaperone')];
    case 'keys_disagree':
      return ['bad', __('site and sidecar hold different keys', 'chaperone')];
    case 'not_paired':
      return ['bad', __('this site isn’t paired with a sidecar yet', 'chaperone')];
    default:
      return ['bad', detail === '' ? state : detail];
  }
}

function Row({ name, tone, children }: { readonly name: string; readonly tone: Tone; readonly children: string }) {
  return (
    <div className="chaperone-facts__row">
      <dt>{name}</dt>
      <dd>
        <Badge tone={tone}>{children}</Badge>
      </dd>
    </div>
  );
}

/** Whether site and sidecar trust each other, and whether the sidecar can work. */
export function HealthPanel() {
  const { value, problem, reload } = useAnswer('health', readHealth, EVERY_MS);
  const [tone, words] = value === undefined ? (['quiet', ''] as const) : pairingWords(value.pairing);
  return (
    <Panel title={__('Health', 'chaperone')} aside={<a href={boot.siteHealthUrl}>{__('Site Health', 'chaperone')}</a>}>
      {problem === undefined ? null : <ProblemNotice problem={problem} onRetry={reload} />}
      {value === undefined && problem === undefined ? <Loading /> : null}
      {value === undefined ? null : (
        <dl className="chaperone-facts">
          <Row name={__('Pairing', 'chaperone')} tone={tone}>
            {words}
          </Row>
          {Object.entries(value.readiness?.checks ?? {}).map(([name, said]) => (
            <Row key={name} name={CHECK_NAMES[name]?.() ?? name} tone={said === 'ok' ? 'good' : 'bad'}>
              {said === 'ok' ? __('in order', 'chaperone') : said}
            </Row>
          ))}
        </dl>
      )}
    </Panel>
  );
}
