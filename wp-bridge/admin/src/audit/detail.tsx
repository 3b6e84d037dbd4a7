import { __, sprintf } from '@wordpress/i18n';
import type { ReactNode } from 'react';
import { useAnswer } from '../api/use-answer.js';
import { Findings } from '../parts/findings.js';
import { JsonView } from '../parts/json-view.js';
import { Link } from '../parts/link.js';
import { Page, Trouble } from '../parts/page.js';
import { Loading, Panel } from '../parts/panel.js';
import { Time } from '../parts/time.js';
import { Badge, Verdict } from '../parts/verdict.js';
import { wordsOfCode } from '../site/code-words.js';
import { findingsOf, readEntry, type Entry } from './answers.js';
import { toneOfOutcome, wordOfKind } from './words.js';

/** A fact that doesn't apply has no row. */
function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  if (children === null) return null;
  return (
    <div className="chaperone-facts__row">
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

const code = (value: string | number | null): ReactNode => (value === null ? null : <code>{value}</code>);

function WhoPanel({ entry }: { readonly entry: Entry }) {
  const { userId, login, agentId, agentName, credential, ip, callId, ts, kind } = entry;
  return (
    <Panel title={__('Who, and when', 'chaperone')}>
      <dl className="chaperone-facts">
        <Fact name={__('Time', 'chaperone')}>
          <Time at={ts} /> (<Time at={ts} form="exact" />)
        </Fact>
        <Fact name={__('Kind', 'chaperone')}>{code(kind)}</Fact>
        <Fact name={__('Agent', 'chaperone')}>
          {agentId === null ? null : (
            <Link to="audit" params={{ agentId }}>
              {agentName} <code>{agentId}</code>
            </Link>
          )}
        </Fact>
        <Fact name={__('WordPress user', 'chaperone')}>
          {userId === null ? null : (
            <Link to="audit" params={{ userId: String(userId) }}>
              {login} <code>{userId}</code>
            </Link>
          )}
        </Fact>
        <Fact name={__('Credential', 'chaperone')}>{code(credential)}</Fact>
        <Fact name={__('Address', 'chaperone')}>{code(ip)}</Fact>
        <Fact name={__('Call', 'chaperone')}>
          {callId === null ? null : (
            <Link to="audit" params={{ callId }}>
              {callId}
            </Link>
          )}
        </Fact>
      </dl>
    </Panel>
  );
}

function WhatPanel({ entry }: { readonly entry: Entry }) {
  const { tool, entityType, entityId, verdict, outcome, code: refusal, policyVersion } = entry;
  const findings = findingsOf(entry);
  return (
    <Panel title={__('What, and why', 'chaperone')}>
      <dl className="chaperone-facts">
        <Fact name={__('Tool', 'chaperone')}>{code(tool)}</Fact>
        <Fact name={__('Target', 'chaperone')}>{entityType === null ? null : `${entityType} ${entityId ?? ''}`}</Fact>
        <Fact name={__('Verdict', 'chaperone')}>{verdict === null ? null : <Verdict verdict={verdict} />}</Fact>
        <Fact name={__('Outcome', 'chaperone')}>
          {outcome === null ? null : <Badge tone={toneOfOutcome(outcome)}>{outcome}</Badge>}
        </Fact>
        <Fact name={__('Reason', 'chaperone')}>
          {refusal === null ? null : (
            <>
              {wordsOfCode(refusal)} <code>{refusal}</code>
            </>
          )}
        </Fact>
        <Fact name={__('Policy version', 'chaperone')}>{policyVersion}</Fact>
      </dl>
      {findings.length === 0 ? null : <Findings findings={findings} version={policyVersion} />}
    </Panel>
  );
}

function ProofPanel({ entry: { beforeDigest, afterDigest, prevHash, hash } }: { readonly entry: Entry }) {
  return (
    <Panel title={__('Proof', 'chaperone')}>
      <dl className="chaperone-facts">
        <Fact name={__('Content before (SHA-256)', 'chaperone')}>{code(beforeDigest)}</Fact>
        <Fact name={__('Content after (SHA-256)', 'chaperone')}>{code(afterDigest)}</Fact>
        <Fact name={__('Hash of the entry before', 'chaperone')}>{code(prevHash)}</Fact>
        <Fact name={__('Hash of this entry', 'chaperone')}>{code(hash)}</Fact>
      </dl>
    </Panel>
  );
}

function Body({ entry }: { readonly entry: Entry }) {
  const { arguments: args, detail, erased } = entry;
  return (
    <>
      {erased === true ? (
        <p className="chaperone-warning">
          {__('What could name a person was erased from this entry. The chain still verifies.', 'chaperone')}
        </p>
      ) : null}
      <div className="chaperone-columns">
        <WhatPanel entry={entry} />
        <WhoPanel entry={entry} />
      </div>
      {args === null || args === undefined ? null : (
        <Panel title={__('Arguments', 'chaperone')}>
          <JsonView label={__('Arguments', 'chaperone')} value={args} />
        </Panel>
      )}
      {detail === null || detail === undefined ? null : (
        <Panel title={__('Details', 'chaperone')}>
          <JsonView label={__('Details', 'chaperone')} value={detail} />
        </Panel>
      )}
      <ProofPanel entry={entry} />
    </>
  );
}

/** One entry of the log, with its neighbours. */
export function AuditDetail({ id }: { readonly id: string }) {
  const { value, problem, isLoading, reload } = useAnswer(id, (signal) => readEntry(id, signal));
  return (
    <Page
      title={value === undefined ? __('Entry', 'chaperone') : wordOfKind(value.kind)}
      lead={
        <>
          <Link to="audit">{__('The whole log', 'chaperone')}</Link>
          {' · '}
          {/* translators: %s: number of an entry. */}
          {sprintf(__('entry %s', 'chaperone'), id)}
        </>
      }
      actions={
        <>
          {Number(id) > 1 ? (
            <Link to="audit" params={{ id: String(Number(id) - 1) }} className="button">
              {__('The one before', 'chaperone')}
            </Link>
          ) : null}
          <Link to="audit" params={{ id: String(Number(id) + 1) }} className="button">
            {__('The one after', 'chaperone')}
          </Link>
        </>
      }
    >
      {problem === undefined ? null : <Trouble problem={problem} onRetry={reload} />}
      {value === undefined && isLoading ? <Loading /> : null}
      {value === undefined ? null : <Body entry={value} />}
    </Page>
  );
}
