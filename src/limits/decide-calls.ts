import { record, type History } from './admission.js';
import { ATTEMPTS, pauseBefore } from './attempts.js';
import type { Joined } from '../kernel/batches.js';
import { planPacket, type KeptDemand, type PacketPlan, type PacketResult, type RowState } from './consume-plan.js';
import type { LimitVerdict } from './limit-store.js';
import { verdictOf } from './verdict.js';
import { frameAt } from './window.js';

export interface Deciding {
  readonly send: (plan: PacketPlan) => Promise<PacketResult>;
  /** Refits a row to a demand, and answers in what groups it is now. */
  readonly refit: (kept: KeptDemand) => Promise<number>;
}

interface Call {
  readonly kept: readonly KeptDemand[];
  readonly attempt: number;
  readonly settle: (verdict: LimitVerdict) => void;
}

/**
 * Packet after packet until each call has its verdict; nearly always the first gives all of them. A call is decided anew when
 * a row of its was grouped for another limit, or when the store's clock was outside the calendar windows that it was told.
 */
export async function decideCalls(
  joined: readonly Joined<readonly KeptDemand[], LimitVerdict>[],
  deciding: Deciding,
): Promise<void> {
  let waiting: Call[] = joined.map(({ item, resolve }) => ({ kept: item, attempt: 1, settle: resolve }));
  while (waiting.length > 0) {
    const { plan, calls, deferred } = planPacket(waiting);
    const result = await deciding.send(plan);
    const again: Call[] = [];
    for (const [group, members] of calls.entries()) {
      if (isDecided(plan, result, group)) settleGroup(plan, result, group, members);
      else again.push(...members);
    }
    if (again.some(({ attempt }) => attempt >= ATTEMPTS)) throw new Error('limits could not be decided');
    if (again.length > 0) await pauseBefore(Math.max(...again.map(({ attempt }) => attempt + 1)));
    const mended = await mend(plan, result, deciding);
    waiting = [...again.map((call) => anew(call, mended)), ...deferred];
  }
}

const rowsOf = (plan: PacketPlan, group: number): readonly number[] => plan.groups[group]?.rows ?? [];

function isMisgrouped({ groupSize }: KeptDemand, state: RowState | undefined): boolean {
  return state?.history.groupSize !== groupSize;
}

function isDecided(plan: PacketPlan, { rows }: PacketResult, group: number): boolean {
  return rowsOf(plan, group).every((row) => {
    const kept = plan.rows[row];
    return kept !== undefined && !isMisgrouped(kept, rows[row]) && rows[row]?.framed === true;
  });
}

/** What is known of the packet's rows now: in what groups they are, and about what time it is for them. */
async function mend(
  plan: PacketPlan,
  { rows }: PacketResult,
  { refit }: Deciding,
): Promise<ReadonlyMap<string, KeptDemand>> {
  const known = new Map<string, KeptDemand>();
  for (const [row, kept] of plan.rows.entries()) {
    const groupSize = isMisgrouped(kept, rows[row]) ? await refit(kept) : kept.groupSize;
    known.set(kept.id.toString('hex'), { ...kept, groupSize, near: rows[row]?.now ?? kept.near });
  }
  return known;
}

/** The call as it is to be decided next, by what was learned of its rows. */
function anew(call: Call, known: ReadonlyMap<string, KeptDemand>): Call {
  const kept = call.kept.map((one) => ({ ...one, ...known.get(one.id.toString('hex')) }));
  return { ...call, kept, attempt: call.attempt + 1 };
}

/** The first `admitted` calls of the group were admitted, one after the other; each hears how things stood at its turn. */
function settleGroup(plan: PacketPlan, result: PacketResult, group: number, calls: readonly Call[]): void {
  const admitted = result.admitted[group] ?? 0;
  const rows = rowsOf(plan, group);
  const after = rows.map((row) => historyAfter(plan, result, row));
  const laterGroups = rows.map((row) => admittedAfter(plan, result, group, row));
  calls.forEach(({ kept, settle }, turn) => {
    const outcomes = kept.map(({ demand }, index) => {
      const state = result.rows[rows[index] ?? -1];
      const history = after[index];
      if (state === undefined || history === undefined) throw new Error('a packet left a row out');
      const later = (laterGroups[index] ?? 0) + Math.max(0, admitted - 1 - turn);
      return { demand, history, now: state.now, later };
    });
    settle(verdictOf(turn < admitted, outcomes, result.rows[rows[0] ?? -1]?.clock ?? 0));
  });
}

/** The row as the packet left it. */
function historyAfter(plan: PacketPlan, { rows, admitted }: PacketResult, row: number): History | undefined {
  const [kept, state] = [plan.rows[row], rows[row]];
  if (kept === undefined || state === undefined) return undefined;
  const count = admitted.reduce((sum, one, group) => sum + (rowsOf(plan, group).includes(row) ? one : 0), 0);
  if (count === 0) return state.history;
  return record(state.history, frameAt(kept.demand.window, state.now).floor, state.now, count);
}

/** How many calls of later groups the packet admitted under a row. */
function admittedAfter(plan: PacketPlan, { admitted }: PacketResult, group: number, row: number): number {
  return admitted
    .filter((_, other) => other > group && rowsOf(plan, other).includes(row))
    .reduce((sum, count) => sum + count, 0);
}
