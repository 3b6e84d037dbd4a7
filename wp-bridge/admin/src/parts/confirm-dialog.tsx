import { Button, Modal, TextareaControl } from '@wordpress/components';
import { __ } from '@wordpress/i18n';
import { useState, type FormEvent, type ReactNode } from 'react';
import type { Deed } from '../api/use-deed.js';
import { ProblemNotice } from './problem-notice.js';

interface Props {
  readonly title: string;
  readonly children: ReactNode;
  /** The verb on the button. */
  readonly confirm: string;
  readonly isDestructive?: boolean;
  /** Asks for words too; they are handed to the deed. */
  readonly note?: { readonly label: string; readonly help?: string; readonly isRequired?: boolean };
  readonly deed: Deed<readonly [string]>;
  readonly onClose: () => void;
}

/** Asks before something is done, and stays open with the reason when it couldn't be. Focus goes back to where it came from. */
export function ConfirmDialog({ title, children, confirm, isDestructive = false, note, deed, onClose }: Props) {
  const [text, setText] = useState('');
  const isMissing = note?.isRequired === true && text.trim() === '';
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    if (!isMissing && (await deed.run(text.trim()))) onClose();
  };
  return (
    <Modal title={title} onRequestClose={onClose} size="medium" className="chaperone-dialog">
      <form onSubmit={(event) => void submit(event)}>
        {children}
        {note === undefined ? null : (
          <TextareaControl
            label={note.label}
            help={note.help ?? ''}
            value={text}
            onChange={setText}
            maxLength={2_000}
            rows={3}
          />
        )}
        {deed.problem === undefined ? null : <ProblemNotice problem={deed.problem} />}
        <div className="chaperone-dialog__buttons">
          <Button variant="tertiary" onClick={onClose}>
            {__('Cancel', 'chaperone')}
          </Button>
          <Button
            type="submit"
            variant="primary"
            isDestructive={isDestructive}
            isBusy={deed.isBusy}
            disabled={deed.isBusy || isMissing}
            accessibleWhenDisabled
          >
            {confirm}
          </Button>
        </div>
      </form>
    </Modal>
  );
}
