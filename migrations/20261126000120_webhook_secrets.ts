import type { Migration } from './migration.js';

export const webhookSecrets: Migration = {
  name: '20261126000120_webhook_secrets',
  table: 'ai_agent_webhook_secrets',
  create: `
    id VARCHAR(32) NOT NULL PRIMARY KEY,
    owner VARCHAR(96) NOT NULL,
    sealed_secret TEXT NOT NULL,
    fingerprint CHAR(8) NOT NULL,
    state VARCHAR(16) NOT NULL,
    not_after DATETIME(6) NULL,
    created_at DATETIME(6) NOT NULL,
    updated_at DATETIME(6) NOT NULL,
    KEY owner (owner, created_at)
  `,
};
