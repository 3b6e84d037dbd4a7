import { z } from 'zod';
import { actorOf } from '../../identity/principal.js';
import { ChaperoneError } from '../../kernel/errors.js';
import { parseWebhookEndpointId } from '../../kernel/ids.js';
import type { JsonObject } from '../../kernel/json.js';
import { DELIVERY_STATES, type Delivery } from '../../webhooks/outbound/delivery.js';
import type { DeliveryStore } from '../../webhooks/outbound/delivery-store.js';
import type { Redeliver } from '../../webhooks/outbound/send-again.js';
import { guarded, type GuardedRoute } from '../route.js';

const PAGE = 50;
const LARGEST_PAGE = 200;

const rowNumber = z
  .string()
  .regex(/^[1-9][0-9]{0,14}$/, 'must be a number of one')
  .transform(Number);

const listing = z.strictObject({
  endpoint: z
    .string()
    .transform((text, context) => {
      const id = parseWebhookEndpointId(text);
      if (id !== undefined) return id;
      context.addIssue("must be an endpoint's id");
      return z.NEVER;
    })
    .optional(),
  status: z.enum(DELIVERY_STATES).optional(),
  cursor: rowNumber.optional(),
  limit: rowNumber.refine((limit) => limit <= LARGEST_PAGE, `must be at most ${LARGEST_PAGE}`).default(PAGE),
});

export const showDelivery = (delivery: Delivery): JsonObject => ({
  id: delivery.id,
  messageId: delivery.messageId,
  endpointId: delivery.endpointId,
  event: delivery.kind,
  status: delivery.state,
  attempts: delivery.attempts,
  nextAttemptAt: delivery.nextAttemptAt?.toISOString() ?? null,
  lastStatus: delivery.lastStatus,
  lastError: delivery.lastError,
  payload: JSON.parse(delivery.body) as JsonObject,
  createdAt: delivery.createdAt.toISOString(),
  updatedAt: delivery.updatedAt.toISOString(),
});

export function webhookDeliveryRoutes(deps: {
  readonly webhookDeliveries: Pick<DeliveryStore, 'list'>;
  readonly redeliver: Redeliver;
}): readonly GuardedRoute[] {
  return [
    guarded({
      method: 'get',
      path: '/v1/webhook-deliveries',
      operationId: 'listWebhookDeliveries',
      summary: 'Notices on their way, delivered and dead, newest first.',
      access: 'any',
      capability: 'ai_agent_manage_settings',
      query: listing,
      responses: { 200: 'a page; nextCursor is null on the last one' },
      async handle({ query: { endpoint, status, cursor, limit } }) {
        const found = await deps.webhookDeliveries.list(
          {
            ...(endpoint === undefined ? {} : { endpointId: endpoint }),
            ...(status === undefined ? {} : { state: status }),
          },
          { limit: limit + 1, ...(cursor === undefined ? {} : { before: cursor }) },
        );
        const items = found.slice(0, limit);
        const last = found.length > limit ? items.at(-1) : undefined;
        return {
          status: 200,
          body: { items: items.map(showDelivery), nextCursor: last === undefined ? null : String(last.id) },
        };
      },
    }),
    guarded({
      method: 'post',
      path: '/v1/webhook-deliveries/{id}/redeliver',
      operationId: 'redeliverWebhook',
      summary: 'Sends a notice again, from the beginning of its schedule, under the same message id.',
      access: 'any',
      capability: 'ai_agent_manage_settings',
      responses: { 200: 'on its way' },
      async handle({ principal, params }) {
        const id = rowNumber.safeParse(params['id']);
        if (!id.success) throw new ChaperoneError('not_found', { detail: 'There is no such webhook delivery.' });
        return {
          status: 200,
          body: showDelivery(await deps.redeliver({ id: id.data, actor: actorOf(principal) })),
        };
      },
    }),
  ];
}
