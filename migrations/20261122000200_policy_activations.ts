import type { Migration } from './migration.js';

export const policyActivations: Migration = {
  name: '20261122000200_policy_activations',
  table: 'ai_agent_policy_activations',
  create: `
    id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    version INT UNSIGNED NOT NULL,
    ts DATETIME(6) NOT NULL,
    author BIGINT UNSIGNED NOT NULL,
    note VARCHAR(500) NOT NULL,
    KEY version (version)
  `,
};
