import type { Migration } from './migration.js';

/** `id` is a digest of who asked, what for and under which idempotency key. Without a status the first request hasn't ended. */
export const keptAnswers: Migration = {
  name: '20261127000310_kept_answers',
  table: 'ai_agent_kept_answers',
  create: `
    id CHAR(64) NOT NULL PRIMARY KEY,
    request_digest CHAR(64) NOT NULL,
    status SMALLINT UNSIGNED NULL,
    body LONGTEXT NULL,
    created_at DATETIME(6) NOT NULL,
    KEY created_at (created_at)
  `,
};
