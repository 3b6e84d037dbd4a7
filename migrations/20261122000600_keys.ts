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
    fingerprint CHAR(8) NULL,
    not_after DATETIME(6) NULL,
    replaces VARCHAR(64) NULL,
    expires_at DATETIME(6) NULL,
    allowed_ips TEXT NULL,
    last_used_at DATETIME(6) NULL,
    retiring_uses BIGINT UNSIGNED NOT NULL DEFAULT 0,
    created_at DATETIME(6) NOT NULL,
    updated_at DATETIME(6) NOT NULL,
    KEY agent_id (agent_id, state)
  `,
};
