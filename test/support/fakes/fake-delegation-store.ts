import type { Delegation } from '../../../src/approvals/delegation.js';
import type { DelegationStore } from '../../../src/approvals/delegation-store.js';
import type { DelegationId, WpUserId } from '../../../src/kernel/ids.js';

const holds = ({ startsAt, endsAt, revoked }: Delegation, now: Date): boolean =>
  revoked === null && startsAt <= now && now < endsAt;

/** Delegations in memory. */
export class FakeDelegationStore implements DelegationStore {
  #rows: readonly Delegation[] = [];

  snapshot(): () => void {
    const rows = this.#rows;
    return () => {
      this.#rows = rows;
    };
  }

  /** What somebody with access to the tables could do. */
  tamper(id: DelegationId, change: (row: Delegation) => Delegation): void {
    this.#rows = this.#rows.map((row) => (row.id === id ? change(row) : row));
  }

  insert(delegation: Delegation): Promise<void> {
    this.#rows = [...this.#rows, delegation];
    return Promise.resolve();
  }

  get(id: DelegationId): Promise<Delegation | undefined> {
    return Promise.resolve(this.#rows.find((row) => row.id === id));
  }

  revoke(id: DelegationId, revoked: NonNullable<Delegation['revoked']>): Promise<boolean> {
    const found = this.#rows.find((row) => row.id === id);
    if (found?.revoked !== null) return Promise.resolve(false);
    this.tamper(id, (row) => ({ ...row, revoked }));
    return Promise.resolve(true);
  }

  list({ limit }: { readonly limit: number }): Promise<readonly Delegation[]> {
    const newest = [...this.#rows].sort((a, b) => b.createdAt.getTime() - a.createdAt.getTime());
    return Promise.resolve(newest.slice(0, limit));
  }

  activeFor(to: WpUserId, now: Date): Promise<readonly Delegation[]> {
    return Promise.resolve(this.#rows.filter((row) => row.to.userId === to && holds(row, now)));
  }

  active(now: Date, limit: number): Promise<readonly Delegation[]> {
    return Promise.resolve(this.#rows.filter((row) => holds(row, now)).slice(0, limit));
  }
}
