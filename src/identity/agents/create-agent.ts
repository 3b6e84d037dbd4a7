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
import { makeKey, type KeyRequest } from './manage-keys.js';

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
  readonly actor: Actor;
}) => Promise<CreatedAgent>;

/** Binds an agent to a WordPress user, one to one, and gives it its first key. @throws args_invalid */
export function makeCreateAgent(deps: {
  readonly inTransaction: InTransaction<{ readonly agents: AgentStore; readonly audit: AuditLog }>;
  readonly box: SealedBox;
  readonly clock: Clock;
  readonly random: RandomBytes;
}): CreateAgent {
  return async ({ name, userId, key: request, actor }) => {
    const createdAt = deps.clock.now();
    const agent: Agent = { id: newAgentId(deps.random), name, userId, state: 'active', directUse: false, createdAt };
    const { key, secret } = makeKey(deps, request, { agentId: agent.id, state: 'active', createdAt });
    await deps.inTransaction(async ({ agents, audit }) => {
      if (!(await agents.insert(agent))) {
        throw new ChaperoneError('args_invalid', {
          detail: `The WordPress user ${userId} is bound to an agent already.`,
        });
      }
      await agents.insertKey(key);
      await audit.append([
        { kind: 'agent.created', at: createdAt, actor, detail: { agentId: agent.id, name, userId } },
        {
          kind: 'key.created',
          at: createdAt,
          actor,
          detail: { agentId: agent.id, keyId: key.id, algorithm: key.algorithm },
        },
      ]);
    });
    return { agent, keyId: key.id, algorithm: key.algorithm, secret };
  };
}
