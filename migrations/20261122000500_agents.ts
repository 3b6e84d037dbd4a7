import type { Migration } from './migration.js';

export const agents: Migration = {
  name: '20261122000500_agents',
  table: 'ai_agent_agents',
  create: `
    id VARCHAR(32) NOT NULL PRIMARY KEY,
    name VARCHAR(190) NOT NULL,
    user_id BIGINT UNSIGNED NOT NULL,
    state VARCHAR(16) NOT NULL,
    direct_use TINYINT UNSIGNED NOT NULL DEFAULT 0,
    tools TEXT NULL,
    expires_at DATETIME(6) NULL,
    allowed_ips TEXT NULL,
    created_at DATETIME(6) NOT NULL,
    updated_at DATETIME(6) NOT NULL,
    UNIQUE KEY user_id (user_id),
    KEY in_order (created_at, id)
  `,
};
