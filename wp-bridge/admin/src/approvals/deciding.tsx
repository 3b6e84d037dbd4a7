import { Button, SelectControl, TextareaControl } from '@wordpress/components';
import { speak } from '@wordpress/a11y';
import { __ } from '@wordpress/i18n';
import { useEffect } from 'react';
import type { Rejectable } from './rejecting.js';

/** Says that what is shown isn't what stands any more, and lets the reader look at that. */
export function OutdatedNotice({ isEditing, onTake }: { readonly isEditing: boolean; readonly onTake: () => void }) {
  const words = __('Somebody edited this call meanwhile. Look at it again.', 'chaperone');
  useEffect(() => speak(words, 'assertive'), [words]);
  return (
    <div className="chaperone-warning">
      <strong>{words}</strong>
      {isEditing ? <span>{__('Your own edits were made to the old one, and end with it.', 'chaperone')}</span> : null}
      <Button variant="secondary" onClick={onTake}>
        {__('Show it as it is now', 'chaperone')}
      </Button>
    </div>
  );
}

/** What goes with a decision. */
export function NoteField({ note, onChange }: { readonly note: string; readonly onChange: (note: string) => void }) {
  return (
    <TextareaControl
      label={__('Note', 'chaperone')}
      help={__('It stands in the log. A rejection’s note is told to the agent.', 'chaperone')}
      rows={2}
      maxLength={2_000}
      value={note}
      onChange={onChange}
    />
  );
}

interface RejectingNameProps {
  readonly approval: Rejectable;
  /** A user's id; empty: the first. */
  readonly chosen: string;
  readonly onChange: (chosen: string) => void;
}

/** In whose name a call is stopped, by somebody who may not do it in their own. */
export function RejectingName({ approval, chosen, onChange }: RejectingNameProps) {
  const { mayReject, rejectInNameOf } = approval.you;
  if (mayReject || rejectInNameOf.length === 0) return null;
  return (
    <SelectControl
      label={__('Reject in the name of', 'chaperone')}
      value={chosen}
      options={rejectInNameOf.map(({ userId, login }) => ({ value: String(userId), label: login }))}
      onChange={onChange}
    />
  );
}

export const saidRejected = (): string => __('Rejected. It will not run.', 'chaperone');

interface RejectProps {
  /** Also where what is shown was edited meanwhile: that would be refused. */
  readonly isDisabled: boolean;
  readonly onClick: (press: { readonly detail: number }) => void;
}

export function RejectButton({ isDisabled, onClick }: RejectProps) {
  return (
    <Button
      __next40pxDefaultSize
      variant="secondary"
      isDestructive
      disabled={isDisabled}
      accessibleWhenDisabled
      onClick={onClick}
    >
      {__('Reject', 'chaperone')}
    </Button>
  );
}
