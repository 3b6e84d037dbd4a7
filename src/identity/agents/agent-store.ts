import type { AgentId, KeyId, WpUserId } from '../../kernel/ids.js';
import type { Agent, AgentKey } from './agent.js';

export interface AgentStore {
  /** @returns false when the user is bound to an agent already */
  insert(agent: Agent): Promise<boolean>;
  insertKey(key: AgentKey): Promise<void>;
  get(id: AgentId): Promise<Agent | undefined>;
  byUser(userId: WpUserId): Promise<Agent | undefined>;
  list(): Promise<readonly Agent[]>;
  /** A key with the agent whose it is. */
  key(id: KeyId): Promise<{ readonly key: AgentKey; readonly agent: Agent } | undefined>;
}
