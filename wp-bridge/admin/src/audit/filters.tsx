import { Button, SelectControl, TextControl } from '@wordpress/components';
import { getDate } from '@wordpress/date';
import { __ } from '@wordpress/i18n';
import { useState, type FormEvent } from 'react';
import { wordOfVerdict } from '../parts/verdict.js';
import type { Params } from '../site/router.js';
import type { Filter } from './answers.js';
import { KIND_GROUPS } from './words.js';

/** Names in the address. Times are as the site's clocks show them, and become instants only when they are asked for. */
const NAMES = [
  'q',
  'from',
  'to',
  'kind',
  'verdict',
  'code',
  'tool',
  'userId',
  'agentId',
  'callId',
  'entityType',
  'entityId',
  'policyVersion',
] as const;
type Name = (typeof NAMES)[number];
const FURTHER: readonly Name[] = ['agentId', 'userId', 'callId', 'entityType', 'entityId', 'policyVersion'];

export const filterParams = (params: Params): Params =>
  Object.fromEntries(NAMES.flatMap((name) => (params[name] === undefined ? [] : [[name, params[name]]])));

/** What the sidecar is asked for. A local time that doesn't exist is taken by WordPress's own rules. */
export function filterOf(params: Params): Filter {
  const instant = (text: string): string => {
    const at = getDate(text);
    return Number.isNaN(at.getTime()) ? text : at.toISOString();
  };
  return Object.fromEntries(
    Object.entries(filterParams(params)).map(([name, value]) => [
      name,
      name === 'from' || name === 'to' ? instant(value) : value,
    ]),
  );
}

function labelOf(name: Name): string {
  switch (name) {
    case 'q':
      return __('Search', 'chaperone');
    case 'from':
      return __('From', 'chaperone');
    case 'to':
      return __('Before', 'chaperone');
    case 'kind':
      return __('Kind', 'chaperone');
    case 'verdict':
      return __('Verdict', 'chaperone');
    case 'code':
      return __('Code', 'chaperone');
    case 'tool':
      return __('Tool', 'chaperone');
    case 'userId':
      return __('User’s id', 'chaperone');
    case 'agentId':
      return __('Agent’s id', 'chaperone');
    case 'callId':
      return __('Call’s id', 'chaperone');
    case 'entityType':
      return __('Type of content', 'chaperone');
    case 'entityId':
      return __('Content’s id', 'chaperone');
    case 'policyVersion':
      return __('Policy version', 'chaperone');
  }
}

interface FieldProps {
  readonly name: Name;
  readonly value: string;
  readonly onChange: (value: string) => void;
}

function Field({ name, value, onChange }: FieldProps) {
  const common = { __next40pxDefaultSize: true, label: labelOf(name), value, onChange } as const;
  const any = { value: '', label: __('Any', 'chaperone') };
  if (name === 'kind') {
    const groups = KIND_GROUPS.map(([group, words]) => ({ value: group, label: words() }));
    const exact = value.includes('.') ? [{ value, label: value }] : [];
    return <SelectControl {...common} options={[any, ...groups, ...exact]} />;
  }
  if (name === 'verdict') {
    const verdicts = ['allow', 'ask', 'deny'].map((each) => ({ value: each, label: wordOfVerdict(each) }));
    return <SelectControl {...common} options={[any, ...verdicts]} />;
  }
  return <TextControl {...common} type={name === 'from' || name === 'to' ? 'datetime-local' : 'text'} />;
}

interface Props {
  readonly params: Params;
  readonly onApply: (params: Params) => void;
}

/** All that are filled in must hold. They stand in the address, so that a view can be sent to a colleague. */
export function Filters({ params, onApply }: Props) {
  const [draft, setDraft] = useState<Params>(filterParams(params));
  const apply = (event: FormEvent): void => {
    event.preventDefault();
    onApply(draft);
  };
  const field = (name: Name) => (
    <Field
      key={name}
      name={name}
      value={draft[name] ?? ''}
      onChange={(value) => setDraft({ ...draft, [name]: name === 'q' ? value : value.trim() })}
    />
  );
  return (
    <form className="chaperone-filters" onSubmit={apply} role="search" aria-label={__('Filter the log', 'chaperone')}>
      <div className="chaperone-filters__fields">{NAMES.filter((name) => !FURTHER.includes(name)).map(field)}</div>
      <details open={FURTHER.some((name) => params[name] !== undefined)}>
        <summary>{__('More', 'chaperone')}</summary>
        <div className="chaperone-filters__fields">{FURTHER.map(field)}</div>
      </details>
      <div className="chaperone-filters__buttons">
        <Button __next40pxDefaultSize type="submit" variant="primary">
          {__('Show', 'chaperone')}
        </Button>
        <Button __next40pxDefaultSize variant="tertiary" onClick={() => onApply({})}>
          {__('Everything', 'chaperone')}
        </Button>
      </div>
    </form>
  );
}
