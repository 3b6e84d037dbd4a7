import { Button, TabPanel } from '@wordpress/components';
import { speak } from '@wordpress/a11y';
import { __ } from '@wordpress/i18n';
import { useState } from 'react';
import { useAnswer } from '../api/use-answer.js';
import { Panel } from '../parts/panel.js';
import { readPublicUrl } from '../settings/answers.js';
import { may } from '../site/boot.js';
import type { AgentKey } from './answers.js';
import { snippets, type Language } from './snippet-texts.js';

const LANGUAGES: readonly { readonly name: Language; readonly title: string }[] = [
  { name: 'curl', title: 'curl' },
  { name: 'typescript', title: 'TypeScript' },
  { name: 'python', title: 'Python' },
];

/** How the agent's programmer begins: a whole call, ready to paste, with this site's address and this agent's key. */
export function SnippetsPanel({ keys }: { readonly keys: readonly AgentKey[] }) {
  const { value } = useAnswer('url', (signal) =>
    may('ai_agent_manage_settings') ? readPublicUrl(signal) : Promise.resolve('https://agents.example.org'),
  );
  const key = keys.find(({ state }) => state === 'active') ?? keys[0];
  if (value === undefined || key === undefined) return null;
  const texts = snippets({ url: value.replace(/\/$/, ''), keyId: key.id, algorithm: key.algorithm });
  return (
    <Panel title={__('A first call', 'chaperone')}>
      <p className="chaperone-note">
        {__('It needs the key’s secret in the environment, as CHAPERONE_SECRET, and only reads.', 'chaperone')}
      </p>
      <TabPanel tabs={LANGUAGES.filter(({ name }) => texts[name] !== undefined).map((tab) => ({ ...tab }))}>
        {({ name, title }) => <Snippet key={name} title={title} text={texts[name as Language] ?? ''} />}
      </TabPanel>
    </Panel>
  );
}

function Snippet({ title, text }: { readonly title: string; readonly text: string }) {
  const [isCopied, setCopied] = useState(false);
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(text);
    setCopied(true);
    speak(__('Copied.', 'chaperone'), 'polite');
  };
  return (
    <>
      <pre className="chaperone-json" tabIndex={0} role="region" aria-label={title}>
        {text}
      </pre>
      {window.isSecureContext ? (
        <Button variant="secondary" onClick={() => void copy()}>
          {isCopied ? __('Copied', 'chaperone') : __('Copy', 'chaperone')}
        </Button>
      ) : null}
    </>
  );
}
