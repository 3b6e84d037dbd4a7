import { TextareaControl, TextControl } from '@wordpress/components';
import { getDate } from '@wordpress/date';
import { __, sprintf } from '@wordpress/i18n';
import { boot } from '../site/boot.js';
import { localInput } from '../site/time.js';
import type { Bounds } from './answers.js';
import { listOf } from './words.js';

/** The bounds as they are typed. */
export interface BoundsText {
  readonly tools: string;
  readonly expiresAt: string;
  readonly allowedIps: string;
}

export const NO_BOUNDS: BoundsText = { tools: '', expiresAt: '', allowedIps: '' };

export const textOf = ({ tools, expiresAt, allowedIps }: Bounds): BoundsText => ({
  tools: (tools ?? []).join('\n'),
  expiresAt: expiresAt === null ? '' : localInput(expiresAt),
  allowedIps: (allowedIps ?? []).join('\n'),
});

/** A local date and time is one of the site's zone. */
export const boundsOf = ({ tools, expiresAt, allowedIps }: BoundsText): Bounds => ({
  tools: listOf(tools),
  expiresAt: expiresAt === '' ? null : getDate(expiresAt).toISOString(),
  allowedIps: listOf(allowedIps),
});

interface Props {
  readonly value: BoundsText;
  readonly onChange: (value: BoundsText) => void;
}

/** What an agent may ever do, until when, and from where; empty means no bound. */
export function BoundsFields({ value, onChange }: Props) {
  return (
    <>
      <TextareaControl
        label={__('Tools that it may ever call', 'chaperone')}
        help={__('One on each line; * stands for anything (posts.*). Empty: all that the policy allows.', 'chaperone')}
        rows={2}
        value={value.tools}
        onChange={(tools) => onChange({ ...value, tools })}
      />
      <TextControl
        type="datetime-local"
        label={__('Ends', 'chaperone')}
        help={sprintf(
          /* translators: %s: a time zone. */
          __('From then on every call is refused. In the site’s time zone, %s. Empty: never.', 'chaperone'),
          boot.timeZone,
        )}
        value={value.expiresAt}
        onChange={(expiresAt) => onChange({ ...value, expiresAt })}
      />
      <TextareaControl
        label={__('Addresses that it may come from', 'chaperone')}
        help={__('Addresses or networks (192.0.2.0/24), one on each line. Empty: anywhere.', 'chaperone')}
        rows={2}
        value={value.allowedIps}
        onChange={(allowedIps) => onChange({ ...value, allowedIps })}
      />
    </>
  );
}
