import { Button, CheckboxControl, TextControl } from '@wordpress/components';
import { __, sprintf } from '@wordpress/i18n';
import { useState, type FormEvent } from 'react';
import { useDeed } from '../api/use-deed.js';
import { Panel } from '../parts/panel.js';
import { ProblemNotice } from '../parts/problem-notice.js';
import { may } from '../site/boot.js';
import { save } from './answers.js';
import { Sentences } from './comparison.js';
import type { Draft } from './draft.js';

interface Props {
  readonly draft: Draft;
  readonly newest: number | null;
  readonly isSound: boolean;
  readonly onSaved: (version: number) => void;
  /** Takes the newest version as what the draft was made from; its text stays. */
  readonly onRebase: () => void;
}

/** Stores the text as a new version. When somebody else stored one meanwhile, says what changed in it, and loses nothing. */
export function SavePanel(props: Props) {
  return may('ai_agent_manage_policies') ? <Saver {...props} /> : <MayNot />;
}

function MayNot() {
  return (
    <Panel title={__('Save', 'chaperone')}>
      <p>
        {__('You may read policies and try them. Saving and activating them needs the capability', 'chaperone')}{' '}
        <code>ai_agent_manage_policies</code>.
      </p>
    </Panel>
  );
}

function Saver({ draft, newest, isSound, onSaved, onRebase }: Props) {
  const [note, setNote] = useState('');
  const [isActive, setActive] = useState(false);
  const deed = useDeed(async (idempotencyKey) => {
    const version = await save(idempotencyKey, {
      document: draft.text,
      note: note.trim(),
      baseVersion: draft.base,
      activate: isActive,
    });
    onSaved(version);
    /* translators: %d: number of a version. */
    return sprintf(__('Saved as version %d.', 'chaperone'), version);
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (isSound) void deed.run();
  };
  return (
    <Panel title={__('Save', 'chaperone')}>
      {draft.base !== null && newest !== null && draft.base !== newest ? (
        <Stale from={draft.base} to={newest} onRebase={onRebase} />
      ) : null}
      <form onSubmit={submit} className="chaperone-form">
        <TextControl
          label={__('What changed and why', 'chaperone')}
          help={__('It stands beside the version and in the audit log.', 'chaperone')}
          value={note}
          maxLength={2_000}
          onChange={setNote}
        />
        <CheckboxControl
          label={__('Let it decide from the next call on', 'chaperone')}
          checked={isActive}
          onChange={setActive}
        />
        {deed.problem === undefined ? null : <ProblemNotice problem={deed.problem} />}
        <Button
          type="submit"
          variant="primary"
          isBusy={deed.isBusy}
          disabled={deed.isBusy || !isSound}
          accessibleWhenDisabled
        >
          {isActive ? __('Save and activate', 'chaperone') : __('Save as a new version', 'chaperone')}
        </Button>
        {isSound ? null : <p className="chaperone-note">{__('Mend the mistakes first.', 'chaperone')}</p>}
      </form>
    </Panel>
  );
}

function Stale({ from, to, onRebase }: { readonly from: number; readonly to: number; readonly onRebase: () => void }) {
  return (
    <div className="chaperone-problem" role="alert">
      <p className="chaperone-problem__title">
        {/* translators: %d: number of a version. */}
        {sprintf(__('Somebody saved version %d meanwhile. What changed in it:', 'chaperone'), to)}
      </p>
      <Sentences from={from} to={to} />
      <p>
        {__(
          'Your text is as you left it. Take over by hand what it should have of that, then save on top of it.',
          'chaperone',
        )}
      </p>
      <Button variant="secondary" size="compact" onClick={onRebase}>
        {__('Save mine on top of it', 'chaperone')}
      </Button>
    </div>
  );
}
