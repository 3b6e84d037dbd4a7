import type { History } from './admission.js';
import type { LimitDemand } from './limit-store.js';
import type { Micros } from './window.js';

/** A demand and the name its state is kept under. */
export interface KeptDemand {
  readonly demand: LimitDemand;
  readonly id: Buffer;
  /** In what groups the row is expected to be: as the limit needs them, or as it was found. */
  readonly groupSize: number;
  /** About what the store's clock will say: the calendar windows around it are named to the store. */
  readonly near: Micros;
}

/** Calls that demand the same, and so are decided alike, first come first served. */
export interface CallGroup {
  /** Numbers of rows, in the order of the calls' demands. */
  readonly rows: readonly number[];
  readonly calls: number;
}

/** What one packet decides: its rows by ascending id, and its calls in groups that it decides one after the other. */
export interface PacketPlan {
  readonly rows: readonly KeptDemand[];
  readonly groups: readonly CallGroup[];
}

/** A row as the packet found it. */
export interface RowState {
  /** The database's clock when the row was locked. */
  readonly clock: Micros;
  /** The clock, or the row's last admission when that is later. */
  readonly now: Micros;
  /** False: that instant is outside the calendar windows that the packet names. */
  readonly framed: boolean;
  readonly history: History;
}

export interface PacketResult {
  readonly rows: readonly RowState[];
  /** Calls admitted, by group. */
  readonly admitted: readonly number[];
}

/** A packet for some calls, and the calls that have to wait for the next one. */
export interface Planned<C> {
  readonly plan: PacketPlan;
  /** The calls of each group, in their order. */
  readonly calls: readonly (readonly C[])[];
  readonly deferred: readonly C[];
}

/**
 * Puts calls into one packet. Calls with the same demands become one group. A call that wants another limit or window for a
 * row of the packet (two versions of a policy, just then) is deferred.
 */
export function planPacket<C extends { readonly kept: readonly KeptDemand[] }>(waiting: readonly C[]): Planned<C> {
  const rows = new Map<string, KeptDemand>();
  const groups = new Map<string, C[]>();
  const deferred: C[] = [];
  for (const call of waiting) {
    const names = call.kept.map(({ id }) => id.toString('hex'));
    const fits = call.kept.every((kept, index) => sameShape(kept, rows.get(names[index] ?? '')));
    if (!fits) {
      deferred.push(call);
      continue;
    }
    call.kept.forEach((kept, index) => rows.set(names[index] ?? '', kept));
    const name = names.join();
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [call]);
    else group.push(call);
  }
  const order = [...rows.keys()].sort();
  const calls = [...groups.values()];
  return {
    plan: {
      rows: order.map((name) => rows.get(name)).filter((kept) => kept !== undefined),
      groups: [...groups].map(([name, { length }]) => ({
        rows: name.split(',').map((id) => order.indexOf(id)),
        calls: length,
      })),
    },
    calls,
    deferred,
  };
}

function sameShape({ demand: { limit, window }, groupSize }: KeptDemand, other: KeptDemand | undefined): boolean {
  if (other === undefined) return true;
  const { demand } = other;
  if (other.groupSize !== groupSize) return false;
  return demand.limit === limit && JSON.stringify(demand.window) === JSON.stringify(window);
}
