import type { AgentId, KeyId, WpUserId } from '../../kernel/ids.js';
import type { Agent, AgentKey, KeyState } from './agent.js';

/** What may change of an agent; absent: left as it is; null: taken away. */
export interface AgentChanges {
  readonly name?: string;
  readonly state?: Agent['state'];
  readonly directUse?: boolean;
  readonly tools?: readonly string[] | null;
  readonly expiresAt?: Date | null;
  readonly allowedIps?: readonly string[] | null;
}

/** How often a key signed since it was last noted. */
export interface KeyUse {
  readonly id: KeyId;
  readonly lastUsedAt: Date;
  readonly retiringUses: number;
}

export interface AgentStore {
  /** @returns false when the user is bound to an agent already */
  insert(agent: Agent): Promise<boolean>;
  insertKey(key: AgentKey): Promise<void>;
  get(id: AgentId): Promise<Agent | undefined>;
  byUser(userId: WpUserId): Promise<Agent | undefined>;
  /** In the order in which they were made, strictly after `after` where it is given. */
  list(page: { readonly after?: AgentId; readonly limit: number }): Promise<readonly Agent[]>;
  /** @returns false when there is no such agent */
  update(id: AgentId, changes: AgentChanges, at: Date): Promise<boolean>;
  /** Removes the agent and all of its keys. @returns false when there is no such agent */
  remove(id: AgentId): Promise<boolean>;
  /** Oldest first; locked until the transaction ends, so that two rotations can't pass each other. */
  lockKeys(agentId: AgentId): Promise<readonly AgentKey[]>;
  /** Oldest first. */
  keysOf(agentId: AgentId): Promise<readonly AgentKey[]>;
  /** `notAfter` ends a retiring key; null where no end is set. A revoked key's secret is erased. */
  setKeyState(
    id: KeyId,
    next: { readonly state: KeyState; readonly notAfter: Date | null; readonly at: Date },
  ): Promise<void>;
  /** A key with the agent whose it is. */
  key(id: KeyId): Promise<{ readonly key: AgentKey; readonly agent: Agent } | undefined>;
  /** Adds to what is noted of their uses; a key that is gone is passed over. */
  noteUses(uses: readonly KeyUse[]): Promise<void>;
  /** Erases the secrets of keys whose overlap or own time is over at `at`. @returns how many */
  eraseEnded(at: Date): Promise<number>;
}
