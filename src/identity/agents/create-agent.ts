import type { Actor } from '../../audit/audit-entry.js';
import type { AuditLog } from '../../audit/audit-log.js';
import type { SealedBox } from '../../secrets/sealed-box.js';
import type { Clock } from '../../kernel/clock.js';
import { ChaperoneError } from '../../kernel/errors.js';
import { newAgentId, newKeyId, type KeyId, type RandomBytes, type WpUserId } from '../../kernel/ids.js';
import type { InTransaction } from '../../kernel/in-transaction.js';
import { Secret } from '../../kernel/secret.js';
import type { AgentStore } from './agent-store.js';
import { keyPlace, type Agent, type AgentKey, type KeyAlgorithm } from './agent.js';

/** What signs: a fresh HMAC secret of ours, or the public half of an Ed25519 key that the agent brings. */
export type KeyRequest =
  { readonly algorithm: 'hmac-sha256' } | { readonly algorithm: 'ed25519'; readonly publicKey: Uint8Array };

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

const SECRET_BYTES = 32;
const PUBLIC_KEY_BYTES = 32;

/** Binds an agent to a WordPress user, one to one, and gives it its first key. @throws args_invalid */
export function makeCreateAgent(deps: {
  readonly inTransaction: InTransaction<{ readonly agents: AgentStore; readonly audit: AuditLog }>;
  readonly box: SealedBox;
  readonly clock: Clock;
  readonly random: RandomBytes;
}): CreateAgent {
  const makeKey = (request: KeyRequest, agent: Agent): { key: AgentKey; secret: Secret<string> | null } => {
    const id = newKeyId(deps.random);
    const base = {
      id,
      agentId: agent.id,
      algorithm: request.algorithm,
      state: 'active',
      createdAt: agent.createdAt,
    } as const;
    if (request.algorithm === 'ed25519') {
      if (request.publicKey.byteLength !== PUBLIC_KEY_BYTES) {
        throw new ChaperoneError('args_invalid', { detail: 'An Ed25519 public key has 32 bytes.' });
      }
      return { key: { ...base, publicKey: Buffer.from(request.publicKey).toString('base64') }, secret: null };
    }
    const secret = Buffer.from(deps.random(SECRET_BYTES)).toString('base64');
    return { key: { ...base, sealedSecret: deps.box.seal(secret, keyPlace(id)) }, secret: new Secret(secret) };
  };
  return async ({ name, userId, key: request, actor }) => {
    const createdAt = deps.clock.now();
    const agent: Agent = { id: newAgentId(deps.random), name, userId, state: 'active', directUse: false, createdAt };
    const { key, secret } = makeKey(request, agent);
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
