import type { Migration } from './migration.js';

/** `id` is the call's. `sealed` holds what the call would be undone with. */
export const preImages: Migration = {
  name: '20261127000300_pre_images',
  table: 'ai_agent_pre_images',
  create: `
    id VARCHAR(32) NOT NULL PRIMARY KEY,
    agent_id VARCHAR(32) NOT NULL,
    user_id BIGINT UNSIGNED NOT NULL,
    tool VARCHAR(64) NOT NULL,
    sealed LONGTEXT NOT NULL,
    created_at DATETIME(6) NOT NULL,
    KEY user_id (user_id),
    KEY created_at (created_at)
  `,
};
