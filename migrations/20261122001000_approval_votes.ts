import type { Migration } from './migration.js';

/** `live_user_id` is null once a vote was dropped, so that of the votes that count everybody has at most one. */
export const approvalVotes: Migration = {
  name: '20261122001000_approval_votes',
  table: 'ai_agent_approval_votes',
  create: `
    id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    approval_id VARCHAR(32) NOT NULL,
    step SMALLINT UNSIGNED NOT NULL,
    user_id BIGINT UNSIGNED NOT NULL,
    live_user_id BIGINT UNSIGNED NULL,
    login VARCHAR(190) NOT NULL,
    note TEXT NULL,
    digest CHAR(64) NOT NULL,
    seal VARCHAR(190) NOT NULL,
    voted_at DATETIME(6) NOT NULL,
    dropped_at DATETIME(6) NULL,
    dropped_why VARCHAR(32) NULL,
    UNIQUE KEY once (approval_id, live_user_id),
    KEY approval (approval_id, id)
  `,
};
