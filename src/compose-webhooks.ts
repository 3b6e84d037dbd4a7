import { makeTellApprovers } from './approvals/tell-approvers.js';
import { newCallId } from './kernel/ids.js';
import { inRounds } from './kernel/rounds.js';
import { makeFindSource } from './webhooks/inbound/known-source.js';
import { makeCreateSource, makeDeleteSource, makeUpdateSource } from './webhooks/inbound/manage-sources.js';
import { makeReceiveWebhook } from './webhooks/inbound/receive-webhook.js';
import { makeAddressRules } from './webhooks/outbound/address.js';
import { makeAttempt } from './webhooks/outbound/attempt.js';
import { makeDeliverNotices } from './webhooks/outbound/deliver-notices.js';
import { makeResolveDestination } from './webhooks/outbound/destination.js';
import { makeCreateEndpoint, makeDeleteEndpoint, makeUpdateEndpoint } from './webhooks/outbound/manage-endpoints.js';
import { mailOr, makeEnsureMail, makeMailAttempt } from './webhooks/outbound/mail.js';
import { lookupAll, makePost } from './webhooks/outbound/post.node.js';
import { makeRedeliver, makeTestEndpoint } from './webhooks/outbound/send-again.js';
import { makeSettleAttempt } from './webhooks/outbound/settle.js';
import { makeRotateWebhookSecret } from './webhooks/rotate-webhook-secret.js';
import type { Ground, Identity, WordPress } from './compose-ground.js';
import type { UseCases } from './compose-use-cases.js';
import { VERSION } from './version.js';

/** What Standard Webhooks gives a receiver to answer in. */
const POST_TIMEOUT_MS = 15_000;
const MOST_OF_AN_ANSWER = 65_536;
/** Notices that are no longer on their way are kept so long for those who look. */
const KEPT_MS = 30 * 86_400_000;
const DELIVERIES_AT_A_TIME = 1_000;

/** What people and agents are told of: where it goes, and sending it. */
function makeNotices(ground: Ground, { bridge }: WordPress) {
  const { config, clock, random, box, stores, inTransaction } = ground;
  const { webhookEndpoints: endpoints, webhookDeliveries: deliveries, webhookSecrets: secrets } = stores;
  const resolve = makeResolveDestination({ lookup: lookupAll, rules: makeAddressRules(config.webhookNetworks) });
  const post = makePost({ timeoutMs: POST_TIMEOUT_MS, maxBytes: MOST_OF_AN_ANSWER });
  const tell = makeTellApprovers({ ...stores, send: (mailing) => bridge.sendMail(mailing), clock });
  const attempt = mailOr(
    makeMailAttempt(tell),
    makeAttempt({ secrets, box, resolve, post, clock, userAgent: `Chaperone/${VERSION}` }),
  );
  const chance = (): number => (random(1)[0] ?? 0) / 255;
  const settle = makeSettleAttempt({ inTransaction, clock, chance });
  const managing = { inTransaction, resolve, box, clock, random };
  return {
    ensureMail: makeEnsureMail({ inTransaction, endpoints, clock }),
    createEndpoint: makeCreateEndpoint(managing),
    updateEndpoint: makeUpdateEndpoint(managing),
    deleteEndpoint: makeDeleteEndpoint(managing),
    testEndpoint: makeTestEndpoint({ endpoints, deliveries, attempt, settle, clock, random }),
    redeliver: makeRedeliver({ inTransaction, clock }),
    deliverNotices: makeDeliverNotices({ inTransaction, endpoints, deliveries, attempt, settle, clock, random }),
    purgeDeliveries: () => {
      const before = new Date(clock.now().getTime() - KEPT_MS);
      return inRounds(() => deliveries.purge(before, DELIVERIES_AT_A_TIME), { enough: DELIVERIES_AT_A_TIME });
    },
  };
}

/** Outside systems that start calls, and those that are told of what happened. */
export function makeWebhooks(
  ground: Ground,
  wordpress: WordPress,
  { loadPrincipal, writeRefusal }: Identity,
  { submitCall }: Pick<UseCases, 'submitCall'>,
) {
  const { config, clock, random, box, stores, inTransaction } = ground;
  const managing = { inTransaction, box, clock, random };
  return {
    webhookSources: stores.webhookSources,
    webhookEndpoints: stores.webhookEndpoints,
    webhookDeliveries: stores.webhookDeliveries,
    webhookSecrets: stores.webhookSecrets,
    ...makeNotices(ground, wordpress),
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
      writeRefusal,
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
