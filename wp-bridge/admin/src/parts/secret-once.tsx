import { Button } from '@wordpress/components';
import { speak } from '@wordpress/a11y';
import { __ } from '@wordpress/i18n';
import { useId, useRef, useState } from 'react';

interface Props {
  readonly label: string;
  readonly secret: string;
  /** Called when the person says that it is kept elsewhere; the owner drops the secret from memory then. */
  readonly onKept: () => void;
}

/** A secret that the sidecar tells once. It is in this component's properties and nowhere else in the page. */
export function SecretOnce({ label, secret, onKept }: Props) {
  const id = useId();
  const field = useRef<HTMLInputElement>(null);
  const [isCopied, setCopied] = useState(false);
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(secret);
      setCopied(true);
      speak(__('Copied.', 'chaperone'), 'polite');
    } catch {
      // Without a secure context there is no clipboard: the text is selected for the person to copy.
      field.current?.select();
      speak(__('Selected. Copy it with your keyboard.', 'chaperone'), 'polite');
    }
  };
  return (
    <div className="chaperone-secret">
      <label htmlFor={id}>{label}</label>
      <div className="chaperone-secret__row">
        <input
          id={id}
          ref={field}
          type="text"
          readOnly
          value={secret}
          autoComplete="off"
          spellCheck={false}
          onFocus={(event) => event.target.select()}
        />
        <Button variant="secondary" onClick={() => void copy()}>
          {isCopied ? __('Copied', 'chaperone') : __('Copy', 'chaperone')}
        </Button>
      </div>
      <p>{__('This is shown once. Keep it where the agent reads it; nobody can show it again.', 'chaperone')}</p>
      <Button variant="primary" onClick={onKept}>
        {__('I have kept it', 'chaperone')}
      </Button>
    </div>
  );
}
