import { Button } from '@wordpress/components';
import { __, sprintf } from '@wordpress/i18n';
import { useEffect, useRef, useState } from 'react';
import { useAnswer } from '../api/use-answer.js';
import { Link } from '../parts/link.js';
import { Page, Trouble } from '../parts/page.js';
import { Loading } from '../parts/panel.js';
import { useNow } from '../parts/time.js';
import { Badge } from '../parts/verdict.js';
import { go, useParams } from '../site/router.js';
import { spanOf } from '../site/time.js';
import { listApprovals, readApproval, type Approval } from './answers.js';
import { ChangePanel } from './change-panel.js';
import { DecidePanel } from './decide-panel.js';
import { EndedPanel } from './ended-panel.js';
import { AskedPanel, HistoryPanel, StepsPanel } from './facts-panels.js';
import { FreshnessNotice } from './freshness.js';
import { nameOf } from './list.js';
import { useSeen } from './seen.js';
import { StopPanel } from './stop-panel.js';
import { isOpenState, isStoppableState, toneOfState, wordOfState } from './words.js';

const EVERY_MS = 10_000;

function TimeLeft({ until }: { readonly until: string }) {
  const seconds = (Date.parse(until) - useNow(1_000).getTime()) / 1_000;
  const isShort = seconds < 900;
  return (
    <span className={isShort ? 'chaperone-left is-short' : 'chaperone-left'}>
      {/* translators: %s: a length of time. */}
      {seconds <= 0 ? __('expired', 'chaperone') : sprintf(__('%s left', 'chaperone'), spanOf(seconds))}
    </span>
  );
}

/** What was done, with the way to the next call. It takes the focus, so that deciding goes on from the keyboard. */
function Done({ said }: { readonly said: string }) {
  const box = useRef<HTMLDivElement>(null);
  const [isLast, setLast] = useState(false);
  useEffect(() => box.current?.focus(), [said]);
  const next = async (): Promise<void> => {
    const [first] = (await listApprovals('mine', {}, undefined, new AbortController().signal)).items;
    if (first === undefined) setLast(true);
    else go('approvals', { id: first.id });
  };
  return (
    <div className="chaperone-done" role="status" tabIndex={-1} ref={box}>
      <strong>{said}</strong>
      {isLast ? (
        <span>{__('Nothing else waits for you.', 'chaperone')}</span>
      ) : (
        <Button variant="secondary" onClick={() => void next().catch(() => go('approvals', {}))}>
          {__('Next one that waits for me', 'chaperone')}
        </Button>
      )}
    </div>
  );
}

function Body({
  latest,
  onDone,
}: {
  readonly latest: Approval;
  readonly onDone: (said: string, isDecided: boolean) => void;
}) {
  const seen = useSeen(latest);
  const { approval } = seen;
  const isOpen = isOpenState(approval.status);
  const isStoppable = isStoppableState(approval.status);
  const done = (said: string, isDecided: boolean, digest: string | undefined): void => {
    seen.expect(digest);
    onDone(said, isDecided);
  };
  return (
    <div className="chaperone-detail">
      <div className="chaperone-detail__main">
        {isStoppable ? <FreshnessNotice approval={approval} /> : <EndedPanel approval={approval} />}
        <ChangePanel approval={approval} />
      </div>
      <div className="chaperone-detail__side">
        {isOpen ? <DecidePanel seen={seen} onDone={done} /> : null}
        {isStoppable && !isOpen ? <StopPanel seen={seen} onDone={done} /> : null}
        <StepsPanel approval={approval} isOpen={isOpen} />
        <AskedPanel approval={approval} />
        <HistoryPanel history={approval.history} />
      </div>
    </div>
  );
}

/** One held call: what it would change, who asked and why, who has voted, and one's own decision. */
export function ApprovalDetail({ id }: { readonly id: string }) {
  const { view = '' } = useParams();
  const { value, problem, isLoading, reload } = useAnswer(id, (signal) => readApproval(id, signal), EVERY_MS);
  const [said, setSaid] = useState('');
  return (
    <Page
      title={value === undefined ? __('Approval', 'chaperone') : nameOf(value)}
      actions={
        value === undefined ? undefined : (
          <>
            <Badge tone={toneOfState(value.status)}>{wordOfState(value.status)}</Badge>
            {isStoppableState(value.status) ? <TimeLeft until={value.expiresAt} /> : null}
          </>
        )
      }
      lead={
        <>
          <Link to="approvals" params={{ view: view === 'mine' ? '' : view }}>
            {__('All approvals', 'chaperone')}
          </Link>
          {value === undefined ? null : (
            <>
              {' · '}
              <code>{value.tool}</code> {value.target ?? ''}
            </>
          )}
        </>
      }
    >
      {said === '' ? null : <Done said={said} />}
      {problem === undefined ? null : <Trouble problem={problem} onRetry={reload} />}
      {value === undefined && isLoading ? <Loading /> : null}
      {value === undefined ? null : (
        <Body
          latest={value}
          onDone={(words, isDecided) => {
            if (isDecided) setSaid(words);
            reload();
          }}
        />
      )}
    </Page>
  );
}
