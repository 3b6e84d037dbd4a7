import type { ApprovalId, CallId } from '../../../src/kernel/ids.js';
import { isOpen, shownState, type Approval } from '../../../src/approvals/approval.js';
import type { ApprovalStore, ApprovalSummary } from '../../../src/approvals/approval-store.js';

/** Approvals in memory, with a copy to go back to when a transaction fails. */
export class FakeApprovalStore implements ApprovalStore {
  #rows: readonly Approval[] = [];

  snapshot(): () => void {
    const rows = this.#rows;
    return () => {
      this.#rows = rows;
    };
  }

  /** What somebody with access to the tables could do. */
  tamper(id: ApprovalId, change: (approval: Approval) => Approval): void {
    this.#rows = this.#rows.map((row) => (row.id === id ? change(row) : row));
  }

  insert(approval: Approval): Promise<void> {
    if (this.#rows.some(({ id, callId }) => id === approval.id || callId === approval.callId))
      return Promise.reject(new Error('duplicate'));
    this.#rows = [...this.#rows, approval];
    return Promise.resolve();
  }

  get(id: ApprovalId): Promise<Approval | undefined> {
    return Promise.resolve(this.#rows.find((row) => row.id === id));
  }

  lock(id: ApprovalId): Promise<Approval | undefined> {
    return this.get(id);
  }

  byCall(callId: CallId): Promise<Approval | undefined> {
    return Promise.resolve(this.#rows.find((row) => row.callId === callId));
  }

  save(from: Approval, to: Approval): Promise<boolean> {
    const { state, effective, digest, seal, resolution, votes, updatedAt } = to;
    const found = this.#rows.find((row) => row.id === from.id && row.state === from.state);
    if (found === undefined) return Promise.resolve(false);
    const live = votes.filter(({ dropped }) => dropped === null).map(({ userId }) => userId);
    if (new Set(live).size !== live.length) return Promise.reject(new Error('duplicate'));
    const next = { ...found, state, effective, digest, seal, resolution, votes, updatedAt };
    this.#rows = this.#rows.map((row) => (row === found ? next : row));
    return Promise.resolve(true);
  }

  finish(callId: CallId, { state, outcome, at }: Parameters<ApprovalStore['finish']>[1]): Promise<boolean> {
    const found = this.#rows.find((row) => row.callId === callId && row.state === 'running');
    this.#rows = this.#rows.map((row) => (row === found ? { ...row, state, outcome, updatedAt: at } : row));
    return Promise.resolve(found !== undefined);
  }

  list({
    status,
    group,
    tool,
    agentId,
    escalating,
    before,
    limit,
    now,
  }: Parameters<ApprovalStore['list']>[0]): Promise<readonly ApprovalSummary[]> {
    const all = this.#rows.map((row, place) => ({ row, seq: place + 1 }));
    const wanted = all.filter(
      ({ row, seq }) =>
        (before === undefined || seq < before) &&
        (tool === undefined || row.tool === tool) &&
        (agentId === undefined || row.requester.agentId === agentId) &&
        (escalating !== true || row.need.steps.some(({ escalate }) => escalate !== undefined)) &&
        (status === undefined || shownState(row, now) === status) &&
        (group === undefined || (group === 'open') === isOpen(shownState(row, now))),
    );
    return Promise.resolve(wanted.reverse().slice(0, limit).map(summaryOf));
  }

  waiting(now: Date): Promise<{ count: number; firstExpiry: Date | null }> {
    const open = this.#rows.filter((row) => isOpen(shownState(row, now)));
    const first = open.map(({ expiresAt }) => expiresAt.getTime()).sort((a, b) => a - b)[0];
    return Promise.resolve({ count: open.length, firstExpiry: first === undefined ? null : new Date(first) });
  }

  due(now: Date, limit: number): Promise<readonly ApprovalId[]> {
    const late = this.#rows.filter((row) => row.state !== 'expired' && shownState(row, now) === 'expired');
    return Promise.resolve(byTime(late, ({ expiresAt }) => expiresAt).slice(0, limit));
  }

  unsettled(before: Date, limit: number): Promise<readonly ApprovalId[]> {
    const lost = this.#rows.filter(
      ({ state, resolution, updatedAt }) => state === 'unknown' && resolution === null && updatedAt < before,
    );
    return Promise.resolve(byTime(lost, ({ updatedAt }) => updatedAt).slice(0, limit));
  }

  unclaimed(before: Date, now: Date, limit: number): Promise<readonly ApprovalId[]> {
    const left = this.#rows.filter((row) => shownState(row, now) === 'approved' && row.updatedAt < before);
    return Promise.resolve(left.slice(0, limit).map(({ id }) => id));
  }
}

function summaryOf({ row, seq }: { row: Approval; seq: number }): ApprovalSummary {
  const { proposed: _p, effective: _e, before: _b, findings: _f, outcome: _o, ...summary } = row;
  return { ...summary, seq };
}

const byTime = (rows: readonly Approval[], time: (row: Approval) => Date): readonly ApprovalId[] =>
  [...rows].sort((left, right) => time(left).getTime() - time(right).getTime()).map(({ id }) => id);
