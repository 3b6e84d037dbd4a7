import type { Migration } from './migration.js';

export const policies: Migration = {
  name: '20261122000100_policies',
  table: 'ai_agent_policies',
  create: `
    id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    version INT UNSIGNED NOT NULL,
    doc LONGTEXT NOT NULL,
    ts DATETIME(6) NOT NULL,
    author BIGINT UNSIGNED NOT NULL,
    note VARCHAR(500) NOT NULL,
    sha256 CHAR(64) NOT NULL,
    UNIQUE KEY version (version)
  `,
};
