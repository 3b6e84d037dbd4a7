import type { Actor } from '../../audit/audit-entry.js';
import type { AuditLog } from '../../audit/audit-log.js';
import type { SealedBox } from '../../secrets/sealed-box.js';
import type { Clock } from '../../kernel/clock.js';
import { ChaperoneError } from '../../kernel/errors.js';
import { newAgentId, type KeyId, type RandomBytes, type WpUserId } from '../../kernel/ids.js';
import type { InTransaction } from '../../kernel/in-transaction.js';
import type { Secret } from '../../kernel/secret.js';
import type { AgentStore } from './agent-store.js';
import type { Agent, KeyAlgorithm } from './agent.js';
import { checkBounds, shownBounds, withBounds, type WantedBounds } from './bounds.js';
import { makeKey, type KeyRequest } from './make-key.js';
import type { KeyBounds } from './manage-keys.js';

export interface CreatedAgent {
  readonly agent: Agent;
  readonly keyId: KeyId;
  readonly algorithm: KeyAlgorithm;
  /** The HMAC secret in base64, shown this once; null for Ed25519. */
  readonly secret: Secret<string> | null;
}

export type CreateAgent = (input: {
  readonly name: string;
  readonly userId: WpUserId;
  readonly key: KeyRequest;
  readonly bounds?: WantedBounds;
  readonly keyBounds?: KeyBounds;
  readonly actor: Actor;
}) => Promise<CreatedAgent>;

/** Binds an agent to a WordPress user, one to one, and gives it its first key. @throws args_invalid */
export function makeCreateAgent(deps: {
  readonly inTransaction: InTransaction<{ readonly agents: AgentStore; readonly audit: AuditLog }>;
  readonly box: SealedBox;
  readonly clock: Clock;
  readonly random: RandomBytes;
}): CreateAgent {
  return async ({ name, userId, key: request, bounds = {}, keyBounds = {}, actor }) => {
    if (actor.userId === userId) {
      throw new ChaperoneError('args_invalid', {
        detail: 'This is your own account: bound to an agent, it could administer nothing any more.',
      });
    }
    const createdAt = deps.clock.now();
    for (const each of [bounds, keyBounds]) checkBounds(each, createdAt);
    const fresh: Agent = { id: newAgentId(deps.random), name, userId, state: 'active', directUse: false, createdAt };
    const agent = withBounds(fresh, bounds);
    const agentId = agent.id;
    const { key, secret } = makeKey(deps, request, withBounds({ agentId, state: 'active', createdAt }, keyBounds));
    await deps.inTransaction(async ({ agents, audit }) => {
      if (!(await agents.insert(agent))) {
        throw new ChaperoneError('args_invalid', {
          detail: `The WordPress user ${userId} is bound to an agent already.`,
        });
      }
      await agents.insertKey(key);
      const { id: keyId, algorithm } = key;
      const base = { at: createdAt, actor };
      await audit.append([
        { ...base, kind: 'agent.created', detail: { agentId, name, userId, ...shownBounds(bounds) } },
        { ...base, kind: 'key.created', detail: { agentId, keyId, algorithm, ...shownBounds(keyBounds) } },
      ]);
    });
    return { agent, keyId: key.id, algorithm: key.algorithm, secret };
  };
}
