import type { Migration } from './migration.js';

export const calls: Migration = {
  name: '20261122000800_calls',
  table: 'ai_agent_calls',
  create: `
    id VARCHAR(32) NOT NULL PRIMARY KEY,
    agent_id VARCHAR(32) NOT NULL,
    user_id BIGINT UNSIGNED NOT NULL,
    idempotency_key VARCHAR(255) NULL,
    request_digest CHAR(64) NOT NULL,
    tool VARCHAR(64) NOT NULL,
    state VARCHAR(24) NOT NULL,
    response_status SMALLINT UNSIGNED NULL,
    response_body LONGTEXT NULL,
    created_at DATETIME(6) NOT NULL,
    updated_at DATETIME(6) NOT NULL,
    UNIQUE KEY idempotency (agent_id, idempotency_key),
    KEY user_id (user_id, created_at),
    KEY state (state, updated_at)
  `,
};
