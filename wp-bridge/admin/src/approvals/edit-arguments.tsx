import { CheckboxControl, TextareaControl, TextControl } from '@wordpress/components';
import { __ } from '@wordpress/i18n';
import { useState } from 'react';
import type { Args } from './answers.js';

const LONG = 80;

interface FieldProps {
  readonly name: string;
  readonly value: unknown;
  readonly onChange: (value: unknown) => void;
  readonly onBroken: (isBroken: boolean) => void;
}

function JsonField({ name, value, onChange, onBroken }: FieldProps) {
  const [text, setText] = useState(() => JSON.stringify(value, null, 2));
  const [isBroken, setBroken] = useState(false);
  const change = (next: string): void => {
    setText(next);
    let parsed: unknown;
    let broken = false;
    try {
      parsed = JSON.parse(next);
    } catch {
      broken = true;
    }
    setBroken(broken);
    onBroken(broken);
    if (!broken) onChange(parsed);
  };
  const help = isBroken ? __('This isn’t JSON yet.', 'chaperone') : __('JSON', 'chaperone');
  return <TextareaControl label={name} help={help} rows={3} value={text} onChange={change} aria-invalid={isBroken} />;
}

function Field(props: FieldProps) {
  const { name, value, onChange } = props;
  if (typeof value === 'boolean') return <CheckboxControl label={name} checked={value} onChange={onChange} />;
  if (typeof value !== 'string') return <JsonField {...props} />;
  return name === 'content' || value.length > LONG || value.includes('\n') ? (
    <TextareaControl
      label={name}
      rows={Math.min(16, 4 + Math.floor(value.length / LONG))}
      value={value}
      onChange={onChange}
    />
  ) : (
    <TextControl __next40pxDefaultSize label={name} value={value} onChange={onChange} />
  );
}

/** The arguments as fields: texts as texts, the rest as JSON. What names the target stays as it is. */
export function EditArguments({
  args,
  onChange,
  onBroken,
}: {
  readonly args: Args;
  readonly onChange: (args: Args) => void;
  readonly onBroken: (isBroken: boolean) => void;
}) {
  const [broken, setBroken] = useState<ReadonlySet<string>>(new Set());
  const mark = (name: string, isBroken: boolean): void => {
    const next = new Set(broken);
    if (isBroken) next.add(name);
    else next.delete(name);
    setBroken(next);
    onBroken(next.size > 0);
  };
  return (
    <fieldset className="chaperone-edit">
      <legend>{__('Arguments', 'chaperone')}</legend>
      {Object.entries(args)
        .filter(([name]) => name !== 'id')
        .map(([name, value]) => (
          <Field
            key={name}
            name={name}
            value={value}
            onChange={(next) => onChange({ ...args, [name]: next })}
            onBroken={(isBroken) => mark(name, isBroken)}
          />
        ))}
    </fieldset>
  );
}
