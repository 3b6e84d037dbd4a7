import type { Migration } from './migration.js';

export const keys: Migration = {
  name: '20261122000600_keys',
  table: 'ai_agent_keys',
  create: `
    id VARCHAR(64) NOT NULL PRIMARY KEY,
    agent_id VARCHAR(32) NOT NULL,
    algorithm VARCHAR(16) NOT NULL,
    state VARCHAR(16) NOT NULL,
    sealed_secret TEXT NULL,
    public_key VARCHAR(64) NULL,
    not_after DATETIME(6) NULL,
    created_at DATETIME(6) NOT NULL,
    updated_at DATETIME(6) NOT NULL,
    KEY agent_id (agent_id, state)
  `,
};
