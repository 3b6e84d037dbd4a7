import { z } from 'zod';
import { actorOf } from '../../identity/principal.js';
import type { Clock } from '../../kernel/clock.js';
import { parseAgentId, parseWebhookEndpointId, type WebhookEndpointId } from '../../kernel/ids.js';
import type { JsonObject } from '../../kernel/json.js';
import { ownerOfEndpoint, type WebhookEndpoint } from '../../webhooks/outbound/endpoint.js';
import type { EndpointStore } from '../../webhooks/outbound/endpoint-store.js';
import {
  noSuchEndpoint,
  type CreateEndpoint,
  type DeleteEndpoint,
  type UpdateEndpoint,
} from '../../webhooks/outbound/manage-endpoints.js';
import { NOTICE_KINDS } from '../../webhooks/outbound/notice.js';
import type { TestEndpoint } from '../../webhooks/outbound/send-again.js';
import type { RotateWebhookSecret } from '../../webhooks/rotate-webhook-secret.js';
import type { WebhookSecretStore } from '../../webhooks/secret-store.js';
import { guarded, type GuardedRoute } from '../route.js';
import { showDelivery } from './webhook-deliveries.js';
import { assertMayHandleSecrets, rotating, showSecrets } from './webhook-secrets.js';

export interface EndpointRouteDeps {
  readonly webhookEndpoints: Pick<EndpointStore, 'get' | 'list'>;
  readonly webhookSecrets: Pick<WebhookSecretStore, 'ofOwner'>;
  readonly createEndpoint: CreateEndpoint;
  readonly updateEndpoint: UpdateEndpoint;
  readonly deleteEndpoint: DeleteEndpoint;
  readonly testEndpoint: TestEndpoint;
  readonly rotateWebhookSecret: RotateWebhookSecret;
  readonly clock: Clock;
}

const url = z.string().min(1).max(2_000);
const description = z.string().trim().max(190);
/** Absent or null: all of them, those of later versions too. */
const events = z.array(z.enum(NOTICE_KINDS)).min(1).max(NOTICE_KINDS.length).nullable();

const creating = z.strictObject({
  url,
  events: events.default(null),
  description: description.default(''),
  agentId: z
    .string()
    .transform((text, context) => {
      const id = parseAgentId(text);
      if (id !== undefined) return id;
      context.addIssue("must be an agent's id");
      return z.NEVER;
    })
    .nullable()
    .default(null),
});

const changing = z
  .strictObject({
    url: url.optional(),
    events: events.optional(),
    description: description.optional(),
    state: z.enum(['active', 'disabled']).optional(),
  })
  .refine((changes) => Object.keys(changes).length > 0, 'at least one change is needed');

export const showEndpoint = (endpoint: WebhookEndpoint): JsonObject => ({
  id: endpoint.id,
  url: endpoint.url,
  agentId: endpoint.agentId,
  events: endpoint.events,
  description: endpoint.description,
  state: endpoint.state,
  disabledReason: endpoint.disabledReason,
  failingSince: endpoint.failingSince?.toISOString() ?? null,
  createdAt: endpoint.createdAt.toISOString(),
  updatedAt: endpoint.updatedAt.toISOString(),
});

function idIn(params: Readonly<Record<string, string>>): WebhookEndpointId {
  const id = parseWebhookEndpointId(params['id']);
  if (id === undefined) throw noSuchEndpoint();
  return id;
}

const MANAGE = { capability: 'ai_agent_manage_settings' } as const;

function readingRoutes({ webhookEndpoints, webhookSecrets, clock }: EndpointRouteDeps): readonly GuardedRoute[] {
  return [
    guarded({
      method: 'get',
      path: '/v1/webhook-endpoints',
      operationId: 'listWebhookEndpoints',
      summary: 'Where notices go.',
      ...MANAGE,
      access: 'any',
      responses: { 200: 'the endpoints' },
      handle: async () => ({
        status: 200,
        body: { items: (await webhookEndpoints.list()).map(showEndpoint), nextCursor: null },
      }),
    }),
    guarded({
      method: 'get',
      path: '/v1/webhook-endpoints/{id}',
      operationId: 'getWebhookEndpoint',
      summary: 'One endpoint, with the fingerprints of its secrets.',
      ...MANAGE,
      access: 'any',
      responses: { 200: 'the endpoint' },
      async handle({ params }) {
        const endpoint = await webhookEndpoints.get(idIn(params));
        if (endpoint === undefined) throw noSuchEndpoint();
        const rows = await webhookSecrets.ofOwner(ownerOfEndpoint(endpoint.id));
        return { status: 200, body: { ...showEndpoint(endpoint), secrets: showSecrets(rows, clock.now()) } };
      },
    }),
  ];
}

function secretRoutes({ createEndpoint, rotateWebhookSecret }: EndpointRouteDeps): readonly GuardedRoute[] {
  return [
    guarded({
      method: 'post',
      path: '/v1/webhook-endpoints',
      operationId: 'createWebhookEndpoint',
      summary:
        'Sends notices to an address; the secret that verifies them is in this answer and nowhere else. Needs ai_agent_manage_secrets too.',
      ...MANAGE,
      access: 'bridge',
      body: creating,
      responses: { 201: 'made' },
      async handle({ principal, body }) {
        assertMayHandleSecrets(principal);
        const made = await createEndpoint({ ...body, actor: actorOf(principal) });
        return { status: 201, body: { ...showEndpoint(made.endpoint), secret: made.secret.reveal() } };
      },
    }),
    guarded({
      method: 'post',
      path: '/v1/webhook-endpoints/{id}/rotate',
      operationId: 'rotateWebhookEndpoint',
      summary: "Replaces an endpoint's secret; until the overlap ends, notices are signed with both.",
      capability: 'ai_agent_manage_secrets',
      access: 'bridge',
      body: rotating.omit({ secret: true }),
      responses: { 201: 'the new secret' },
      async handle({ principal, params, body: { overlap, force } }) {
        const made = await rotateWebhookSecret({
          of: { kind: 'endpoint', id: idIn(params) },
          overlapSeconds: overlap,
          force,
          actor: actorOf(principal),
        });
        const oldSecretValidUntil = made.oldSecretValidUntil.toISOString();
        return { status: 201, body: { secret: made.secret.reveal(), oldSecretValidUntil } };
      },
    }),
  ];
}

function changingRoutes({ updateEndpoint, deleteEndpoint, testEndpoint }: EndpointRouteDeps): readonly GuardedRoute[] {
  return [
    guarded({
      method: 'patch',
      path: '/v1/webhook-endpoints/{id}',
      operationId: 'updateWebhookEndpoint',
      summary: 'Changes an endpoint, or switches it off and on.',
      ...MANAGE,
      access: 'any',
      body: changing,
      responses: { 200: 'changed' },
      async handle({ principal, params, body }) {
        const changes = Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined));
        const endpoint = await updateEndpoint({ id: idIn(params), changes, actor: actorOf(principal) });
        return { status: 200, body: showEndpoint(endpoint) };
      },
    }),
    guarded({
      method: 'delete',
      path: '/v1/webhook-endpoints/{id}',
      operationId: 'deleteWebhookEndpoint',
      summary: 'Ends an endpoint with its secrets and what is on the way to it.',
      ...MANAGE,
      access: 'any',
      responses: { 200: 'gone' },
      async handle({ principal, params }) {
        const id = idIn(params);
        await deleteEndpoint({ id, actor: actorOf(principal) });
        return { status: 200, body: { id, deleted: true } };
      },
    }),
    guarded({
      method: 'post',
      path: '/v1/webhook-endpoints/{id}/test',
      operationId: 'testWebhookEndpoint',
      summary: 'Sends a webhook.test now and says what became of it.',
      ...MANAGE,
      access: 'any',
      responses: { 200: 'the delivery, delivered or dead with its reason' },
      handle: async ({ params }) => ({ status: 200, body: showDelivery(await testEndpoint(idIn(params))) }),
    }),
  ];
}

export const webhookEndpointRoutes = (deps: EndpointRouteDeps): readonly GuardedRoute[] => [
  ...readingRoutes(deps),
  ...secretRoutes(deps),
  ...changingRoutes(deps),
];
