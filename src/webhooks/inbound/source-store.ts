import type { SourceName, WebhookSource } from './source.js';

/** What may change of a source; absent: left as it is. */
export type SourceChanges = Partial<Pick<WebhookSource, 'tool' | 'mapping' | 'description' | 'state'>>;

export interface SourceStore {
  /** @returns false when the name is taken */
  insert(source: WebhookSource): Promise<boolean>;
  get(name: SourceName): Promise<WebhookSource | undefined>;
  /** As `get`, and nobody else changes it until the transaction ends. */
  lock(name: SourceName): Promise<WebhookSource | undefined>;
  /** By name. */
  list(): Promise<readonly WebhookSource[]>;
  update(name: SourceName, changes: SourceChanges, at: Date): Promise<void>;
  remove(name: SourceName): Promise<void>;
}
