import type { AgentId, CallId, MessageId, WebhookEndpointId } from '../../kernel/ids.js';
import type { Delivery, DeliveryState } from './delivery.js';
import type { NoticeKind } from './notice.js';

/** A notice before it is known who gets it. */
export interface OutgoingNotice {
  readonly messageId: MessageId;
  readonly kind: NoticeKind;
  readonly body: string;
  readonly at: Date;
  /** Whose business it is; a held call's agent is found by the call. */
  readonly agentId: AgentId | null;
  readonly callId: CallId | null;
}

/** The outbox, written in the transaction of the audit entry that a notice is about. */
export interface Outbox {
  /** One row for each active endpoint that wants such notices, as it is at this moment. */
  put(notice: OutgoingNotice): Promise<void>;
}

export interface Attempted {
  readonly state: DeliveryState;
  readonly nextAttemptAt: Date | null;
  readonly status: number | null;
  readonly error: string | null;
  readonly at: Date;
}

export interface DeliveryStore extends Outbox {
  /** One row for one endpoint, whatever it wants. */
  insertFor(endpointId: WebhookEndpointId, notice: OutgoingNotice, nextAttemptAt: Date): Promise<Delivery>;
  get(id: number): Promise<Delivery | undefined>;
  /** Newest first. */
  list(
    filter: { readonly endpointId?: WebhookEndpointId; readonly state?: DeliveryState },
    page: { readonly before?: number; readonly limit: number },
  ): Promise<readonly Delivery[]>;
  /** What is due for one endpoint, in the order in which it happened. */
  due(endpointId: WebhookEndpointId, now: Date, limit: number): Promise<readonly Delivery[]>;
  /** Counts an attempt before it is made; `again` is when it is due again if nobody comes back from it. */
  begin(id: number, again: Date): Promise<boolean>;
  settle(id: number, attempted: Attempted): Promise<void>;
  /** Sends it again from the beginning of its schedule. */
  renew(id: number, at: Date): Promise<void>;
  /** Ends everything that still waits for an endpoint. */
  bury(endpointId: WebhookEndpointId, reason: string, at: Date): Promise<void>;
  removeOf(endpointId: WebhookEndpointId): Promise<void>;
  /** Forgets at most `limit` that are no longer pending and older than `before`. */
  purge(before: Date, limit: number): Promise<number>;
}
