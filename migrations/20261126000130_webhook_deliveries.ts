import type { Migration } from './migration.js';

export const webhookDeliveries: Migration = {
  name: '20261126000130_webhook_deliveries',
  table: 'ai_agent_webhook_deliveries',
  create: `
    id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    message_id VARCHAR(32) NOT NULL,
    endpoint_id VARCHAR(32) NOT NULL,
    kind VARCHAR(32) NOT NULL,
    body TEXT NOT NULL,
    state VARCHAR(16) NOT NULL,
    attempts SMALLINT UNSIGNED NOT NULL DEFAULT 0,
    next_attempt_at DATETIME(6) NULL,
    last_status SMALLINT UNSIGNED NULL,
    last_error VARCHAR(190) NULL,
    created_at DATETIME(6) NOT NULL,
    updated_at DATETIME(6) NOT NULL,
    UNIQUE KEY message (message_id, endpoint_id),
    KEY due (endpoint_id, state, next_attempt_at),
    KEY state (state, id),
    KEY created_at (created_at)
  `,
};
