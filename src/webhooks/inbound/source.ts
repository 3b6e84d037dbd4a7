import type { AgentId, Brand } from '../../kernel/ids.js';
import type { SecretOwner } from '../webhook-secret.js';
import type { Mapping } from './mapping.js';

export type SourceName = Brand<string, 'SourceName'>;

/** An outside system, bound to one agent and one tool: what it may start, and nothing else. */
export interface WebhookSource {
  readonly name: SourceName;
  /** Never changed, so that a message can't be spent a second time as somebody else. */
  readonly agentId: AgentId;
  readonly tool: string;
  readonly mapping: Mapping;
  readonly description: string;
  readonly state: 'active' | 'paused';
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export function parseSourceName(text: string): SourceName | undefined {
  return /^[a-z0-9](?:[a-z0-9_-]{0,62}[a-z0-9])?$/.test(text) ? (text as SourceName) : undefined;
}

export const ownerOfSource = (name: SourceName): SecretOwner => `source:${name}`;
