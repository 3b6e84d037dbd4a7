import type { Actor } from '../../audit/audit-entry.js';
import { ChaperoneError } from '../../kernel/errors.js';
import type { AgentId, KeyId } from '../../kernel/ids.js';
import { canBeTried, verifies, type AgentKey } from './agent.js';
import type { AgentDeps } from './manage-agents.js';
import { endRunning, refuseThird, retire, runningRotation } from './manage-keys.js';

export type ActivateKey = (input: {
  readonly agentId: AgentId;
  readonly keyId: KeyId;
  /** How long the key that it replaces still verifies; 0 for one that leaked. */
  readonly overlapSeconds: number;
  /** Ends an overlap of an earlier rotation that is still running. */
  readonly force: boolean;
  readonly actor: Actor;
}) => Promise<{ readonly key: AgentKey; readonly oldKeyValidUntil: Date | null }>;

/**
 * Lets a pending key verify everything; the key that it replaces retires from now on.
 * @throws not_found, args_invalid, key_rotation_running
 */
export function makeActivateKey(deps: AgentDeps): ActivateKey {
  return ({ agentId, keyId, overlapSeconds, force, actor }) =>
    deps.inTransaction(async ({ agents, audit }) => {
      const at = deps.clock.now();
      const keys = await agents.lockKeys(agentId);
      const key = keys.find((each) => each.id === keyId);
      if (key?.state !== 'pending' || !canBeTried(key, at))
        throw new ChaperoneError('not_found', { detail: 'There is no such pending key.' });
      const live = keys.filter((each) => verifies(each, at));
      const replaced = live.find(({ id, state }) => id === key.replaces && state === 'active');
      const running = runningRotation(keys, at).filter(({ id }) => id !== key.id);
      await endRunning(agents, running, { force, at });
      const replacedIsDead = replaced === undefined || overlapSeconds === 0;
      const others = live.filter((each) => each.id !== replaced?.id && !running.includes(each));
      refuseThird(replacedIsDead ? others.length - 1 : others.length);
      await agents.setKeyState(key.id, { state: 'active', notAfter: null, at });
      const oldKeyValidUntil = replaced === undefined ? null : await retire(agents, replaced, { overlapSeconds, at });
      const detail = {
        agentId,
        keyId,
        replaces: replaced?.id ?? null,
        overlapSeconds,
        forced: force && running.length > 0,
      };
      await audit.append([{ kind: 'key.activated', at, actor, detail }]);
      return { key: { ...key, state: 'active' }, oldKeyValidUntil };
    });
}
