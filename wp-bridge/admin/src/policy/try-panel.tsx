import { Button, TextareaControl, TextControl } from '@wordpress/components';
import { getDate } from '@wordpress/date';
import { __ } from '@wordpress/i18n';
import { useState, type FormEvent } from 'react';
import { useDeed } from '../api/use-deed.js';
import { Findings } from '../parts/findings.js';
import { Panel } from '../parts/panel.js';
import { ProblemNotice } from '../parts/problem-notice.js';
import { Verdict } from '../parts/verdict.js';
import { listAgents } from '../agents/answers.js';
import { useAnswer } from '../api/use-answer.js';
import { boot, may } from '../site/boot.js';
import { tryCalls, type ImaginedCall, type Tried } from './answers.js';
import { Week } from './week.js';

interface Typed {
  readonly tool: string;
  readonly args: string;
  readonly who: string;
  readonly ip: string;
  readonly at: string;
}

/** The id of an agent, for those who may see them. */
const someAgent = async (signal: AbortSignal): Promise<string> =>
  may('ai_agent_manage_agents') ? ((await listAgents(undefined, signal)).items[0]?.id ?? '') : '';

/** The call that was typed, or undefined while its arguments aren't JSON. An agent's id names an agent, all else a login. */
function callOf({ tool, args, who, ip, at }: Typed): ImaginedCall | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(args);
  } catch {
    return undefined;
  }
  const person = who.trim();
  return {
    tool: tool.trim(),
    args: parsed,
    ...(person.startsWith('agt_') ? { agent: person } : { user: person === '' ? boot.user.login : person }),
    ...(ip.trim() === '' ? {} : { ip: ip.trim() }),
    ...(at === '' ? {} : { at: getDate(at).toISOString() }),
  };
}

function Outcome({ tried }: { readonly tried: Tried }) {
  if ('error' in tried) {
    return (
      <p role="alert">
        <code>{tried.error.code}</code> {tried.error.detail ?? ''}
      </p>
    );
  }
  return (
    <div role="status">
      <p>
        <Verdict verdict={tried.effect} /> {tried.explanation}
      </p>
      {tried.notes.map((note) => (
        <p key={note} className="chaperone-note">
          {note}
        </p>
      ))}
      <Findings findings={tried.findings} version={null} />
    </div>
  );
}

/** One call that nobody makes, decided by the text as it stands; nothing is counted or stored. */
export function TryPanel({ document }: { readonly document: string }) {
  const agents = useAnswer('agents', someAgent);
  const [typed, setTyped] = useState<Typed>({
    tool: 'posts.create',
    args: '{"title":"Rain expected","status":"draft"}',
    who: '',
    ip: '',
    at: '',
  });
  const [tried, setTried] = useState<Tried>();
  // Most rules are about agents: where nobody is named, the first one makes the call.
  const call = callOf({ ...typed, who: typed.who.trim() === '' ? (agents.value ?? '') : typed.who });
  const deed = useDeed(async () => {
    if (call === undefined) return '';
    const [first] = await tryCalls(document, [call]);
    setTried(first);
    return first === undefined || 'error' in first ? '' : first.explanation;
  });
  const change = (changed: Partial<Typed>): void => setTyped({ ...typed, ...changed });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    void deed.run();
  };
  return (
    <Panel title={__('Try a call', 'chaperone')}>
      <form onSubmit={submit} className="chaperone-form">
        <CallFields typed={typed} isJson={call !== undefined} onChange={change} />
        <div className="chaperone-deeds">
          <Button
            type="submit"
            variant="secondary"
            isBusy={deed.isBusy}
            disabled={deed.isBusy || call === undefined}
            accessibleWhenDisabled
          >
            {__('Try it', 'chaperone')}
          </Button>
        </div>
      </form>
      {deed.problem === undefined ? null : <ProblemNotice problem={deed.problem} />}
      {tried === undefined ? null : <Outcome tried={tried} />}
      <Week document={document} call={call} />
    </Panel>
  );
}

interface FieldsProps {
  readonly typed: Typed;
  readonly isJson: boolean;
  readonly onChange: (changed: Partial<Typed>) => void;
}

function CallFields({ typed, isJson, onChange }: FieldsProps) {
  return (
    <>
      <TextControl label={__('Tool', 'chaperone')} value={typed.tool} onChange={(tool) => onChange({ tool })} />
      <TextareaControl
        label={__('Arguments, as JSON', 'chaperone')}
        dir="ltr"
        rows={3}
        value={typed.args}
        onChange={(args) => onChange({ args })}
        help={isJson ? '' : __('This isn’t JSON yet.', 'chaperone')}
      />
      <TextControl
        label={__('By whom', 'chaperone')}
        help={__(
          'A login, or the id of an agent. Empty: the first agent, or you where you may not see agents.',
          'chaperone',
        )}
        value={typed.who}
        onChange={(who) => onChange({ who })}
      />
      <TextControl label={__('From which address', 'chaperone')} value={typed.ip} onChange={(ip) => onChange({ ip })} />
      <TextControl
        type="datetime-local"
        label={__('When', 'chaperone')}
        help={`${boot.timeZone}. ${__('Empty: now.', 'chaperone')}`}
        value={typed.at}
        onChange={(at) => onChange({ at })}
      />
    </>
  );
}
