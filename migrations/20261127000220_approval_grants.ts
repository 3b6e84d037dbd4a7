import type { Migration } from './migration.js';

export const approvalGrants: Migration = {
  name: '20261127000220_approval_grants',
  table: 'ai_agent_approval_grants',
  create: `
    id VARCHAR(32) NOT NULL PRIMARY KEY,
    approval_id VARCHAR(32) NOT NULL,
    agent_id VARCHAR(32) NOT NULL,
    tool VARCHAR(64) NOT NULL,
    target VARCHAR(190) NOT NULL,
    policy_version INT UNSIGNED NOT NULL,
    scope LONGTEXT NOT NULL,
    created_at DATETIME(6) NOT NULL,
    expires_at DATETIME(6) NOT NULL,
    seal VARCHAR(190) NOT NULL,
    revoked_at DATETIME(6) NULL,
    revoked_by_user_id BIGINT UNSIGNED NULL,
    revoked_by_login VARCHAR(190) NULL,
    uses INT UNSIGNED NOT NULL DEFAULT 0,
    last_used_at DATETIME(6) NULL,
    KEY call_of (agent_id, tool, target, expires_at),
    KEY expires_at (expires_at),
    KEY created_at (created_at)
  `,
};
