import type { AgentId, KeyId, WpUserId } from '../../kernel/ids.js';
import type { Agent, AgentKey, KeyState } from './agent.js';

/** What may change of an agent; absent: left as it is. */
export type AgentChanges = Partial<Pick<Agent, 'name' | 'state' | 'directUse'>>;

export interface AgentStore {
  /** @returns false when the user is bound to an agent already */
  insert(agent: Agent): Promise<boolean>;
  insertKey(key: AgentKey): Promise<void>;
  get(id: AgentId): Promise<Agent | undefined>;
  byUser(userId: WpUserId): Promise<Agent | undefined>;
  list(): Promise<readonly Agent[]>;
  /** @returns false when there is no such agent */
  update(id: AgentId, changes: AgentChanges, at: Date): Promise<boolean>;
  /** Removes the agent and all of its keys. @returns false when there is no such agent */
  remove(id: AgentId): Promise<boolean>;
  /** Oldest first; locked until the transaction ends, so that two rotations can't pass each other. */
  lockKeys(agentId: AgentId): Promise<readonly AgentKey[]>;
  /** Oldest first. */
  keysOf(agentId: AgentId): Promise<readonly AgentKey[]>;
  /** `notAfter` ends a retiring key; null where no end is set. */
  setKeyState(
    id: KeyId,
    next: { readonly state: KeyState; readonly notAfter: Date | null; readonly at: Date },
  ): Promise<void>;
  /** A key with the agent whose it is. */
  key(id: KeyId): Promise<{ readonly key: AgentKey; readonly agent: Agent } | undefined>;
}
