import type { Migration } from './migration.js';

export const nonces: Migration = {
  name: '20261122000700_nonces',
  table: 'ai_agent_nonces',
  create: `
    key_id VARBINARY(64) NOT NULL,
    nonce_hash BINARY(32) NOT NULL,
    expires_at DATETIME(6) NOT NULL,
    PRIMARY KEY (key_id, nonce_hash),
    KEY expires_at (expires_at)
  `,
};
