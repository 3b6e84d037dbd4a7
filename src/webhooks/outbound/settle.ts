import type { NewAuditEntry } from '../../audit/audit-entry.js';
import type { AuditLog } from '../../audit/audit-log.js';
import type { Clock } from '../../kernel/clock.js';
import type { InTransaction } from '../../kernel/in-transaction.js';
import type { AttemptResult } from './attempt.js';
import type { Delivery, DeliveryState } from './delivery.js';
import type { DeliveryStore } from './delivery-store.js';
import type { WebhookEndpoint } from './endpoint.js';
import type { EndpointStore } from './endpoint-store.js';
import { GIVE_UP_AFTER_MS, nextAttempt } from './schedule.js';

interface Stores {
  readonly webhookEndpoints: Pick<EndpointStore, 'lock' | 'update'>;
  readonly webhookDeliveries: Pick<DeliveryStore, 'settle' | 'bury'>;
  readonly audit: AuditLog;
}

export type SettleAttempt = (
  delivery: Delivery,
  result: AttemptResult,
  options?: { readonly once: boolean },
) => Promise<DeliveryState>;

const NOBODY = { userId: null, agentId: null, credential: null, ip: null } as const;

function disabling({ id }: WebhookEndpoint, reason: string, at: Date): NewAuditEntry {
  const detail = { name: 'webhook_endpoint', endpoint: id, change: 'disabled', reason };
  return { kind: 'settings.changed', at, actor: NOBODY, detail };
}

/** Why an endpoint is switched off after this failure, if it is. */
function givingUp({ failingSince }: WebhookEndpoint, gone: boolean, at: Date): string | undefined {
  if (gone) return 'The receiver answered 410 Gone.';
  const isLong = failingSince !== null && at.getTime() - failingSince.getTime() >= GIVE_UP_AFTER_MS;
  return isLong ? 'Every attempt has failed for five days.' : undefined;
}

/**
 * Writes down what became of an attempt: delivered, to be tried again, or dead with its reason. An endpoint that has answered to nothing
 * for long is switched off together with the entry that says so.
 */
export function makeSettleAttempt(deps: {
  readonly inTransaction: InTransaction<Stores>;
  readonly clock: Clock;
  /** From 0 to 1. */
  readonly chance: () => number;
}): SettleAttempt {
  return (delivery, result, { once } = { once: false }) =>
    deps.inTransaction(async ({ webhookEndpoints, webhookDeliveries, audit }) => {
      const at = deps.clock.now();
      const { id, endpointId, attempts } = delivery;
      const endpoint = await webhookEndpoints.lock(endpointId);
      if (endpoint === undefined) return 'dead';
      if (result.ok) {
        const { status } = result;
        await webhookDeliveries.settle(id, { state: 'delivered', nextAttemptAt: null, status, error: null, at });
        if (endpoint.failingSince !== null) await webhookEndpoints.update(endpointId, { failingSince: null }, at);
        return 'delivered';
      }
      const again = once || result.gone ? undefined : nextAttempt(attempts, at, deps.chance());
      const state = again === undefined ? 'dead' : 'pending';
      const { status, reason: error } = result;
      await webhookDeliveries.settle(id, { state, nextAttemptAt: again ?? null, status, error, at });
      const reason = once ? undefined : givingUp(endpoint, result.gone, at);
      if (reason !== undefined && endpoint.state === 'active') {
        await webhookEndpoints.update(endpointId, { state: 'disabled', disabledReason: reason }, at);
        await webhookDeliveries.bury(endpointId, reason, at);
        await audit.append([disabling(endpoint, reason, at)]);
        return 'dead';
      }
      if (!once && endpoint.failingSince === null) await webhookEndpoints.update(endpointId, { failingSince: at }, at);
      return state;
    });
}
