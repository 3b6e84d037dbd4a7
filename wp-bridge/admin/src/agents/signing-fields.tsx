import { RadioControl, TextControl } from '@wordpress/components';
import { __ } from '@wordpress/i18n';
import type { Signing } from './answers.js';

export interface SigningText {
  readonly algorithm: 'hmac-sha256' | 'ed25519';
  readonly publicKey: string;
}

export const NEW_SIGNING: SigningText = { algorithm: 'hmac-sha256', publicKey: '' };

export const signingOf = ({ algorithm, publicKey }: SigningText): Signing =>
  algorithm === 'ed25519' ? { algorithm, publicKey: publicKey.trim() } : { algorithm };

interface Props {
  readonly value: SigningText;
  readonly onChange: (value: SigningText) => void;
}

/** How an agent signs: with a secret that is made here, or with a key of its own of which it brings the public half. */
export function SigningFields({ value, onChange }: Props) {
  return (
    <>
      <RadioControl
        label={__('How it signs', 'chaperone')}
        selected={value.algorithm}
        options={[
          { value: 'hmac-sha256', label: __('With a secret made here, shown once (HMAC-SHA256)', 'chaperone') },
          { value: 'ed25519', label: __('With a key of its own (Ed25519): no secret leaves the agent', 'chaperone') },
        ]}
        onChange={(algorithm) => onChange({ ...value, algorithm: algorithm === 'ed25519' ? 'ed25519' : 'hmac-sha256' })}
      />
      {value.algorithm === 'ed25519' ? (
        <TextControl
          label={__('Public half', 'chaperone')}
          help={__('The 32 bytes of the public key, in base64.', 'chaperone')}
          value={value.publicKey}
          onChange={(publicKey) => onChange({ ...value, publicKey })}
        />
      ) : null}
    </>
  );
}
