import type { Knex } from 'knex';
import type { ApprovalId } from '../kernel/ids.js';
import { APPROVAL_STATES, isOpen, type Approval, type ApprovalState, type Vote } from './approval.js';
import type { ApprovalGroup, ApprovalStore } from './approval-store.js';
import {
  approvalFromRow,
  approvalToRow,
  changingColumns,
  SUMMARY_COLUMNS,
  summaryFromRow,
  voteToRow,
  type ApprovalRow,
  type SummaryRow,
  type VoteRow,
} from './approval-row.js';

const CAN_EXPIRE: readonly ApprovalState[] = ['pending', 'suggested', 'approved'];

/** Votes that were cast and votes that were dropped between the two; votes are only ever added at the end. */
function changedVotes(from: readonly Vote[], to: readonly Vote[]) {
  return {
    cast: to.slice(from.length),
    dropped: to.slice(0, from.length).filter((vote, place) => vote.dropped !== null && from[place]?.dropped === null),
  };
}

/** Approvals in the site's database. `db` may be a transaction; then everything happens in it. */
export function mysqlApprovalStore(db: Knex, tablePrefix: string): ApprovalStore {
  const approvals = `${tablePrefix}ai_agent_approvals`;
  const votes = `${tablePrefix}ai_agent_approval_votes`;
  const votesOf = makeVotesOf(db, votes);
  const one = async (where: Partial<ApprovalRow>, lock: boolean): Promise<Approval | undefined> => {
    const query = db<ApprovalRow>(approvals).where(where).first();
    const row = await (lock ? query.forUpdate() : query);
    return row && approvalFromRow(row, (await votesOf([row.id])).get(row.id) ?? []);
  };
  return {
    async insert(approval) {
      await db(approvals).insert(approvalToRow(approval));
    },
    get: (id) => one({ id }, false),
    byCall: (callId) => one({ call_id: callId }, false),
    lock: (id) => one({ id }, true),
    async save(from, to) {
      const changed = await db<ApprovalRow>(approvals)
        .where({ id: from.id, state: from.state })
        .update(changingColumns(to));
      if (changed !== 1) return false;
      const { cast, dropped } = changedVotes(from.votes, to.votes);
      for (const vote of dropped) {
        await db<VoteRow>(votes)
          .where({ approval_id: from.id, live_user_id: vote.userId })
          .update({ live_user_id: null, dropped_at: vote.dropped?.at ?? null, dropped_why: vote.dropped?.why ?? null });
      }
      if (cast.length > 0) await db(votes).insert(cast.map((vote) => voteToRow(from.id, vote)));
      return true;
    },
    async finish(callId, { state, outcome, at }) {
      const changed = await db<ApprovalRow>(approvals)
        .where({ call_id: callId, state: 'running' })
        .update({ state, outcome_status: outcome.status, outcome_body: JSON.stringify(outcome.body), updated_at: at });
      return changed === 1;
    },
    ...lists(db, approvals, votesOf),
  };
}

type VotesOf = (ids: readonly string[]) => Promise<ReadonlyMap<string, readonly VoteRow[]>>;

const makeVotesOf =
  (db: Knex, votes: string): VotesOf =>
  async (ids) => {
    const found = new Map<string, VoteRow[]>(ids.map((id) => [id, []]));
    if (ids.length === 0) return found;
    for (const row of await db<VoteRow>(votes).whereIn('approval_id', ids).orderBy('id'))
      found.get(row.approval_id)?.push(row);
    return found;
  };

function lists(
  db: Knex,
  approvals: string,
  votesOf: VotesOf,
): Pick<ApprovalStore, 'list' | 'waiting' | 'due' | 'unsettled' | 'unclaimed'> {
  const ids = async (query: Knex.QueryBuilder<SummaryRow>): Promise<readonly ApprovalId[]> =>
    (await query.select<{ id: string }[]>('id')).map(({ id }) => id as ApprovalId);
  return {
    async list({ status, group, tool, agentId, escalating, before, limit, now }) {
      const query = db<SummaryRow>(approvals)
        .select<SummaryRow[]>([...SUMMARY_COLUMNS])
        .orderBy('seq', 'desc')
        .limit(limit);
      if (before !== undefined) void query.where('seq', '<', before);
      if (tool !== undefined) void query.where({ tool });
      if (agentId !== undefined) void query.where({ agent_id: agentId });
      if (status !== undefined) void query.where((each) => ofStatus(each, status, now));
      // A name or login can't hold this text: its quotation marks would be escaped.
      if (escalating) void query.where('need', 'like', '%"escalate":{%');
      if (group !== undefined) void query.where((each) => ofGroup(each, group, now));
      const rows = await query;
      const found = await votesOf(rows.map(({ id }) => id));
      return rows.map((row) => summaryFromRow(row, found.get(row.id) ?? []));
    },
    async waiting(now) {
      const row = await db<SummaryRow>(approvals)
        .whereIn('state', APPROVAL_STATES.filter(isOpen))
        .where('expires_at', '>', now)
        .count({ count: '*' })
        .min({ first: 'expires_at' })
        .first<{ count: number; first: Date | null }>();
      return { count: row.count, firstExpiry: row.first };
    },
    due: (now, limit) =>
      ids(
        db<SummaryRow>(approvals)
          .whereIn('state', CAN_EXPIRE)
          .where('expires_at', '<=', now)
          .orderBy('expires_at')
          .limit(limit),
      ),
    unsettled: (before, limit) =>
      ids(
        db<SummaryRow>(approvals)
          .where({ state: 'unknown' })
          .whereNull('resolution')
          .where('updated_at', '<', before)
          .orderBy('updated_at')
          .limit(limit),
      ),
    unclaimed: (before, now, limit) =>
      ids(
        db<SummaryRow>(approvals)
          .where({ state: 'approved' })
          .where('expires_at', '>', now)
          .where('updated_at', '<', before)
          .orderBy('seq')
          .limit(limit),
      ),
  };
}

function ofGroup(query: Knex.QueryBuilder, group: ApprovalGroup, now: Date): void {
  const open = APPROVAL_STATES.filter(isOpen);
  if (group === 'open') void query.whereIn('state', open).where('expires_at', '>', now);
  else void query.whereNotIn('state', open).orWhere('expires_at', '<=', now);
}

/** As `shownState` has it: what is past its expiry has expired, marked or not. */
function ofStatus(query: Knex.QueryBuilder, status: ApprovalState, now: Date): void {
  if (status === 'expired') {
    void query
      .where('state', 'expired')
      .orWhere((open) => void open.whereIn('state', CAN_EXPIRE).where('expires_at', '<=', now));
  } else {
    void query.where('state', status);
    if (CAN_EXPIRE.includes(status)) void query.where('expires_at', '>', now);
  }
}
