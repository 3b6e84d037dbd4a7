import { Button, SelectControl } from '@wordpress/components';
import { __, sprintf } from '@wordpress/i18n';
import { useState } from 'react';
import { useAnswer } from '../api/use-answer.js';
import { Link } from '../parts/link.js';
import { Page, Trouble } from '../parts/page.js';
import { Loading } from '../parts/panel.js';
import { Time } from '../parts/time.js';
import { Badge } from '../parts/verdict.js';
import { may } from '../site/boot.js';
import { go, useParams } from '../site/router.js';
import { listVersions, readVersion, type Version } from './answers.js';
import { useDraft, type Draft } from './draft.js';
import { Editor } from './editor.js';
import { readyMade } from './ready-made.js';
import { listTools } from './tools.js';
import { VersionsPanel } from './versions.js';
import { Workbench } from './workbench.js';

interface Present {
  readonly newest: number | null;
  readonly active: number | null;
  readonly version: Version | undefined;
}

/** The newest version, which the next one is made from. */
async function readPresent(signal: AbortSignal): Promise<Present> {
  const { items, activeVersion } = await listVersions(undefined, signal);
  const newest = items[0]?.version ?? null;
  return {
    newest,
    active: activeVersion,
    version: newest === null ? undefined : await readVersion(newest, signal),
  };
}

const BLANK = `{
  "formatVersion": 1,
  "name": "My site",
  "timezone": "site",
  "mode": "review",
  // What no rule allows is denied.
  "tools": [
    { "id": "reading", "match": { "tools": ["*.list", "*.get", "site.info"] }, "effect": "allow" }
  ]
}
`;

/** The policy: one version in the address, or the text that becomes the next one, with all that tells what it would do. */
export function Policy() {
  const { version, line } = useParams();
  return version === undefined ? (
    <PolicyPage />
  ) : (
    <VersionPage key={version} version={Number(version)} line={Number(line ?? '0')} />
  );
}

function PolicyPage() {
  const { value, problem, isLoading, reload } = useAnswer('present', readPresent);
  const tools = useAnswer('tools', listTools);
  const { draft, change } = useDraft();
  const [saved, setSaved] = useState(0);
  const done = (version: number): void => {
    change(undefined);
    setSaved(version);
    reload();
  };
  return (
    <Page
      title={__('Policy', 'chaperone')}
      lead={__(
        'What agents may do, when, how often, and what people approve first. What no rule allows is refused.',
        'chaperone',
      )}
      actions={<Active version={value?.active ?? null} />}
    >
      {problem === undefined ? null : <Trouble problem={problem} onRetry={reload} />}
      {value === undefined && isLoading ? <Loading /> : null}
      {value !== undefined && value.newest === null && draft === undefined ? <Begin onBegin={change} /> : null}
      <Saved version={saved} />
      {draft === undefined ? null : <DraftNotice draft={draft} onDrop={() => change(undefined)} />}
      {value === undefined ? null : (
        <>
          <Workbench
            draft={draft ?? { base: value.newest, text: value.version?.text ?? BLANK }}
            newest={value.newest}
            tools={tools.value ?? []}
            onChange={change}
            onSaved={done}
          />
          <VersionsPanel key={String(value.newest)} onChanged={reload} />
        </>
      )}
    </Page>
  );
}

function Active({ version }: { readonly version: number | null }) {
  if (version === null) return null;
  /* translators: %d: number of a version. */
  return <Badge tone="good">{sprintf(__('version %d decides now', 'chaperone'), version)}</Badge>;
}

function Saved({ version }: { readonly version: number }) {
  if (version === 0) return null;
  return (
    <p className="chaperone-done" role="status">
      {/* translators: %d: number of a version. */}
      {sprintf(__('Saved as version %d.', 'chaperone'), version)}
    </p>
  );
}

function DraftNotice({ draft: { base }, onDrop }: { readonly draft: Draft; readonly onDrop: () => void }) {
  return (
    <div className="chaperone-draft" role="status">
      {base === null
        ? __('Not saved yet. It is kept in this window.', 'chaperone')
        : /* translators: %d: number of a version. */
          sprintf(
            __('Changes on top of version %d, not saved yet. They are kept in this window.', 'chaperone'),
            base,
          )}{' '}
      <Button variant="link" isDestructive onClick={onDrop}>
        {__('Throw them away', 'chaperone')}
      </Button>
    </div>
  );
}

/** No policy yet: why nothing runs, and something to begin with. */
function Begin({ onBegin }: { readonly onBegin: (draft: Draft) => void }) {
  const policies = readyMade();
  const [chosen, setChosen] = useState('0');
  return (
    <div className="chaperone-empty">
      <p className="chaperone-empty__title">{__('There is no policy yet, so every call is refused.', 'chaperone')}</p>
      <p>{__('Begin with one of these and change it, or write your own below.', 'chaperone')}</p>
      <SelectControl
        label={__('Begin with', 'chaperone')}
        value={chosen}
        options={policies.map(({ name }, index) => ({ value: String(index), label: name }))}
        onChange={setChosen}
      />
      <Button
        variant="primary"
        disabled={!may('ai_agent_manage_policies')}
        accessibleWhenDisabled
        onClick={() => onBegin({ base: null, text: policies[Number(chosen)]?.text ?? BLANK })}
      >
        {__('Begin with it', 'chaperone')}
      </Button>
    </div>
  );
}

/** One version as it was saved, at a line that a finding named. */
function VersionPage({ version, line }: { readonly version: number; readonly line: number }) {
  const { value, problem, isLoading, reload } = useAnswer(String(version), (signal) => readVersion(version, signal));
  const { change } = useDraft();
  const newest = useAnswer('newest', (signal) => listVersions(undefined, signal)).value?.items[0]?.version ?? null;
  return (
    <Page
      /* translators: %d: number of a version. */
      title={sprintf(__('Policy, version %d', 'chaperone'), version)}
      actions={value?.active === true ? <Badge tone="good">{__('decides now', 'chaperone')}</Badge> : undefined}
      lead={
        <>
          <Link to="policy">{__('The policy and all versions', 'chaperone')}</Link>
          {value === undefined ? null : (
            <>
              {' · '}
              <Time at={value.ts} /> {value.note}
            </>
          )}
        </>
      }
    >
      {problem === undefined ? null : <Trouble problem={problem} onRetry={reload} />}
      {value === undefined && isLoading ? <Loading /> : null}
      {value === undefined ? null : (
        <>
          <Editor
            text={value.text}
            isReadOnly
            tools={[]}
            badLines={new Set()}
            goTo={line > 0 ? { line, column: 1 } : undefined}
          />
          {may('ai_agent_manage_policies') ? (
            <Button
              variant="secondary"
              onClick={() => {
                change({ base: newest, text: value.text });
                go('policy', {});
              }}
            >
              {__('Make a new version from it', 'chaperone')}
            </Button>
          ) : null}
        </>
      )}
    </Page>
  );
}
