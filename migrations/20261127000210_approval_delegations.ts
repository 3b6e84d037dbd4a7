import type { Migration } from './migration.js';

export const approvalDelegations: Migration = {
  name: '20261127000210_approval_delegations',
  table: 'ai_agent_approval_delegations',
  create: `
    id VARCHAR(32) NOT NULL PRIMARY KEY,
    from_user_id BIGINT UNSIGNED NOT NULL,
    from_login VARCHAR(190) NOT NULL,
    to_user_id BIGINT UNSIGNED NOT NULL,
    to_login VARCHAR(190) NOT NULL,
    starts_at DATETIME(6) NOT NULL,
    ends_at DATETIME(6) NOT NULL,
    note TEXT NULL,
    created_at DATETIME(6) NOT NULL,
    seal VARCHAR(190) NOT NULL,
    revoked_at DATETIME(6) NULL,
    revoked_by_user_id BIGINT UNSIGNED NULL,
    revoked_by_login VARCHAR(190) NULL,
    KEY delegate (to_user_id, ends_at),
    KEY ends_at (ends_at),
    KEY created_at (created_at)
  `,
};
