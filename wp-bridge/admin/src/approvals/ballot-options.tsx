import { CheckboxControl, SelectControl } from '@wordpress/components';
import { __, sprintf } from '@wordpress/i18n';
import type { Approval } from './answers.js';

/** Whose vote it is, and whether the same may be done again for a while. */
export interface Options {
  /** A user’s id, or empty for one’s own vote. */
  readonly inNameOf: string;
  readonly isRemembered: boolean;
}

/** One’s own vote where there is one, otherwise that of the first person who has given theirs. */
export const firstOptions = ({ you: { mayVote, inNameOf } }: Approval): Options => ({
  inNameOf: mayVote ? '' : String(inNameOf[0]?.userId ?? ''),
  isRemembered: false,
});

interface Props {
  readonly approval: Approval;
  readonly options: Options;
  readonly onChange: (options: Options) => void;
}

export function BallotOptions({ approval, options, onChange }: Props) {
  const { you, rememberable } = approval;
  const own = you.mayVote ? [{ value: '', label: __('My own', 'chaperone') }] : [];
  const others = you.inNameOf.map(({ userId, login }) => ({
    value: String(userId),
    /* translators: %s: login of a user. */
    label: sprintf(__('In the name of %s', 'chaperone'), login),
  }));
  return others.length === 0 && !rememberable ? null : (
    <div className="chaperone-ballot">
      {others.length === 0 ? null : (
        <SelectControl
          label={__('Whose vote', 'chaperone')}
          help={__('Votes were given to you for a while. Nobody has a part in two votes on one call.', 'chaperone')}
          value={options.inNameOf}
          options={[...own, ...others]}
          onChange={(inNameOf) => onChange({ ...options, inNameOf })}
        />
      )}
      {rememberable ? (
        <CheckboxControl
          label={__('Remember for an hour', 'chaperone')}
          help={__(
            'The agent may do the same on this content without asking; only the wording may differ. Everything else is still checked, and it can be taken back. All who vote on this call must choose it.',
            'chaperone',
          )}
          checked={options.isRemembered}
          onChange={(isRemembered) => onChange({ ...options, isRemembered })}
        />
      ) : null}
    </div>
  );
}
