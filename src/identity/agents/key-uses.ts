import type { KeyId } from '../../kernel/ids.js';
import type { AgentKey } from './agent.js';
import type { AgentStore, KeyUse } from './agent-store.js';

/** Remembers uses of keys and writes them together, so that a call costs no write of its own. */
export interface KeyUses {
  note(key: Pick<AgentKey, 'id' | 'state'>, at: Date): void;
  /** Writes what was noted; what can't be written is kept for the next time. */
  flush(): Promise<void>;
}

/**
 * Limitations: `lastUsedAt` is behind by as long as lies between two flushes, and a killed process forgets what it noted
 * since the last one. Neither decides anything.
 */
export function makeKeyUses(agents: Pick<AgentStore, 'noteUses'>): KeyUses {
  let noted = new Map<KeyId, KeyUse>();
  const add = ({ id, lastUsedAt, retiringUses }: KeyUse): void => {
    const before = noted.get(id);
    noted.set(id, {
      id,
      lastUsedAt: before !== undefined && before.lastUsedAt > lastUsedAt ? before.lastUsedAt : lastUsedAt,
      retiringUses: (before?.retiringUses ?? 0) + retiringUses,
    });
  };
  return {
    note: ({ id, state }, at) => add({ id, lastUsedAt: at, retiringUses: state === 'retiring' ? 1 : 0 }),
    async flush() {
      const uses = [...noted.values()];
      if (uses.length === 0) return;
      noted = new Map();
      try {
        await agents.noteUses(uses);
      } catch (error) {
        uses.forEach(add);
        throw error;
      }
    },
  };
}
