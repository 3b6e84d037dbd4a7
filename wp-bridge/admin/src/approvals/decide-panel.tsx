import { Button } from '@wordpress/components';
import { __ } from '@wordpress/i18n';
import { useState } from 'react';
import { onPress, useDeed, type Deed } from '../api/use-deed.js';
import { Panel } from '../parts/panel.js';
import { ProblemNotice } from '../parts/problem-notice.js';
import { approve, comment, reject, type Approval, type Args, type Decided } from './answers.js';
import { BallotOptions, firstOptions, type Options } from './ballot-options.js';
import { NoteField, OutdatedNotice, RejectButton, RejectingName, saidRejected } from './deciding.js';
import { EditArguments } from './edit-arguments.js';
import { mayReject, nameOf, rejectingAs } from './rejecting.js';
import type { Seen } from './seen.js';
import { whyNot } from './words.js';

interface Props {
  readonly seen: Seen;
  /** Said and shown after something was done; with the digest that it left, where it left one. */
  readonly onDone: (said: string, isDecided: boolean, digest: string | undefined) => void;
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

/** What goes with the vote, of what was chosen. */
const chosen = (options: Options) => ({
  ...nameOf(options.inNameOf),
  ...(options.isRemembered ? ({ remember: '1h' } as const) : {}),
});

interface Said {
  readonly words: string;
  readonly digest?: string | undefined;
}

interface Decision {
  readonly approval: Approval;
  readonly note: string;
  readonly edited: Args | null;
  readonly options: Options;
}

async function decide(what: 'approve' | 'reject' | 'comment', decision: Decision): Promise<Said> {
  const { approval, note, edited, options } = decision;
  const { id, digest } = approval;
  if (what === 'comment') return (await comment(id, note), { words: __('Your comment is kept.', 'chaperone') });
  if (what === 'reject') {
    await reject({ id, digest, note, ...rejectingAs(approval, options.inNameOf) });
    return { words: saidRejected() };
  }
  const ballot = { id, digest, note, ...(edited === null ? {} : { args: edited }) };
  const decided = await approve({ ...ballot, ...chosen(options) });
  return { words: saidOf(decided), digest: decided.approval?.digest };
}

/** The decision and its words: approve as it stands or with edits, reject, or say something. */
export function DecidePanel({ seen, onDone }: Props) {
  const { approval, isOutdated, takeLatest } = seen;
  const { you, kind, allowEdits, effectiveArgs } = approval;
  const [note, setNote] = useState('');
  const [edited, setEdited] = useState<Args | null>(null);
  const [isBroken, setBroken] = useState(false);
  const [options, setOptions] = useState(() => firstOptions(approval));
  const mayVote = you.mayVote || you.inNameOf.length > 0;
  const deed = useDeed(async (_key, what: 'approve' | 'reject' | 'comment') => {
    const { words, digest } = await decide(what, { approval, note: note.trim(), edited, options });
    onDone(words, what !== 'comment', digest);
    setNote('');
    setEdited(null);
    return words;
  });
  const edit = (args: Args | null): void => {
    setEdited(args);
    setBroken(false);
  };
  const take = (): void => {
    edit(null);
    takeLatest();
  };
  return (
    <Panel title={__('Your decision', 'chaperone')} className="chaperone-decide">
      {isOutdated ? <OutdatedNotice isEditing={edited !== null} onTake={take} /> : null}
      {mayVote ? null : <p>{whyNot(you.why)}</p>}
      {kind === 'suggestion' && you.mayVote ? (
        <p>
          {__('This is a suggestion: whoever approves it carries it out under their own name and rights.', 'chaperone')}
        </p>
      ) : null}
      {edited === null ? null : <EditArguments args={edited} onChange={setEdited} onBroken={setBroken} />}
      <NoteField note={note} onChange={setNote} />
      {mayVote ? (
        <BallotOptions approval={approval} options={options} onChange={setOptions} />
      ) : (
        <RejectingName
          approval={approval}
          chosen={options.inNameOf}
          onChange={(inNameOf) => setOptions({ ...options, inNameOf })}
        />
      )}
      {deed.problem === undefined ? null : <ProblemNotice problem={deed.problem} />}
      <Buttons
        approval={approval}
        mayVote={mayVote}
        deed={deed}
        hasNote={note.trim() !== ''}
        isEditing={edited !== null}
        isOutdated={isOutdated}
        isBroken={isBroken}
      />
      {mayVote && allowEdits && !isOutdated ? (
        <EditToggle isEditing={edited !== null} onChange={(isEditing) => edit(isEditing ? effectiveArgs : null)} />
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
  readonly isOutdated: boolean;
  /** The edits can't be read. */
  readonly isBroken: boolean;
}

function Buttons({ approval, mayVote, deed, hasNote, isEditing, isOutdated, isBroken }: ButtonsProps) {
  return (
    <div className="chaperone-decide__buttons">
      {mayVote ? (
        <Button
          __next40pxDefaultSize
          variant="primary"
          isBusy={deed.isBusy}
          disabled={deed.isBusy || isOutdated || isBroken}
          accessibleWhenDisabled
          onClick={onPress(() => deed.run('approve'))}
        >
          {isEditing ? __('Approve with these edits', 'chaperone') : __('Approve', 'chaperone')}
        </Button>
      ) : null}
      {mayReject(approval) ? (
        <RejectButton isDisabled={deed.isBusy || isOutdated} onClick={onPress(() => deed.run('reject'))} />
      ) : null}
      <Button
        __next40pxDefaultSize
        variant="tertiary"
        disabled={deed.isBusy || !hasNote}
        accessibleWhenDisabled
        onClick={onPress(() => deed.run('comment'))}
      >
        {__('Only comment', 'chaperone')}
      </Button>
    </div>
  );
}
