import type { Migration } from './migration.js';

export const webhookSources: Migration = {
  name: '20261126000100_webhook_sources',
  table: 'ai_agent_webhook_sources',
  create: `
    name VARCHAR(64) NOT NULL PRIMARY KEY,
    agent_id VARCHAR(32) NOT NULL,
    tool VARCHAR(64) NOT NULL,
    mapping LONGTEXT NOT NULL,
    description VARCHAR(190) NOT NULL,
    state VARCHAR(16) NOT NULL,
    created_at DATETIME(6) NOT NULL,
    updated_at DATETIME(6) NOT NULL,
    KEY agent_id (agent_id)
  `,
};
