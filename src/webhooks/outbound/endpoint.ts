import type { AgentId, WebhookEndpointId } from '../../kernel/ids.js';
import type { SecretOwner } from '../webhook-secret.js';
import type { NoticeKind } from './notice.js';

/** Where notices go. */
export interface WebhookEndpoint {
  readonly id: WebhookEndpointId;
  /** May hold a token of its receiver's; the log gets its origin alone. */
  readonly url: string;
  /** Of an agent that waits for its own calls: it is told of nothing else. Null: of everything on the site. */
  readonly agentId: AgentId | null;
  /** Null: all of them, those of later versions too. */
  readonly events: readonly NoticeKind[] | null;
  readonly description: string;
  readonly state: 'active' | 'disabled';
  readonly disabledReason: string | null;
  /** Since when every attempt has failed; null when the last one succeeded. */
  readonly failingSince: Date | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export const ownerOfEndpoint = (id: WebhookEndpointId): SecretOwner => `endpoint:${id}`;
