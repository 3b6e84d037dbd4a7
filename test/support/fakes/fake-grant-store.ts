import type { Grant } from '../../../src/approvals/grant.js';
import type { GrantStore } from '../../../src/approvals/grant-store.js';
import type { GrantId } from '../../../src/kernel/ids.js';

const holds = ({ expiresAt, revoked }: Grant, now: Date): boolean => revoked === null && now < expiresAt;

/** Remembered approvals in memory. */
export class FakeGrantStore implements GrantStore {
  #rows: readonly Grant[] = [];

  snapshot(): () => void {
    const rows = this.#rows;
    return () => {
      this.#rows = rows;
    };
  }

  /** What somebody with access to the tables could do. */
  tamper(id: GrantId, change: (row: Grant) => Grant): void {
    this.#rows = this.#rows.map((row) => (row.id === id ? change(row) : row));
  }

  insert(grant: Grant): Promise<void> {
    this.#rows = [...this.#rows, grant];
    return Promise.resolve();
  }

  get(id: GrantId): Promise<Grant | undefined> {
    return Promise.resolve(this.#rows.find((row) => row.id === id));
  }

  forCall({ agentId, tool, target }: Parameters<GrantStore['forCall']>[0], now: Date): Promise<readonly Grant[]> {
    const found = this.#rows.filter((row) => row.agentId === agentId && row.tool === tool && row.target === target);
    return Promise.resolve(newestFirst(found.filter((row) => holds(row, now))));
  }

  list({ activeAt, limit }: Parameters<GrantStore['list']>[0]): Promise<readonly Grant[]> {
    const found = this.#rows.filter((row) => activeAt === undefined || holds(row, activeAt));
    return Promise.resolve(newestFirst(found).slice(0, limit));
  }

  use(id: GrantId, at: Date): Promise<boolean> {
    const found = this.#rows.find((row) => row.id === id);
    if (found === undefined || !holds(found, at)) return Promise.resolve(false);
    this.tamper(id, (row) => ({ ...row, uses: row.uses + 1, lastUsedAt: at }));
    return Promise.resolve(true);
  }

  revoke(id: GrantId, revoked: NonNullable<Grant['revoked']>): Promise<boolean> {
    const found = this.#rows.find((row) => row.id === id);
    if (found?.revoked !== null) return Promise.resolve(false);
    this.tamper(id, (row) => ({ ...row, revoked }));
    return Promise.resolve(true);
  }
}

const newestFirst = (rows: readonly Grant[]): readonly Grant[] =>
  [...rows].sort((a, b) => b.createdAt.getTime() - a.createdAt.getTime());
