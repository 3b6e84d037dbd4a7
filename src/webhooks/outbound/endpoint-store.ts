import type { WebhookEndpointId } from '../../kernel/ids.js';
import type { WebhookEndpoint } from './endpoint.js';

/** What may change of an endpoint; absent: left as it is. */
export type EndpointChanges = Partial<
  Pick<WebhookEndpoint, 'url' | 'events' | 'description' | 'state' | 'disabledReason' | 'failingSince'>
>;

/** One worker's turn at one endpoint, until it ends. */
export interface Turn {
  readonly claim: string;
  readonly until: Date;
}

export interface EndpointStore {
  insert(endpoint: WebhookEndpoint): Promise<void>;
  get(id: WebhookEndpointId): Promise<WebhookEndpoint | undefined>;
  /** As `get`, and nobody else changes it until the transaction ends. */
  lock(id: WebhookEndpointId): Promise<WebhookEndpoint | undefined>;
  /** Oldest first. */
  list(): Promise<readonly WebhookEndpoint[]>;
  update(id: WebhookEndpointId, changes: EndpointChanges, at: Date): Promise<void>;
  remove(id: WebhookEndpointId): Promise<void>;
  /** Active endpoints for which something is due and whose turn nobody has. */
  waiting(now: Date, limit: number): Promise<readonly WebhookEndpointId[]>;
  /** Takes the turn, when nobody has it. Of any number of workers at once, one gets it. */
  takeTurn(id: WebhookEndpointId, turn: Turn, now: Date): Promise<boolean>;
  /** @returns false when the turn was lost meanwhile */
  keepTurn(id: WebhookEndpointId, turn: Turn): Promise<boolean>;
  endTurn(id: WebhookEndpointId, claim: string): Promise<void>;
}
