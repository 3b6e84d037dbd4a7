import type { ReceiveWebhook } from '../../webhooks/inbound/receive-webhook.js';
import type { WebhookRoute } from '../route.js';

/** POST /v1/webhooks/{source}: the door for outside systems. */
export function webhookRoute({ receiveWebhook }: { readonly receiveWebhook: ReceiveWebhook }): WebhookRoute {
  return {
    method: 'post',
    path: '/v1/webhooks/{source}',
    operationId: 'receiveWebhook',
    summary: 'Starts the call that the source is bound to, as its agent.',
    access: 'webhook',
    responses: { 200: 'executed', 202: 'waits for people' },
    handle: (request, { source = '' }) => receiveWebhook(source, request),
  };
}
