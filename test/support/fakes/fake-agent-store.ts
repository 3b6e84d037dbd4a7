import type { Agent, AgentKey, KeyState } from '../../../src/identity/agents/agent.js';
import { withBounds } from '../../../src/identity/agents/bounds.js';
import type { AgentChanges, AgentStore, KeyUse } from '../../../src/identity/agents/agent-store.js';
import type { AgentId, KeyId, WpUserId } from '../../../src/kernel/ids.js';

/** Agents and keys in memory, with a copy to go back to when a transaction fails. */
export class FakeAgentStore implements AgentStore {
  agents: readonly Agent[] = [];
  keys: readonly AgentKey[] = [];

  snapshot(): () => void {
    const [agents, keys] = [this.agents, this.keys];
    return () => {
      this.agents = agents;
      this.keys = keys;
    };
  }

  insert(agent: Agent): Promise<boolean> {
    if (this.agents.some(({ userId }) => userId === agent.userId)) return Promise.resolve(false);
    this.agents = [...this.agents, agent];
    return Promise.resolve(true);
  }

  insertKey(key: AgentKey): Promise<void> {
    this.keys = [...this.keys, key];
    return Promise.resolve();
  }

  get(id: AgentId): Promise<Agent | undefined> {
    return Promise.resolve(this.agents.find((agent) => agent.id === id));
  }

  byUser(userId: WpUserId): Promise<Agent | undefined> {
    return Promise.resolve(this.agents.find((agent) => agent.userId === userId));
  }

  list({ after, limit }: { after?: AgentId; limit: number }): Promise<readonly Agent[]> {
    const inOrder = [...this.agents].sort(
      (one, other) => one.createdAt.getTime() - other.createdAt.getTime() || (one.id < other.id ? -1 : 1),
    );
    const from = after === undefined ? 0 : inOrder.findIndex(({ id }) => id === after) + 1;
    return Promise.resolve(inOrder.slice(from, from + limit));
  }

  update(id: AgentId, { tools, expiresAt, allowedIps, ...changes }: AgentChanges): Promise<boolean> {
    const found = this.agents.some((agent) => agent.id === id);
    const bounds = {
      ...(tools === undefined ? {} : { tools }),
      ...(expiresAt === undefined ? {} : { expiresAt }),
      ...(allowedIps === undefined ? {} : { allowedIps }),
    };
    this.agents = this.agents.map((agent) => (agent.id === id ? withBounds({ ...agent, ...changes }, bounds) : agent));
    return Promise.resolve(found);
  }

  remove(id: AgentId): Promise<boolean> {
    const before = this.agents.length;
    this.agents = this.agents.filter((agent) => agent.id !== id);
    this.keys = this.keys.filter((key) => key.agentId !== id);
    return Promise.resolve(this.agents.length < before);
  }

  keysOf(agentId: AgentId): Promise<readonly AgentKey[]> {
    const own = this.keys.filter((key) => key.agentId === agentId);
    return Promise.resolve(own.sort((one, other) => one.createdAt.getTime() - other.createdAt.getTime()));
  }

  lockKeys(agentId: AgentId): Promise<readonly AgentKey[]> {
    return this.keysOf(agentId);
  }

  setKeyState(id: KeyId, { state, notAfter }: { state: KeyState; notAfter: Date | null }): Promise<void> {
    this.keys = this.keys.map((key) => {
      if (key.id !== id) return key;
      const rest = Object.fromEntries(
        Object.entries(key).filter(([name]) => name !== 'notAfter' && (name !== 'sealedSecret' || state !== 'revoked')),
      ) as unknown as AgentKey;
      return { ...rest, state, ...(notAfter === null ? {} : { notAfter }) };
    });
    return Promise.resolve();
  }

  key(id: KeyId): Promise<{ readonly key: AgentKey; readonly agent: Agent } | undefined> {
    const key = this.keys.find((each) => each.id === id);
    const agent = this.agents.find((each) => each.id === key?.agentId);
    return Promise.resolve(key === undefined || agent === undefined ? undefined : { key, agent });
  }

  eraseEnded(at: Date): Promise<number> {
    let erased = 0;
    this.keys = this.keys.map((key) => {
      const { sealedSecret, ...rest } = key;
      const retired = key.state === 'retiring' && key.notAfter !== undefined && key.notAfter <= at;
      const expired = key.expiresAt !== undefined && key.expiresAt <= at;
      if (sealedSecret === undefined || (!retired && !expired)) return key;
      erased += 1;
      return rest;
    });
    return Promise.resolve(erased);
  }

  noteUses(uses: readonly KeyUse[]): Promise<void> {
    this.keys = this.keys.map((key) => {
      const use = uses.find(({ id }) => id === key.id);
      if (use === undefined) return key;
      const latest = key.lastUsedAt !== undefined && key.lastUsedAt > use.lastUsedAt ? key.lastUsedAt : use.lastUsedAt;
      return { ...key, lastUsedAt: latest, retiringUses: key.retiringUses + use.retiringUses };
    });
    return Promise.resolve();
  }
}
