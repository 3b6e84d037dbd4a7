import { __ } from '@wordpress/i18n';
import { useState } from 'react';
import { onPress, useDeed } from '../api/use-deed.js';
import { Panel } from '../parts/panel.js';
import { ProblemNotice } from '../parts/problem-notice.js';
import { reject } from './answers.js';
import { NoteField, OutdatedNotice, RejectButton, RejectingName, saidRejected } from './deciding.js';
import { mayReject, rejectingAs } from './rejecting.js';
import type { Seen } from './seen.js';

interface Props {
  readonly seen: Seen;
  readonly onDone: (said: string, isDecided: boolean, digest: string | undefined) => void;
}

/** Of a call that has all its votes and that nothing has taken up yet: nobody votes on it any more, and it can be stopped. */
export function StopPanel({ seen, onDone }: Props) {
  const { approval, isOutdated, takeLatest } = seen;
  const [note, setNote] = useState('');
  const [chosen, setChosen] = useState('');
  const deed = useDeed(async () => {
    await reject({ id: approval.id, digest: approval.digest, note: note.trim(), ...rejectingAs(approval, chosen) });
    onDone(saidRejected(), true, undefined);
    return saidRejected();
  });
  return (
    <Panel title={__('About to run', 'chaperone')} className="chaperone-decide">
      {isOutdated ? <OutdatedNotice isEditing={false} onTake={takeLatest} /> : null}
      <p>
        {__(
          'All votes are there. It runs as soon as everything could be checked again; until then it can be stopped.',
          'chaperone',
        )}
      </p>
      {mayReject(approval) ? (
        <>
          <NoteField note={note} onChange={setNote} />
          <RejectingName approval={approval} chosen={chosen} onChange={setChosen} />
          {deed.problem === undefined ? null : <ProblemNotice problem={deed.problem} />}
          <div className="chaperone-decide__buttons">
            <RejectButton isDisabled={deed.isBusy || isOutdated} onClick={onPress(() => deed.run())} />
          </div>
        </>
      ) : null}
    </Panel>
  );
}
