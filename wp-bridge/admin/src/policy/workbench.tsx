import { TabPanel } from '@wordpress/components';
import { __ } from '@wordpress/i18n';
import { useState } from 'react';
import { Panel } from '../parts/panel.js';
import { may } from '../site/boot.js';
import type { Place } from './answers.js';
import { ChecksList, useChecks } from './checks.js';
import type { Draft } from './draft.js';
import { Editor } from './editor.js';
import { Forms } from './forms.js';
import { ReplayPanel } from './replay-panel.js';
import { SavePanel } from './save-panel.js';
import { TryPanel } from './try-panel.js';

interface Props {
  readonly draft: Draft;
  readonly newest: number | null;
  readonly tools: readonly string[];
  readonly onChange: (draft: Draft) => void;
  readonly onSaved: (version: number) => void;
}

/** The text or its forms, what is wrong with it, what it would do, and saving it. */
export function Workbench({ draft, newest, tools, onChange, onSaved }: Props) {
  const [goTo, setGoTo] = useState<Place>();
  const [tab, setTab] = useState<'text' | 'forms'>('text');
  const checks = useChecks(draft.text);
  const mayChange = may('ai_agent_manage_policies');
  const change = (text: string): void => onChange({ ...draft, text });
  const tabs = [
    { name: 'text', title: __('As text', 'chaperone') },
    { name: 'forms', title: __('As forms', 'chaperone') },
  ];
  return (
    <div className="chaperone-detail">
      <div className="chaperone-detail__main">
        <Panel title={__('The policy', 'chaperone')}>
          <TabPanel
            key={tab}
            initialTabName={tab}
            tabs={tabs}
            onSelect={(name) => setTab(name === 'forms' ? 'forms' : 'text')}
          >
            {({ name }) =>
              name === 'forms' ? (
                <Forms text={draft.text} onChange={change} />
              ) : (
                <Editor
                  text={draft.text}
                  isReadOnly={!mayChange}
                  tools={tools}
                  goTo={goTo}
                  badLines={new Set((checks.checked?.problems ?? []).map(({ line }) => line))}
                  onChange={change}
                />
              )
            }
          </TabPanel>
          <ChecksList
            checks={checks}
            onGoTo={(place) => {
              setTab('text');
              setGoTo({ ...place });
            }}
          />
        </Panel>
        <TryPanel document={draft.text} />
        <ReplayPanel document={draft.text} />
      </div>
      <div className="chaperone-detail__side">
        <SavePanel
          draft={draft}
          newest={newest}
          isSound={checks.checked?.problems.length === 0}
          onSaved={onSaved}
          onRebase={() => onChange({ ...draft, base: newest })}
        />
      </div>
    </div>
  );
}
