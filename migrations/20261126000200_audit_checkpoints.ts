import type { Migration } from './migration.js';

export const auditCheckpoints: Migration = {
  name: '20261126000200_audit_checkpoints',
  table: 'ai_agent_audit_checkpoints',
  create: `
    size BIGINT UNSIGNED NOT NULL PRIMARY KEY,
    after_size BIGINT UNSIGNED NOT NULL,
    ts DATETIME(6) NOT NULL,
    hash CHAR(64) NOT NULL,
    frontier VARBINARY(2048) NOT NULL,
    note VARCHAR(4096) NOT NULL,
    first_ts DATETIME(6) NOT NULL,
    last_ts DATETIME(6) NOT NULL,
    held_at DATETIME(6) NULL,
    UNIQUE KEY after_size (after_size)
  `,
};
