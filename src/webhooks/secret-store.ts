import type { WebhookSecretId } from '../kernel/ids.js';
import type { SecretOwner, WebhookSecret } from './webhook-secret.js';

export interface WebhookSecretStore {
  insert(secret: WebhookSecret): Promise<void>;
  /** Oldest first. */
  ofOwner(owner: SecretOwner): Promise<readonly WebhookSecret[]>;
  retire(id: WebhookSecretId, end: { readonly notAfter: Date; readonly at: Date }): Promise<void>;
  remove(id: WebhookSecretId): Promise<void>;
  removeOf(owner: SecretOwner): Promise<void>;
}
