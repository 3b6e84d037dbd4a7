import type { Migration } from './migration.js';

export const auditHead: Migration = {
  name: '20261122000400_audit_head',
  table: 'ai_agent_audit_head',
  create: `
    id TINYINT UNSIGNED NOT NULL PRIMARY KEY,
    height BIGINT UNSIGNED NOT NULL,
    hash CHAR(64) NOT NULL
  `,
};
