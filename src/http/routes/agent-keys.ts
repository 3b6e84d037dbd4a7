import { z } from 'zod';
import type { ActivateKey } from '../../identity/agents/activate-key.js';
import type { AgentStore } from '../../identity/agents/agent-store.js';
import { noSuchAgent } from '../../identity/agents/manage-agents.js';
import type { AddKey, RevokeKey, RotateKey } from '../../identity/agents/manage-keys.js';
import { actorOf } from '../../identity/principal.js';
import { ChaperoneError } from '../../kernel/errors.js';
import { guarded, type GuardedRoute } from '../route.js';
import {
  agentIdIn,
  isWhole,
  keyBounds,
  keyIdIn,
  keyRequestOf,
  publicKey,
  sentBounds,
  showKey,
  showMade,
  signing,
  WHOLE,
} from './agent-view.js';

export interface KeyRouteDeps {
  readonly agents: Pick<AgentStore, 'get' | 'keysOf' | 'key'>;
  readonly addKey: AddKey;
  readonly rotateKey: RotateKey;
  readonly activateKey: ActivateKey;
  readonly revokeKey: RevokeKey;
  readonly now: () => Date;
}

const adding = z
  .strictObject({ ...signing, ...keyBounds, state: z.enum(['active', 'pending']).default('active') })
  .refine(isWhole, WHOLE);

/** Seconds; 24 hours when it isn't said, at most 7 days, 0 for a key that leaked. */
const overlap = z.int().min(0).max(604_800).default(86_400);
const activating = z.strictObject({ overlap, force: z.boolean().default(false) });
const rotating = z.strictObject({
  overlap,
  force: z.boolean().default(false),
  /** `pending`: the new key waits for its activation, and until then the old one stays what it is. */
  state: z.enum(['active', 'pending']).default('active'),
  publicKey: publicKey.optional(),
  ...keyBounds,
});

/** Keys and what makes them: signed requests alone, which among those who manage agents means the bridge. */
const KEYS = { capability: 'ai_agent_manage_agents', access: 'bridge' } as const;

const instantOrNull = (at: Date | null): string | null => at?.toISOString() ?? null;

export function keyRoutes(deps: KeyRouteDeps): readonly GuardedRoute[] {
  return [...watchingRoutes(deps), ...makingRoutes(deps), ...endingRoutes(deps)];
}

function watchingRoutes({ agents, now }: KeyRouteDeps): readonly GuardedRoute[] {
  return [
    guarded({
      method: 'get',
      path: '/v1/agents/{id}/keys',
      operationId: 'listKeys',
      summary:
        "An agent's keys, without their secrets: states, fingerprints, last use, calls that a retiring key still signs.",
      capability: 'ai_agent_manage_agents',
      access: 'any',
      responses: { 200: 'the keys' },
      async handle({ params }) {
        const id = agentIdIn(params);
        if ((await agents.get(id)) === undefined) throw noSuchAgent();
        const items = (await agents.keysOf(id)).map((key) => showKey(key, now()));
        return { status: 200, body: { items, nextCursor: null } };
      },
    }),
    guarded({
      method: 'post',
      path: '/v1/keys/check',
      operationId: 'checkKey',
      summary: 'Tries the key that signs this request, also one that is still pending. It does nothing else.',
      capability: null,
      tokenScopes: [],
      access: 'signed',
      trial: true,
      responses: { 200: 'the signature verifies' },
      async handle({ principal }) {
        const found = principal.keyId === null ? undefined : await agents.key(principal.keyId);
        if (found === undefined) throw new ChaperoneError('signature_invalid');
        const { publicKey: _half, ...key } = showKey(found.key, now());
        return { status: 200, body: { ok: true, agentId: found.agent.id, key } };
      },
    }),
  ];
}

function makingRoutes(deps: KeyRouteDeps): readonly GuardedRoute[] {
  return [
    guarded({
      method: 'post',
      path: '/v1/agents/{id}/keys',
      operationId: 'addKey',
      summary: 'A further key, active or pending; its secret is in this answer and nowhere else.',
      ...KEYS,
      body: adding,
      responses: { 201: 'made' },
      async handle({ principal, params, body }) {
        const made = await deps.addKey({
          agentId: agentIdIn(params),
          key: keyRequestOf(body),
          pending: body.state === 'pending',
          bounds: sentBounds({ expiresAt: body.expiresAt, allowedIps: body.allowedIps }),
          actor: actorOf(principal),
        });
        return { status: 201, body: showMade(made, deps.now()) };
      },
    }),
    guarded({
      method: 'post',
      path: '/v1/agents/{id}/keys/{kid}/rotate',
      operationId: 'rotateKey',
      summary:
        'Replaces a key; the old one verifies until the overlap ends, or until a pending new one is activated and then so long.',
      ...KEYS,
      body: rotating,
      stepUp: true,
      responses: { 201: 'the new key' },
      async handle({ principal, params, body }) {
        const { publicKey: half } = body;
        const made = await deps.rotateKey({
          agentId: agentIdIn(params),
          keyId: keyIdIn(params),
          overlapSeconds: body.overlap,
          force: body.force,
          pending: body.state === 'pending',
          bounds: sentBounds({ expiresAt: body.expiresAt, allowedIps: body.allowedIps }),
          ...(half === undefined ? {} : { publicKey: Buffer.from(half, 'base64') }),
          actor: actorOf(principal),
        });
        const oldKeyValidUntil = instantOrNull(made.oldKeyValidUntil);
        return { status: 201, body: { ...showMade(made, deps.now()), oldKeyValidUntil } };
      },
    }),
  ];
}

function endingRoutes(deps: KeyRouteDeps): readonly GuardedRoute[] {
  return [
    guarded({
      method: 'post',
      path: '/v1/agents/{id}/keys/{kid}/activate',
      operationId: 'activateKey',
      summary: 'Lets a pending key sign everything; the key that it replaces retires.',
      ...KEYS,
      body: activating,
      stepUp: true,
      responses: { 200: 'active' },
      async handle({ principal, params, body }) {
        const { key, oldKeyValidUntil } = await deps.activateKey({
          agentId: agentIdIn(params),
          keyId: keyIdIn(params),
          overlapSeconds: body.overlap,
          force: body.force,
          actor: actorOf(principal),
        });
        return {
          status: 200,
          body: { ...showKey(key, deps.now()), oldKeyValidUntil: instantOrNull(oldKeyValidUntil) },
        };
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
