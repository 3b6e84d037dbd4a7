import { Button, CheckboxControl, SelectControl, TextareaControl, TextControl } from '@wordpress/components';
import { __ } from '@wordpress/i18n';
import { useId } from 'react';
import { Empty } from '../parts/panel.js';
import { valueAt, withItem, withValue } from './edit-document.js';
import { blockForms, type BlockForm, type Field } from './form-fields.js';

interface Props {
  readonly text: string;
  readonly onChange: (text: string) => void;
}

/** The rules as forms. Each change is made in the text itself, whose comments and other parts stay. */
export function Forms({ text, onChange }: Props) {
  return (
    <div className="chaperone-forms">
      {Object.entries(blockForms()).map(([block, form]) => (
        <BlockPart key={block} block={block} form={form} text={text} onChange={onChange} />
      ))}
    </div>
  );
}

interface BlockProps extends Props {
  readonly block: string;
  readonly form: BlockForm;
}

function BlockPart({ block, form, text, onChange }: BlockProps) {
  const id = useId();
  const rules = valueAt(text, [block]);
  const list: readonly unknown[] = Array.isArray(rules) ? rules : [];
  return (
    <section aria-labelledby={id} className="chaperone-forms__block">
      <h3 id={id}>{form.title}</h3>
      <p className="chaperone-note">{form.lead}</p>
      {list.length === 0 ? <Empty title={__('No rule yet.', 'chaperone')} /> : null}
      {list.map((_, index) => (
        <RuleForm key={index} path={[block, index]} form={form} text={text} onChange={onChange} />
      ))}
      <Button
        variant="secondary"
        size="compact"
        onClick={() => onChange(withItem(text, [block], form.template(freeName(block, text))))}
      >
        {form.add}
      </Button>
    </section>
  );
}

/** An id that no rule has. */
function freeName(block: string, text: string): string {
  for (let number = 1; ; number += 1) {
    const name = `${block.toLowerCase()}-${number}`;
    if (!text.includes(JSON.stringify(name))) return name;
  }
}

interface RuleProps extends Props {
  readonly path: readonly (string | number)[];
  readonly form: BlockForm;
}

function RuleForm({ path, form, text, onChange }: RuleProps) {
  const name = valueAt(text, [...path, 'id']);
  return (
    <fieldset className="chaperone-fieldset">
      <legend>{typeof name === 'string' ? name : __('A rule', 'chaperone')}</legend>
      <div className="chaperone-forms__fields">
        {form.fields.map((field) => {
          const at = [...path, ...field.path];
          return (
            <FieldInput
              key={field.path.join('/')}
              field={field}
              value={valueAt(text, at)}
              onChange={(value) => onChange(withValue(text, at, value))}
            />
          );
        })}
      </div>
      <Button
        variant="tertiary"
        size="compact"
        isDestructive
        onClick={() => onChange(withValue(text, [...path], undefined))}
      >
        {__('Remove this rule', 'chaperone')}
      </Button>
    </fieldset>
  );
}

interface FieldProps {
  readonly field: Field;
  readonly value: unknown;
  readonly onChange: (value: unknown) => void;
}

const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
const wordsOfDays = (): readonly string[] => [
  __('Monday', 'chaperone'),
  __('Tuesday', 'chaperone'),
  __('Wednesday', 'chaperone'),
  __('Thursday', 'chaperone'),
  __('Friday', 'chaperone'),
  __('Saturday', 'chaperone'),
  __('Sunday', 'chaperone'),
];

function FieldInput({ field: { label, help, kind, choices = [] }, value, onChange }: FieldProps) {
  const helped = help === undefined ? {} : { help };
  const list = Array.isArray(value) ? value.map(String) : [];
  switch (kind) {
    case 'lines':
      return (
        <TextareaControl
          label={label}
          {...helped}
          rows={3}
          value={list.join('\n')}
          onChange={(text) => onChange(text === '' ? undefined : text.split('\n'))}
        />
      );
    case 'number':
      return (
        <TextControl
          type="number"
          label={label}
          {...helped}
          value={typeof value === 'number' ? String(value) : ''}
          onChange={(text) => onChange(text === '' ? undefined : Number(text))}
        />
      );
    case 'choice':
      return (
        <SelectControl
          label={label}
          {...helped}
          value={typeof value === 'string' ? value : (choices[0] ?? '')}
          options={choices.map((choice) => ({ value: choice, label: choice }))}
          onChange={onChange}
        />
      );
    case 'days':
      return <Days label={label} days={list} onChange={onChange} />;
    case 'text':
      return (
        <TextControl
          label={label}
          {...helped}
          value={typeof value === 'string' ? value : ''}
          onChange={(text) => onChange(text === '' ? undefined : text)}
        />
      );
  }
}

function Days({
  label,
  days,
  onChange,
}: {
  readonly label: string;
  readonly days: readonly string[];
  readonly onChange: (days: readonly string[] | undefined) => void;
}) {
  const names = wordsOfDays();
  return (
    <fieldset className="chaperone-forms__days">
      <legend>{label}</legend>
      {DAYS.map((day, index) => (
        <CheckboxControl
          key={day}
          label={names[index] ?? day}
          checked={days.includes(day)}
          onChange={(isIn) => {
            const chosen = DAYS.filter((each) => (each === day ? isIn : days.includes(each)));
            onChange(chosen.length === 0 ? undefined : chosen);
          }}
        />
      ))}
    </fieldset>
  );
}
