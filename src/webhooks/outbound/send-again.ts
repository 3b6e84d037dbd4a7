import type { Actor } from '../../audit/audit-entry.js';
import type { AuditLog } from '../../audit/audit-log.js';
import type { Clock } from '../../kernel/clock.js';
import { ChaperoneError } from '../../kernel/errors.js';
import { newMessageId, type RandomBytes, type WebhookEndpointId } from '../../kernel/ids.js';
import type { InTransaction } from '../../kernel/in-transaction.js';
import type { Attempt } from './attempt.js';
import type { Delivery } from './delivery.js';
import type { DeliveryStore } from './delivery-store.js';
import { TURN_MS } from './deliver-notices.js';
import type { EndpointStore } from './endpoint-store.js';
import { noSuchEndpoint } from './manage-endpoints.js';
import { bodyOf } from './notice.js';
import type { SettleAttempt } from './settle.js';

const noSuchDelivery = (): ChaperoneError =>
  new ChaperoneError('not_found', { detail: 'There is no such webhook delivery.' });

export type Redeliver = (input: { readonly id: number; readonly actor: Actor }) => Promise<Delivery>;

/** Puts a delivery back to the beginning of its schedule, under the same message id, whatever became of it. @throws not_found */
export function makeRedeliver(deps: {
  readonly inTransaction: InTransaction<{ readonly webhookDeliveries: DeliveryStore; readonly audit: AuditLog }>;
  readonly clock: Clock;
}): Redeliver {
  return ({ id, actor }) =>
    deps.inTransaction(async ({ webhookDeliveries, audit }) => {
      if ((await webhookDeliveries.get(id)) === undefined) throw noSuchDelivery();
      const at = deps.clock.now();
      await webhookDeliveries.renew(id, at);
      const detail = { name: 'webhook_delivery', delivery: id, change: 'redelivered' };
      await audit.append([{ kind: 'settings.changed', at, actor, detail }]);
      const renewed = await webhookDeliveries.get(id);
      if (renewed === undefined) throw noSuchDelivery();
      return renewed;
    });
}

export type TestEndpoint = (id: WebhookEndpointId) => Promise<Delivery>;

/** Sends one `webhook.test` at once, to an endpoint that is switched off too, and answers with what became of it. @throws not_found */
export function makeTestEndpoint(deps: {
  readonly endpoints: Pick<EndpointStore, 'get'>;
  readonly deliveries: Pick<DeliveryStore, 'insertFor' | 'begin' | 'get'>;
  readonly attempt: Attempt;
  readonly settle: SettleAttempt;
  readonly clock: Clock;
  readonly random: RandomBytes;
}): TestEndpoint {
  const { endpoints, deliveries, attempt, settle, clock, random } = deps;
  return async (id) => {
    const endpoint = await endpoints.get(id);
    if (endpoint === undefined) throw noSuchEndpoint();
    const at = clock.now();
    const kind = 'webhook.test';
    const body = bodyOf({ kind, at, data: {} });
    const notice = { messageId: newMessageId(random), kind, body, at, agentId: null, callId: null } as const;
    // Due again after a turn, so that a crash leaves no test that nobody ever sees the end of.
    const again = new Date(at.getTime() + TURN_MS);
    const delivery = await deliveries.insertFor(id, notice, again);
    await deliveries.begin(delivery.id, again);
    await settle({ ...delivery, attempts: 1 }, await attempt(endpoint, delivery), { once: true });
    const settled = await deliveries.get(delivery.id);
    if (settled === undefined) throw noSuchEndpoint();
    return settled;
  };
}
