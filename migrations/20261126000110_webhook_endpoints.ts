import type { Migration } from './migration.js';

export const webhookEndpoints: Migration = {
  name: '20261126000110_webhook_endpoints',
  table: 'ai_agent_webhook_endpoints',
  create: `
    id VARCHAR(32) NOT NULL PRIMARY KEY,
    url VARCHAR(2000) NOT NULL,
    agent_id VARCHAR(32) NULL,
    events VARCHAR(1000) NOT NULL,
    description VARCHAR(190) NOT NULL,
    state VARCHAR(16) NOT NULL,
    disabled_reason VARCHAR(190) NULL,
    failing_since DATETIME(6) NULL,
    claim VARCHAR(32) NULL,
    claimed_until DATETIME(6) NULL,
    created_at DATETIME(6) NOT NULL,
    updated_at DATETIME(6) NOT NULL,
    KEY state (state)
  `,
};
