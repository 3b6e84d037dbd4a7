import type { AuditReader } from '../audit/audit-log.js';
import type { AuditEntry } from '../audit/audit-entry.js';
import type { Clock } from '../kernel/clock.js';
import type { AgentId, ApprovalId } from '../kernel/ids.js';
import type { Approval, ApprovalState } from './approval.js';
import { withoutTexts, type ApprovalGroup, type ApprovalStore, type ApprovalSummary } from './approval-store.js';
import { chancesOf, mayVoteFor } from './chances.js';
import { notFound } from './change.js';
import type { Ballot } from './voting.js';

const LONGEST_HISTORY = 200;
const LOOKED_THROUGH = 200;

export interface ApprovalPage {
  readonly items: readonly ApprovalSummary[];
  /** What to pass as `before` for the next page; null at the end. */
  readonly next: number | null;
}

export interface ApprovalQuery {
  readonly status?: ApprovalState;
  readonly group?: ApprovalGroup;
  readonly tool?: string;
  readonly agentId?: AgentId;
  readonly before?: number;
  readonly limit: number;
}

export interface ReadApprovals {
  /** Newest first. */
  list(query: ApprovalQuery): Promise<ApprovalPage>;
  /** Those on which one of these ballots could be cast now (a person's own, and those that were delegated), newest first. */
  listFor(ballots: readonly Ballot[], page: Omit<ApprovalQuery, 'group'>): Promise<ApprovalPage>;
  /** With its history out of the log, oldest first. @throws not_found */
  get(id: ApprovalId): Promise<{ readonly approval: Approval; readonly history: readonly AuditEntry[] }>;
}

export interface ReadApprovalsDeps {
  readonly approvals: Pick<ApprovalStore, 'list' | 'get'>;
  readonly log: Pick<AuditReader, 'list'>;
  readonly clock: Clock;
}

export function makeReadApprovals(deps: ReadApprovalsDeps): ReadApprovals {
  return {
    async list({ limit, ...query }) {
      const found = await deps.approvals.list({ ...query, limit: limit + 1, now: deps.clock.now() });
      return pageOf(found, limit);
    },
    listFor: async (ballots, page) => pageOf(await waitingFor(deps, ballots, page), page.limit),
    async get(id) {
      const approval = await deps.approvals.get(id);
      if (approval === undefined) throw notFound();
      const entries = await deps.log.list({ callId: approval.callId }, { limit: LONGEST_HISTORY });
      return { approval, history: [...entries].reverse() };
    },
  };
}

function pageOf(found: readonly ApprovalSummary[], limit: number): ApprovalPage {
  const items = found.slice(0, limit);
  return { items, next: found.length > limit ? (items.at(-1)?.seq ?? null) : null };
}

/** One more than the page holds, where there are so many. Who may vote isn't in the rows, so open calls are looked through. */
async function waitingFor(
  { approvals, clock }: ReadApprovalsDeps,
  ballots: readonly Ballot[],
  { before, limit, ...filter }: Omit<ApprovalQuery, 'group'>,
): Promise<readonly ApprovalSummary[]> {
  const found: ApprovalSummary[] = [];
  for (let from = before; found.length <= limit;) {
    const now = clock.now();
    const open = await approvals.list({
      ...filter,
      group: 'open',
      limit: LOOKED_THROUGH,
      now,
      ...(from === undefined ? {} : { before: from }),
    });
    found.push(...open.filter((each) => ballots.some((ballot) => mayCast(withoutTexts(each), ballot, now))));
    from = open.at(-1)?.seq;
    if (open.length < LOOKED_THROUGH) break;
  }
  return found;
}

function mayCast(approval: Approval, ballot: Ballot, now: Date): boolean {
  const { voter, proxy } = ballot;
  return proxy === null ? chancesOf(approval, voter, now).vote === null : mayVoteFor(approval, ballot, now);
}
