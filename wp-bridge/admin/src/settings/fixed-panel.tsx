import { __, sprintf } from '@wordpress/i18n';
import { Panel } from '../parts/panel.js';
import { Badge } from '../parts/verdict.js';
import type { Settings } from './answers.js';

function shown(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? __('none', 'chaperone') : value.map(String).join(', ');
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** What the environment of the sidecar that answered fixes: seen here, changed there. */
export function FixedPanel({ settings: { settings, about } }: { readonly settings: Settings }) {
  const fixed = Object.entries(about).filter(([, { locked }]) => locked);
  if (fixed.length === 0) return null;
  return (
    <Panel title={__('Fixed by the sidecar’s environment', 'chaperone')}>
      <p className="chaperone-note">
        {__('Change these where the sidecar is started, and start it again.', 'chaperone')}
      </p>
      <dl className="chaperone-facts">
        {fixed.map(([name, { description, by }]) => (
          <div key={name} className="chaperone-facts__row">
            <dt>
              {name}
              <div className="chaperone-list__sub">{description}</div>
            </dt>
            <dd>
              <code>{shown(settings[name])}</code> {/* translators: %s: name of an environment variable. */}
              <Badge tone="quiet">{sprintf(__('locked by %s', 'chaperone'), by ?? '')}</Badge>
            </dd>
          </div>
        ))}
      </dl>
    </Panel>
  );
}
