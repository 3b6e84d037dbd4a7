import { z } from 'zod';
import type { Agent, AgentKey } from '../../identity/agents/agent.js';
import type { AgentStore } from '../../identity/agents/agent-store.js';
import type { CreateAgent } from '../../identity/agents/create-agent.js';
import { noSuchAgent, type DeleteAgent, type UpdateAgent } from '../../identity/agents/manage-agents.js';
import type { AddKey, KeyRequest, MadeKey, RevokeKey, RotateKey } from '../../identity/agents/manage-keys.js';
import { actorOf } from '../../identity/principal.js';
import { ChaperoneError } from '../../kernel/errors.js';
import { parseAgentId, parseKeyId, parseWpUserId, type AgentId, type KeyId, type WpUserId } from '../../kernel/ids.js';
import type { JsonObject } from '../../kernel/json.js';
import type { Secret } from '../../kernel/secret.js';
import { guarded, type GuardedRoute } from '../route.js';

/** A service account that the bridge made for an agent. */
export interface ServiceAccount {
  readonly userId: WpUserId;
  readonly login: string;
  readonly applicationPassword: Secret<string>;
}

export interface AgentRouteDeps {
  readonly agents: Pick<AgentStore, 'get' | 'list' | 'keysOf'>;
  readonly createAgent: CreateAgent;
  readonly updateAgent: UpdateAgent;
  readonly deleteAgent: DeleteAgent;
  readonly addKey: AddKey;
  readonly rotateKey: RotateKey;
  readonly revokeKey: RevokeKey;
  readonly createAccount: (account: { login: string; displayName: string }) => Promise<ServiceAccount | undefined>;
  readonly userExists: (id: WpUserId) => Promise<boolean>;
}

const name = z.string().trim().min(1).max(190);
const publicKey = z.base64().max(64);
const keyRequest = z
  .strictObject({
    algorithm: z.enum(['hmac-sha256', 'ed25519']).default('hmac-sha256'),
    publicKey: publicKey.optional(),
  })
  .refine(
    ({ algorithm, publicKey: given }) => (algorithm === 'ed25519') === (given !== undefined),
    'an ed25519 key comes with its publicKey, and no other does',
  )
  .transform(({ algorithm, publicKey: given }): KeyRequest =>
    algorithm === 'ed25519' ? { algorithm, publicKey: Buffer.from(given ?? '', 'base64') } : { algorithm },
  );

const creating = z
  .strictObject({
    name,
    /** An account that is there; otherwise the bridge makes one with `login`. */
    userId: z.int().min(1).optional(),
    login: z.string().trim().min(1).max(60).optional(),
    key: keyRequest.prefault({}),
  })
  .refine(({ userId, login }) => userId === undefined || login === undefined, 'give userId or login, not both');

const changing = z
  .strictObject({
    name: name.optional(),
    state: z.enum(['active', 'suspended']).optional(),
    directUse: z.boolean().optional(),
  })
  .refine((changes) => Object.keys(changes).length > 0, 'at least one change is needed');

const rotating = z.strictObject({
  /** Seconds; 24 hours when it isn't said, at most 7 days, 0 for a key that leaked. */
  overlap: z.int().min(0).max(604_800).default(86_400),
  force: z.boolean().default(false),
  publicKey: publicKey.optional(),
});

const showAgent = ({ id, name: text, userId, state, directUse, createdAt }: Agent): JsonObject => ({
  id,
  name: text,
  userId,
  state,
  directUse,
  createdAt: createdAt.toISOString(),
});

const showKey = ({ id, algorithm, state, notAfter, publicKey: half, createdAt }: AgentKey): JsonObject => ({
  id,
  algorithm,
  state,
  notAfter: notAfter?.toISOString() ?? null,
  publicKey: half ?? null,
  createdAt: createdAt.toISOString(),
});

/** With the secret, this once. */
const showMade = ({ key, secret }: MadeKey): JsonObject => ({ ...showKey(key), secret: secret?.reveal() ?? null });

function agentIdIn(params: Readonly<Record<string, string>>): AgentId {
  const id = parseAgentId(params['id']);
  if (id === undefined) throw noSuchAgent();
  return id;
}

function keyIdIn(params: Readonly<Record<string, string>>): KeyId {
  const id = parseKeyId(params['kid']);
  if (id === undefined) throw new ChaperoneError('not_found', { detail: 'There is no such key.' });
  return id;
}

const MANAGE = { capability: 'ai_agent_manage_agents' } as const;
/** Keys and what makes them: signed requests alone, which among those who manage agents means the bridge. */
const KEYS = { ...MANAGE, access: 'bridge' } as const;

export function agentRoutes(deps: AgentRouteDeps): readonly GuardedRoute[] {
  return [...readingRoutes(deps), ...changingRoutes(deps), ...keyRoutes(deps)];
}

function readingRoutes({ agents }: AgentRouteDeps): readonly GuardedRoute[] {
  const existing = async (params: Readonly<Record<string, string>>): Promise<Agent> => {
    const agent = await agents.get(agentIdIn(params));
    if (agent === undefined) throw noSuchAgent();
    return agent;
  };
  return [
    guarded({
      method: 'get',
      path: '/v1/agents',
      operationId: 'listAgents',
      summary: 'All agents.',
      ...MANAGE,
      access: 'any',
      responses: { 200: 'the agents' },
      handle: async () => ({ status: 200, body: { items: (await agents.list()).map(showAgent), nextCursor: null } }),
    }),
    guarded({
      method: 'get',
      path: '/v1/agents/{id}',
      operationId: 'getAgent',
      summary: 'One agent.',
      ...MANAGE,
      access: 'any',
      responses: { 200: 'the agent' },
      handle: async ({ params }) => ({ status: 200, body: showAgent(await existing(params)) }),
    }),
    guarded({
      method: 'get',
      path: '/v1/agents/{id}/keys',
      operationId: 'listKeys',
      summary: "An agent's keys, without their secrets.",
      ...MANAGE,
      access: 'any',
      responses: { 200: 'the keys' },
      async handle({ params }) {
        const { id } = await existing(params);
        return { status: 200, body: { items: (await agents.keysOf(id)).map(showKey), nextCursor: null } };
      },
    }),
  ];
}

/** The account that an agent is bound to: one that is there, or one that the bridge makes. */
async function accountFor(
  deps: AgentRouteDeps,
  body: z.infer<typeof creating>,
): Promise<{ userId: WpUserId; account: JsonObject | null }> {
  const given = parseWpUserId(body.userId);
  if (given !== undefined) {
    if (await deps.userExists(given)) return { userId: given, account: null };
    throw new ChaperoneError('args_invalid', { detail: `There is no WordPress user ${given}.` });
  }
  const made = await deps.createAccount({ login: body.login ?? 'ai-agent', displayName: body.name });
  if (made === undefined) {
    throw new ChaperoneError('args_invalid', {
      detail: 'This login is taken; choose another, or bind that user by userId.',
    });
  }
  return {
    userId: made.userId,
    account: { login: made.login, applicationPassword: made.applicationPassword.reveal() },
  };
}

function changingRoutes(deps: AgentRouteDeps): readonly GuardedRoute[] {
  return [
    guarded({
      method: 'post',
      path: '/v1/agents',
      operationId: 'createAgent',
      summary: 'Binds an agent to a service account and gives it a key; secrets are in this answer and nowhere else.',
      ...KEYS,
      body: creating,
      responses: { 201: 'made' },
      async handle({ principal, body }) {
        const { userId, account } = await accountFor(deps, body);
        const made = await deps.createAgent({ name: body.name, userId, key: body.key, actor: actorOf(principal) });
        const key = {
          id: made.keyId,
          algorithm: made.algorithm,
          state: 'active',
          secret: made.secret?.reveal() ?? null,
        };
        return { status: 201, body: { ...showAgent(made.agent), key, account } };
      },
    }),
    guarded({
      method: 'patch',
      path: '/v1/agents/{id}',
      operationId: 'updateAgent',
      summary: 'Suspends, resumes or renames an agent, or lifts the refusal of direct use.',
      ...MANAGE,
      access: 'any',
      body: changing,
      responses: { 200: 'changed' },
      async handle({ principal, params, body }) {
        const changes = Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined));
        return {
          status: 200,
          body: showAgent(await deps.updateAgent({ id: agentIdIn(params), changes, actor: actorOf(principal) })),
        };
      },
    }),
    guarded({
      method: 'delete',
      path: '/v1/agents/{id}',
      operationId: 'deleteAgent',
      summary: 'Ends an agent with all of its keys. Its WordPress account stays.',
      ...MANAGE,
      access: 'any',
      responses: { 200: 'gone' },
      async handle({ principal, params }) {
        const id = agentIdIn(params);
        await deps.deleteAgent({ id, actor: actorOf(principal) });
        return { status: 200, body: { id, deleted: true } };
      },
    }),
  ];
}

function keyRoutes(deps: AgentRouteDeps): readonly GuardedRoute[] {
  return [
    guarded({
      method: 'post',
      path: '/v1/agents/{id}/keys',
      operationId: 'addKey',
      summary: 'A further key; its secret is in this answer and nowhere else.',
      ...KEYS,
      body: keyRequest,
      responses: { 201: 'made' },
      async handle({ principal, params, body }) {
        const made = await deps.addKey({ agentId: agentIdIn(params), key: body, actor: actorOf(principal) });
        return { status: 201, body: showMade(made) };
      },
    }),
    guarded({
      method: 'post',
      path: '/v1/agents/{id}/keys/{kid}/rotate',
      operationId: 'rotateKey',
      summary: 'Replaces a key; the old one verifies until the overlap ends.',
      ...KEYS,
      body: rotating,
      stepUp: true,
      responses: { 201: 'the new key' },
      async handle({ principal, params, body }) {
        const { overlap, force, publicKey: half } = body;
        const made = await deps.rotateKey({
          agentId: agentIdIn(params),
          keyId: keyIdIn(params),
          overlapSeconds: overlap,
          force,
          ...(half === undefined ? {} : { publicKey: Buffer.from(half, 'base64') }),
          actor: actorOf(principal),
        });
        return { status: 201, body: { ...showMade(made), oldKeyValidUntil: made.oldKeyValidUntil.toISOString() } };
      },
    }),
    guarded({
      method: 'post',
      path: '/v1/agents/{id}/keys/{kid}/revoke',
      operationId: 'revokeKey',
      summary: 'Ends a key at once.',
      ...KEYS,
      responses: { 200: 'revoked' },
      async handle({ principal, params }) {
        const keyId = keyIdIn(params);
        await deps.revokeKey({ agentId: agentIdIn(params), keyId, actor: actorOf(principal) });
        return { status: 200, body: { id: keyId, state: 'revoked' } };
      },
    }),
  ];
}
