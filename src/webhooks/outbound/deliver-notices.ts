import type { Clock } from '../../kernel/clock.js';
import type { RandomBytes, WebhookEndpointId } from '../../kernel/ids.js';
import type { InTransaction } from '../../kernel/in-transaction.js';
import type { Attempt } from './attempt.js';
import type { Delivery } from './delivery.js';
import type { DeliveryStore } from './delivery-store.js';
import type { EndpointStore } from './endpoint-store.js';
import type { SettleAttempt } from './settle.js';

/** Longer than an attempt can take: who dies in one leaves the delivery due again after this, and the endpoint free. */
export const TURN_MS = 60_000;
const MOST_ENDPOINTS = 20;
const MOST_DELIVERIES = 50;

export interface DeliverDeps {
  readonly inTransaction: InTransaction<{
    readonly webhookEndpoints: Pick<EndpointStore, 'keepTurn'>;
    readonly webhookDeliveries: Pick<DeliveryStore, 'begin'>;
  }>;
  readonly endpoints: Pick<EndpointStore, 'waiting' | 'takeTurn' | 'endTurn' | 'get'>;
  readonly deliveries: Pick<DeliveryStore, 'due'>;
  readonly attempt: Attempt;
  readonly settle: SettleAttempt;
  readonly clock: Clock;
  readonly random: RandomBytes;
}

/**
 * Sends what is due and answers how many notices arrived. One worker has an endpoint at a time, over all replicas, and
 * sends in the order in which things happened; endpoints don't wait for each other. An attempt is counted before it is made, so
 * one that a crash cut off is made again: a notice arrives at least once.
 */
export function makeDeliverNotices(deps: DeliverDeps): () => Promise<number> {
  return async () => {
    const waiting = await deps.endpoints.waiting(deps.clock.now(), MOST_ENDPOINTS);
    const counts = await Promise.all(waiting.map((id) => turnAt(deps, id)));
    return counts.reduce((sum, count) => sum + count, 0);
  };
}

async function turnAt(deps: DeliverDeps, id: WebhookEndpointId): Promise<number> {
  const claim = Buffer.from(deps.random(12)).toString('hex');
  const now = deps.clock.now();
  if (!(await deps.endpoints.takeTurn(id, { claim, until: turnEnd(now) }, now))) return 0;
  try {
    let arrived = 0;
    for (const delivery of await deps.deliveries.due(id, now, MOST_DELIVERIES)) {
      if (!(await sendOne(deps, delivery, claim))) break;
      arrived += 1;
    }
    return arrived;
  } finally {
    await deps.endpoints.endTurn(id, claim);
  }
}

const turnEnd = (now: Date): Date => new Date(now.getTime() + TURN_MS);

/**
 * False ends the turn: it was lost, or the receiver failed. That one gets no more in this turn, so that it isn't hammered and
 * nobody waits through a hundred time-outs.
 */
async function sendOne(deps: DeliverDeps, delivery: Delivery, claim: string): Promise<boolean> {
  const { id, endpointId, attempts } = delivery;
  const until = turnEnd(deps.clock.now());
  const isOurs = await deps.inTransaction(
    async ({ webhookEndpoints, webhookDeliveries }) =>
      (await webhookEndpoints.keepTurn(endpointId, { claim, until })) && (await webhookDeliveries.begin(id, until)),
  );
  const endpoint = isOurs ? await deps.endpoints.get(endpointId) : undefined;
  if (endpoint === undefined) return false;
  const result = await deps.attempt(endpoint, delivery);
  await deps.settle({ ...delivery, attempts: attempts + 1 }, result);
  return result.ok;
}
