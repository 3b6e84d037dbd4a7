import { Button, TextareaControl } from '@wordpress/components';
import { __ } from '@wordpress/i18n';
import { useState } from 'react';
import { useDeed, type Deed } from '../api/use-deed.js';
import { Panel } from '../parts/panel.js';
import { ProblemNotice } from '../parts/problem-notice.js';
import { approve, comment, reject, type Approval, type Args, type Decided } from './answers.js';
import { BallotOptions, firstOptions, type Options } from './ballot-options.js';
import { EditArguments } from './edit-arguments.js';
import { whyNot } from './words.js';

interface Props {
  readonly approval: Approval;
  /** Said and shown after something was done. */
  readonly onDone: (said: string, isDecided: boolean) => void;
}

function saidOf({ status }: Decided): string {
  switch (status) {
    case 'pending_approval':
      return __('Your vote counts. The call waits for others now.', 'chaperone');
    case 'executed':
      return __('Approved and carried out.', 'chaperone');
    default:
      return __('Approved.', 'chaperone');
  }
}

const saidRejected = (): string => __('Rejected. It will not run.', 'chaperone');

/** What goes with the vote, of what was chosen. */
const nameOf = ({ inNameOf }: Options) => (inNameOf === '' ? {} : { inNameOf: Number(inNameOf) });
const chosen = (options: Options) => ({
  ...nameOf(options),
  ...(options.isRemembered ? ({ remember: '1h' } as const) : {}),
});

/** The decision and its words: approve as it stands or with edits, reject, or say something. */
export function DecidePanel({ approval, onDone }: Props) {
  const { id, digest, you, kind, allowEdits, effectiveArgs } = approval;
  const [note, setNote] = useState('');
  const [edited, setEdited] = useState<Args | null>(null);
  const [isBroken, setBroken] = useState(false);
  const [options, setOptions] = useState(() => firstOptions(approval));
  const mayVote = you.mayVote || you.inNameOf.length > 0;
  const deed = useDeed(async (_key, what: 'approve' | 'reject' | 'comment') => {
    const text = note.trim();
    const said = await decide(what, text);
    onDone(said, what !== 'comment');
    setNote('');
    setEdited(null);
    return said;
  });
  const decide = async (what: 'approve' | 'reject' | 'comment', text: string): Promise<string> => {
    if (what === 'comment') return (await comment(id, text), __('Your comment is kept.', 'chaperone'));
    if (what === 'reject') return (await reject(id, text, nameOf(options)), saidRejected());
    const ballot = { id, digest, note: text, ...(edited === null ? {} : { args: edited }) };
    return saidOf(await approve({ ...ballot, ...chosen(options) }));
  };
  return (
    <Panel title={__('Your decision', 'chaperone')} className="chaperone-decide">
      {mayVote ? null : <p>{whyNot(you.why)}</p>}
      {kind === 'suggestion' && you.mayVote ? (
        <p>
          {__('This is a suggestion: whoever approves it carries it out under their own name and rights.', 'chaperone')}
        </p>
      ) : null}
      {edited === null ? null : <EditArguments args={edited} onChange={setEdited} onBroken={setBroken} />}
      <TextareaControl
        label={__('Note', 'chaperone')}
        help={__('It stands in the log. A rejection’s note is told to the agent.', 'chaperone')}
        rows={2}
        maxLength={2_000}
        value={note}
        onChange={setNote}
      />
      {mayVote ? <BallotOptions approval={approval} options={options} onChange={setOptions} /> : null}
      {deed.problem === undefined ? null : <ProblemNotice problem={deed.problem} />}
      <Buttons
        approval={approval}
        mayVote={mayVote}
        deed={deed}
        hasNote={note.trim() !== ''}
        isEditing={edited !== null}
        isBroken={isBroken}
      />
      {mayVote && allowEdits ? (
        <EditToggle
          isEditing={edited !== null}
          onChange={(isEditing) => {
            setEdited(isEditing ? effectiveArgs : null);
            setBroken(false);
          }}
        />
      ) : null}
    </Panel>
  );
}

interface EditToggleProps {
  readonly isEditing: boolean;
  readonly onChange: (isEditing: boolean) => void;
}

function EditToggle({ isEditing, onChange }: EditToggleProps) {
  return (
    <Button variant="link" onClick={() => onChange(!isEditing)}>
      {isEditing ? __('Leave it as it is', 'chaperone') : __('Edit before approving', 'chaperone')}
    </Button>
  );
}

interface ButtonsProps {
  readonly approval: Approval;
  readonly mayVote: boolean;
  readonly deed: Deed<readonly ['approve' | 'reject' | 'comment']>;
  readonly hasNote: boolean;
  readonly isEditing: boolean;
  readonly isBroken: boolean;
}

function Buttons({ approval: { you }, mayVote, deed, hasNote, isEditing, isBroken }: ButtonsProps) {
  return (
    <div className="chaperone-decide__buttons">
      {mayVote ? (
        <Button
          __next40pxDefaultSize
          variant="primary"
          isBusy={deed.isBusy}
          disabled={deed.isBusy || isBroken}
          accessibleWhenDisabled
          onClick={() => void deed.run('approve')}
        >
          {isEditing ? __('Approve with these edits', 'chaperone') : __('Approve', 'chaperone')}
        </Button>
      ) : null}
      {you.mayReject || you.inNameOf.length > 0 ? (
        <Button
          __next40pxDefaultSize
          variant="secondary"
          isDestructive
          disabled={deed.isBusy}
          accessibleWhenDisabled
          onClick={() => void deed.run('reject')}
        >
          {__('Reject', 'chaperone')}
        </Button>
      ) : null}
      <Button
        __next40pxDefaultSize
        variant="tertiary"
        disabled={deed.isBusy || !hasNote}
        accessibleWhenDisabled
        onClick={() => void deed.run('comment')}
      >
        {__('Only comment', 'chaperone')}
      </Button>
    </div>
  );
}
