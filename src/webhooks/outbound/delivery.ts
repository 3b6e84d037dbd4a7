import type { MessageId, WebhookEndpointId } from '../../kernel/ids.js';
import type { NoticeKind } from './notice.js';

export const DELIVERY_STATES = ['pending', 'delivered', 'dead'] as const;
export type DeliveryState = (typeof DELIVERY_STATES)[number];

/** One notice on its way to one endpoint. */
export interface Delivery {
  readonly id: number;
  /** `webhook-id`: the same for all attempts, and for a redelivery. */
  readonly messageId: MessageId;
  readonly endpointId: WebhookEndpointId;
  readonly kind: NoticeKind;
  /** Exactly what is sent. */
  readonly body: string;
  readonly state: DeliveryState;
  readonly attempts: number;
  readonly nextAttemptAt: Date | null;
  readonly lastStatus: number | null;
  readonly lastError: string | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}
