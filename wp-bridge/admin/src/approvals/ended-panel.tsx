import { Button } from '@wordpress/components';
import { __ } from '@wordpress/i18n';
import * as z from 'zod/mini';
import { onPress, useDeed } from '../api/use-deed.js';
import { JsonView } from '../parts/json-view.js';
import { Panel } from '../parts/panel.js';
import { ProblemNotice } from '../parts/problem-notice.js';
import { Time } from '../parts/time.js';
import { Badge } from '../parts/verdict.js';
import { wordsOfCode } from '../site/code-words.js';
import { go } from '../site/router.js';
import { askAnew, type Approval } from './answers.js';
import { toneOfState, wordOfState, wordsOfChange, wordsOfReadBack } from './words.js';

const staleReason = z.object({
  changed: z.array(z.looseObject({ what: z.string(), detail: z.optional(z.unknown()) })),
});
const resolved = z.object({ login: z.nullish(z.string()), note: z.nullish(z.string()) });
const readBack = z.object({ readBack: z.object({ result: z.string(), detail: z.string(), at: z.string() }) });
const refusal = z.object({ code: z.string(), detail: z.optional(z.string()) });

/** What was found when the site was looked at afterwards. */
function Found({ resolution }: { readonly resolution: Approval['resolution'] }) {
  const found = readBack.safeParse(resolution);
  if (!found.success) return null;
  const { result, detail, at } = found.data.readBack;
  return (
    <p>
      <strong>{wordsOfReadBack(result)}</strong> {detail} (<Time at={at} form="relative" />)
    </p>
  );
}

function StaleReasons({ resolution }: { readonly resolution: Approval['resolution'] }) {
  const reasons = staleReason.safeParse(resolution);
  if (!reasons.success) return null;
  return (
    <>
      <p>{__('What people had looked at is no longer what would be done, so nothing ran:', 'chaperone')}</p>
      <ul className="chaperone-reasons">
        {reasons.data.changed.map(({ what, detail }) => (
          <li key={what}>
            {wordsOfChange(what)} {typeof detail === 'string' ? <span className="chaperone-note">{detail}</span> : null}
          </li>
        ))}
      </ul>
    </>
  );
}

/** Sends the call once more as the agent sent it, and goes to what people are asked now. */
function AskAnew({ id }: { readonly id: string }) {
  const deed = useDeed(async () => {
    const next = await askAnew(id);
    go('approvals', next === undefined ? { view: 'decided' } : { id: next });
    return __('Asked anew. It waits for people again.', 'chaperone');
  });
  return (
    <>
      {deed.problem === undefined ? null : <ProblemNotice problem={deed.problem} />}
      <Button
        variant="primary"
        isBusy={deed.isBusy}
        disabled={deed.isBusy}
        accessibleWhenDisabled
        onClick={onPress(() => deed.run())}
      >
        {__('Ask anew', 'chaperone')}
      </Button>
    </>
  );
}

function Refused({ body }: { readonly body: Record<string, unknown> }) {
  const problem = refusal.safeParse(body);
  if (!problem.success) return null;
  return (
    <p>
      {wordsOfCode(problem.data.code)} <code>{problem.data.code}</code> {problem.data.detail ?? ''}
    </p>
  );
}

/** How it ended: what came of it, who stopped it, or what had changed. */
export function EndedPanel({ approval }: { readonly approval: Approval }) {
  const { id, status, resolution, outcome, you } = approval;
  const who = resolved.safeParse(resolution);
  const { login = '', note = '' } = who.success ? who.data : {};
  return (
    <Panel title={__('How it ended', 'chaperone')}>
      <p>
        <Badge tone={toneOfState(status)}>{wordOfState(status)}</Badge> {login}
      </p>
      {note === null || note === '' ? null : <blockquote className="chaperone-quote">{note}</blockquote>}
      {status === 'stale' ? <StaleReasons resolution={resolution} /> : null}
      {(status === 'stale' || status === 'expired') && you.why !== 'approval_own_call' ? <AskAnew id={id} /> : null}
      {status === 'unknown' ? (
        <p>
          {__('WordPress may have done it. Look at the content itself; nobody tries again by itself.', 'chaperone')}
        </p>
      ) : null}
      {status === 'unknown' ? <Found resolution={resolution} /> : null}
      {outcome === null ? null : (
        <>
          <Refused body={outcome.body} />
          <details className="chaperone-more">
            <summary>{__('What the agent was answered', 'chaperone')}</summary>
            <JsonView label={__('Answer', 'chaperone')} value={outcome.body} />
          </details>
        </>
      )}
    </Panel>
  );
}
