import { newCallId } from './kernel/ids.js';
import { makeFindSource } from './webhooks/inbound/known-source.js';
import { makeCreateSource, makeDeleteSource, makeUpdateSource } from './webhooks/inbound/manage-sources.js';
import { makeReceiveWebhook } from './webhooks/inbound/receive-webhook.js';
import { makeRotateWebhookSecret } from './webhooks/rotate-webhook-secret.js';
import type { Ground, Identity } from './compose-ground.js';
import type { UseCases } from './compose-use-cases.js';

/** Outside systems that start calls. */
export function makeWebhooks(
  ground: Ground,
  { loadPrincipal }: Identity,
  { submitCall }: Pick<UseCases, 'submitCall'>,
) {
  const { config, clock, random, box, stores, inTransaction } = ground;
  const managing = { inTransaction, box, clock, random };
  return {
    receiveWebhook: makeReceiveWebhook({
      findSource: makeFindSource({
        sources: stores.webhookSources,
        secrets: stores.webhookSecrets,
        box,
        clock,
        random,
      }),
      agents: stores.agents,
      loadPrincipal,
      submitCall,
      newCallId: () => newCallId(random),
      inTransaction,
      clock,
      publicUrl: config.publicUrl,
    }),
    createSource: makeCreateSource(managing),
    updateSource: makeUpdateSource(managing),
    deleteSource: makeDeleteSource(managing),
    rotateWebhookSecret: makeRotateWebhookSecret(managing),
  };
}

export type Webhooks = ReturnType<typeof makeWebhooks>;
