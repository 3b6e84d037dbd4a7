import type { AgentId, WpUserId } from '../kernel/ids.js';

/** What people call those who are known by their ids, as of now; whoever is gone isn't in it. */
export interface Names {
  readonly agents: ReadonlyMap<AgentId, string>;
  /** Logins of WordPress users. */
  readonly users: ReadonlyMap<WpUserId, string>;
}

export interface Named {
  readonly agentId: AgentId | null;
  readonly userId: WpUserId | null;
}

/** A page at a time: each table is asked once, whatever the number. */
export type ReadNames = (whom: readonly Named[]) => Promise<Names>;
