import { Button, SelectControl, TextControl } from '@wordpress/components';
import { __ } from '@wordpress/i18n';
import { useState, type FormEvent } from 'react';
import { go, type Params } from '../site/router.js';
import { FILTERS, type Filter, type View } from './answers.js';
import { STATE_NAMES, isOpenState, wordOfState } from './words.js';

/** What of the address narrows the list. */
export const filterIn = (params: Params): Filter =>
  Object.fromEntries(FILTERS.flatMap((name) => (params[name] === undefined ? [] : [[name, params[name]]])));

/** All that are filled in must hold. They stand in the address, so that a view can be sent to a colleague. */
export function Filters({ view, filter }: { readonly view: View; readonly filter: Filter }) {
  const [draft, setDraft] = useState<Filter>(filter);
  const show = (wanted: Filter): void => {
    const given = Object.entries(wanted).filter(([, value]) => value !== '');
    go('approvals', { ...(view === 'mine' ? {} : { view }), ...Object.fromEntries(given) });
  };
  const apply = (event: FormEvent): void => {
    event.preventDefault();
    show(draft);
  };
  const states = STATE_NAMES.filter((state) => isOpenState(state) === (view !== 'decided'));
  const options = [
    { value: '', label: __('Any', 'chaperone') },
    ...states.map((state) => ({ value: state, label: wordOfState(state) })),
  ];
  const text = (name: 'tool' | 'agentId', label: string) => (
    <TextControl
      __next40pxDefaultSize
      label={label}
      value={draft[name] ?? ''}
      onChange={(value) => setDraft({ ...draft, [name]: value.trim() })}
    />
  );
  return (
    <form className="chaperone-filters" onSubmit={apply} role="search" aria-label={__('Filter approvals', 'chaperone')}>
      <div className="chaperone-filters__fields">
        <SelectControl
          label={__('State', 'chaperone')}
          value={draft.status ?? ''}
          options={options}
          onChange={(status) => setDraft({ ...draft, status })}
        />
        {text('tool', __('Tool', 'chaperone'))}
        {text('agentId', __('Agent’s id', 'chaperone'))}
      </div>
      <div className="chaperone-filters__buttons">
        <Button __next40pxDefaultSize type="submit" variant="primary">
          {__('Show', 'chaperone')}
        </Button>
        <Button __next40pxDefaultSize variant="tertiary" onClick={() => show({})}>
          {__('Everything', 'chaperone')}
        </Button>
      </div>
    </form>
  );
}
