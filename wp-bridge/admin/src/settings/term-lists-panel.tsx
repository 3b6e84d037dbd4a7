import { Button, TextareaControl, TextControl } from '@wordpress/components';
import { __ } from '@wordpress/i18n';
import { useState, type FormEvent } from 'react';
import { useDeed } from '../api/use-deed.js';
import { Empty, Panel } from '../parts/panel.js';
import { SavingProblem } from './saving-problem.js';
import { changeSettings, type Settings } from './answers.js';

interface List {
  readonly name: string;
  readonly terms: string;
}

function listsOf(value: unknown): readonly List[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).map(([name, terms]) => ({
    name,
    terms: Array.isArray(terms) ? terms.map(String).join('\n') : '',
  }));
}

const settingOf = (lists: readonly List[]): Readonly<Record<string, readonly string[]>> =>
  Object.fromEntries(
    lists
      .filter(({ name, terms }) => name.trim() !== '' || terms.trim() !== '')
      .map(({ name, terms }) => [
        name.trim(),
        terms
          .split('\n')
          .map((term) => term.trim())
          .filter((term) => term !== ''),
      ]),
  );

interface Props {
  readonly settings: Settings;
  readonly onChanged: () => void;
}

/** Lists of terms that rules of content share by name. */
export function TermListsPanel({ settings: { version, settings, about }, onChanged }: Props) {
  const [lists, setLists] = useState(() => listsOf(settings['termLists']));
  const deed = useDeed(async () => {
    await changeSettings(version, { termLists: settingOf(lists) });
    onChanged();
    return __('The lists are saved.', 'chaperone');
  });
  const change = (place: number, changed: Partial<List>): void =>
    setLists(lists.map((list, index) => (index === place ? { ...list, ...changed } : list)));
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    void deed.run();
  };
  return (
    <Panel title={__('Lists of terms', 'chaperone')}>
      <p className="chaperone-note">{about['termLists']?.description ?? ''}</p>
      <form onSubmit={submit} className="chaperone-form">
        {lists.length === 0 ? (
          <Empty title={__('There is no list yet.', 'chaperone')}>
            {__(
              'A rule of content names a list with "termLists"; the terms then stand here and not in the policy.',
              'chaperone',
            )}
          </Empty>
        ) : null}
        {lists.map((list, place) => (
          <ListFields
            key={place}
            list={list}
            onChange={(changed) => change(place, changed)}
            onRemove={() => setLists(lists.filter((_, index) => index !== place))}
          />
        ))}
        <SavingProblem problem={deed.problem} onReload={onChanged} />
        <div className="chaperone-deeds">
          <Button variant="tertiary" onClick={() => setLists([...lists, { name: '', terms: '' }])}>
            {__('Add a list', 'chaperone')}
          </Button>
          <Button type="submit" variant="secondary" isBusy={deed.isBusy} disabled={deed.isBusy} accessibleWhenDisabled>
            {__('Save the lists', 'chaperone')}
          </Button>
        </div>
      </form>
    </Panel>
  );
}

interface FieldsProps {
  readonly list: List;
  readonly onChange: (changed: Partial<List>) => void;
  readonly onRemove: () => void;
}

function ListFields({ list: { name, terms }, onChange, onRemove }: FieldsProps) {
  return (
    <fieldset className="chaperone-fieldset">
      <legend>{name === '' ? __('A new list', 'chaperone') : name}</legend>
      <TextControl label={__('Name', 'chaperone')} value={name} onChange={(text) => onChange({ name: text })} />
      <TextareaControl
        label={__('Terms, one on each line', 'chaperone')}
        rows={4}
        value={terms}
        onChange={(text) => onChange({ terms: text })}
      />
      <Button variant="tertiary" size="compact" isDestructive onClick={onRemove}>
        {__('Remove this list', 'chaperone')}
      </Button>
    </fieldset>
  );
}
