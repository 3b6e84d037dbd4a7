import { __, sprintf } from '@wordpress/i18n';
import { Findings } from '../parts/findings.js';
import { Panel } from '../parts/panel.js';
import { Time } from '../parts/time.js';
import { Badge, Verdict } from '../parts/verdict.js';
import type { Approval, Event, Step } from './answers.js';
import { spanOf } from '../site/time.js';
import { approversOf, countOfVotes, inTheNameOf, namesOf, wordOfEvent } from './words.js';

/** Who asked, why, and under which policy. */
export function AskedPanel({ approval }: { readonly approval: Approval }) {
  const { requestedBy, reason, createdAt, expiresAt, policyVersion, findings } = approval;
  return (
    <Panel title={__('Who asked, and why', 'chaperone')}>
      <dl className="chaperone-facts is-narrow">
        <div className="chaperone-facts__row">
          <dt>{__('Agent’s account', 'chaperone')}</dt>
          <dd>{requestedBy.login}</dd>
        </div>
        <div className="chaperone-facts__row">
          <dt>{__('Its reason', 'chaperone')}</dt>
          <dd>{reason ?? <span className="chaperone-note">{__('It gave none.', 'chaperone')}</span>}</dd>
        </div>
        <div className="chaperone-facts__row">
          <dt>{__('Asked', 'chaperone')}</dt>
          <dd>
            <Time at={createdAt} />
          </dd>
        </div>
        <div className="chaperone-facts__row">
          <dt>{__('Expires', 'chaperone')}</dt>
          <dd>
            <Time at={expiresAt} /> (<Time at={expiresAt} form="relative" />)
          </dd>
        </div>
      </dl>
      <Findings findings={findings} version={policyVersion} />
    </Panel>
  );
}

/** Who may vote too, and from when on. */
function EscalationLine({ step, isOpen }: { readonly step: Step; readonly isOpen: boolean }) {
  const { escalate } = step;
  if (escalate === null) return null;
  const who = namesOf(escalate.to);
  const isNow = escalate.inForce && step.current && isOpen;
  /* translators: %s: roles and users. */
  const now = sprintf(__('now also: %s', 'chaperone'), who);
  /* translators: 1: a length of time, 2: roles and users. */
  const later = sprintf(__('after %1$s also: %2$s', 'chaperone'), spanOf(escalate.afterSeconds), who);
  return (
    <div className="chaperone-list__sub">
      {isNow ? <Badge tone="wait">{__('waited too long', 'chaperone')}</Badge> : null} {isNow ? now : later}
    </div>
  );
}

function StepRow({ step, isOpen }: { readonly step: Step; readonly isOpen: boolean }) {
  const isDone = step.votes >= Math.max(1, step.quorum);
  return (
    <li
      className={step.current && isOpen ? 'is-current' : ''}
      aria-current={step.current && isOpen ? 'step' : undefined}
    >
      <div>
        <strong>{step.name}</strong>{' '}
        {isDone ? (
          <Badge tone="good">{__('approved', 'chaperone')}</Badge>
        ) : step.current && isOpen ? (
          <Badge tone="wait">{__('waits now', 'chaperone')}</Badge>
        ) : (
          <Badge tone="quiet">{__('not yet', 'chaperone')}</Badge>
        )}
      </div>
      <div className="chaperone-list__sub">
        {/* translators: 1: roles and users, 2: number of votes. */}
        {sprintf(__('%1$s: %2$s', 'chaperone'), approversOf(step), countOfVotes(step.quorum))}
      </div>
      <EscalationLine step={step} isOpen={isOpen} />
      {step.votedBy.map(({ userId, login, castBy, at, note }) => (
        <div key={userId} className="chaperone-vote">
          ✓ {castBy === null ? login : inTheNameOf(castBy.login, login)}, <Time at={at} form="relative" />
          {note === null ? null : <q>{note}</q>}
        </div>
      ))}
    </li>
  );
}

/** Whose votes it takes, in their order, and who has voted. */
export function StepsPanel({ approval, isOpen }: { readonly approval: Approval; readonly isOpen: boolean }) {
  return (
    <Panel title={__('Steps', 'chaperone')}>
      <ol className="chaperone-steps">
        {approval.steps.map((step) => (
          <StepRow key={step.name} step={step} isOpen={isOpen} />
        ))}
      </ol>
    </Panel>
  );
}

function EventRow({ event }: { readonly event: Event }) {
  const { at, kind, login, note, verdict, outcome, code, step, inNameOf } = event;
  return (
    <li>
      <Time at={at} /> <strong>{wordOfEvent(kind)}</strong> {step ?? ''}{' '}
      {inNameOf === undefined ? (login ?? '') : inTheNameOf(login ?? '', inNameOf)}{' '}
      {verdict === undefined ? null : <Verdict verdict={verdict} />}{' '}
      {outcome === undefined ? null : <Badge tone={outcome === 'succeeded' ? 'good' : 'bad'}>{outcome}</Badge>}{' '}
      {code === undefined ? null : <code>{code}</code>}
      {note === null || note === '' ? null : <q>{note}</q>}
    </li>
  );
}

export function HistoryPanel({ history }: { readonly history: readonly Event[] }) {
  return (
    <Panel title={__('What happened', 'chaperone')}>
      <ol className="chaperone-history">
        {history.map((event, place) => (
          <EventRow key={`${event.at} ${event.kind} ${place}`} event={event} />
        ))}
      </ol>
    </Panel>
  );
}
