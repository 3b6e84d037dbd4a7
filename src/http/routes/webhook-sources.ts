import { z } from 'zod';
import { actorOf } from '../../identity/principal.js';
import type { Clock } from '../../kernel/clock.js';
import { parseAgentId } from '../../kernel/ids.js';
import { jsonValue } from '../../kernel/json-value.js';
import type { JsonObject } from '../../kernel/json.js';
import {
  noSuchSource,
  type CreateSource,
  type DeleteSource,
  type UpdateSource,
} from '../../webhooks/inbound/manage-sources.js';
import { ownerOfSource, parseSourceName, type SourceName, type WebhookSource } from '../../webhooks/inbound/source.js';
import type { SourceStore } from '../../webhooks/inbound/source-store.js';
import type { RotateWebhookSecret } from '../../webhooks/rotate-webhook-secret.js';
import type { WebhookSecretStore } from '../../webhooks/secret-store.js';
import { guarded, type GuardedRoute } from '../route.js';
import { assertMayHandleSecrets, bytesOfGiven, given, rotating, showSecrets } from './webhook-secrets.js';

export interface SourceRouteDeps {
  readonly webhookSources: Pick<SourceStore, 'get' | 'list'>;
  readonly webhookSecrets: Pick<WebhookSecretStore, 'ofOwner'>;
  readonly createSource: CreateSource;
  readonly updateSource: UpdateSource;
  readonly deleteSource: DeleteSource;
  readonly rotateWebhookSecret: RotateWebhookSecret;
  readonly clock: Clock;
}

const name = z.string().transform((text, context): SourceName => {
  const parsed = parseSourceName(text);
  if (parsed !== undefined) return parsed;
  context.addIssue('must hold 1 to 64 of a-z, 0-9, - and _, with a letter or digit at both ends');
  return z.NEVER;
});
const tool = z.string().min(1).max(64);
const description = z.string().trim().max(190);
const argument = z.union(
  [z.strictObject({ from: z.string().max(500) }), z.strictObject({ value: jsonValue })],
  'must be {"from": "/a/json/pointer"} or {"value": …}',
);
export const mapping = z.record(z.string().min(1).max(64), argument);

const creating = z.strictObject({
  name,
  agentId: z.string().transform((text, context) => {
    const id = parseAgentId(text);
    if (id !== undefined) return id;
    context.addIssue("must be an agent's id");
    return z.NEVER;
  }),
  tool,
  args: mapping,
  description: description.default(''),
  secret: given.optional(),
});

const changing = z
  .strictObject({
    tool: tool.optional(),
    args: mapping.optional(),
    description: description.optional(),
    state: z.enum(['active', 'paused']).optional(),
  })
  .refine((changes) => Object.keys(changes).length > 0, 'at least one change is needed');

export const showSource = (source: WebhookSource): JsonObject => ({
  name: source.name,
  agentId: source.agentId,
  tool: source.tool,
  args: Object.fromEntries(Object.entries(source.mapping).map(([each, from]) => [each, { ...from }])),
  description: source.description,
  state: source.state,
  path: `/v1/webhooks/${source.name}`,
  createdAt: source.createdAt.toISOString(),
  updatedAt: source.updatedAt.toISOString(),
});

function nameIn(params: Readonly<Record<string, string>>): SourceName {
  const parsed = parseSourceName(params['name'] ?? '');
  if (parsed === undefined) throw noSuchSource();
  return parsed;
}

const MANAGE = { capability: 'ai_agent_manage_settings' } as const;

function readingRoutes({ webhookSources, webhookSecrets, clock }: SourceRouteDeps): readonly GuardedRoute[] {
  return [
    guarded({
      method: 'get',
      path: '/v1/webhook-sources',
      operationId: 'listWebhookSources',
      summary: 'Outside systems that may start a call.',
      ...MANAGE,
      access: 'any',
      responses: { 200: 'the sources' },
      handle: async () => ({
        status: 200,
        body: { items: (await webhookSources.list()).map(showSource), nextCursor: null },
      }),
    }),
    guarded({
      method: 'get',
      path: '/v1/webhook-sources/{name}',
      operationId: 'getWebhookSource',
      summary: 'One source, with the fingerprints of its secrets.',
      ...MANAGE,
      access: 'any',
      responses: { 200: 'the source' },
      async handle({ params }) {
        const source = await webhookSources.get(nameIn(params));
        if (source === undefined) throw noSuchSource();
        const rows = await webhookSecrets.ofOwner(ownerOfSource(source.name));
        return { status: 200, body: { ...showSource(source), secrets: showSecrets(rows, clock.now()) } };
      },
    }),
  ];
}

function secretRoutes({ createSource, rotateWebhookSecret }: SourceRouteDeps): readonly GuardedRoute[] {
  return [
    guarded({
      method: 'post',
      path: '/v1/webhook-sources',
      operationId: 'createWebhookSource',
      summary:
        'Binds an outside system to one agent and one tool; its secret is in this answer and nowhere else. Needs ai_agent_manage_secrets too.',
      ...MANAGE,
      access: 'bridge',
      body: creating,
      responses: { 201: 'made' },
      async handle({ principal, body: { args, secret, ...wanted } }) {
        assertMayHandleSecrets(principal);
        const made = await createSource({
          ...wanted,
          mapping: args,
          ...bytesOfGiven(secret),
          actor: actorOf(principal),
        });
        return { status: 201, body: { ...showSource(made.source), secret: made.secret.reveal() } };
      },
    }),
    guarded({
      method: 'post',
      path: '/v1/webhook-sources/{name}/rotate',
      operationId: 'rotateWebhookSource',
      summary: "Replaces a source's secret; the old one verifies until the overlap ends.",
      capability: 'ai_agent_manage_secrets',
      access: 'bridge',
      body: rotating,
      responses: { 201: 'the new secret' },
      async handle({ principal, params, body: { overlap, force, secret } }) {
        const made = await rotateWebhookSecret({
          of: { kind: 'source', name: nameIn(params) },
          ...bytesOfGiven(secret),
          overlapSeconds: overlap,
          force,
          actor: actorOf(principal),
        });
        return {
          status: 201,
          body: { secret: made.secret.reveal(), oldSecretValidUntil: made.oldSecretValidUntil.toISOString() },
        };
      },
    }),
  ];
}

export function webhookSourceRoutes(deps: SourceRouteDeps): readonly GuardedRoute[] {
  return [
    ...readingRoutes(deps),
    ...secretRoutes(deps),
    guarded({
      method: 'patch',
      path: '/v1/webhook-sources/{name}',
      operationId: 'updateWebhookSource',
      summary: 'Changes what a source starts, or pauses it; its agent stays.',
      ...MANAGE,
      access: 'any',
      body: changing,
      responses: { 200: 'changed' },
      async handle({ principal, params, body: { args, ...plain } }) {
        const given = Object.fromEntries(Object.entries(plain).filter(([, value]) => value !== undefined));
        const changes = { ...given, ...(args === undefined ? {} : { mapping: args }) };
        const source = await deps.updateSource({ name: nameIn(params), changes, actor: actorOf(principal) });
        return { status: 200, body: showSource(source) };
      },
    }),
    guarded({
      method: 'delete',
      path: '/v1/webhook-sources/{name}',
      operationId: 'deleteWebhookSource',
      summary: 'Ends a source with its secrets.',
      ...MANAGE,
      access: 'any',
      responses: { 200: 'gone' },
      async handle({ principal, params }) {
        const gone = nameIn(params);
        await deps.deleteSource({ name: gone, actor: actorOf(principal) });
        return { status: 200, body: { name: gone, deleted: true } };
      },
    }),
  ];
}
