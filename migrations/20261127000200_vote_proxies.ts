import type { Migration } from './migration.js';

/** Who cast a vote in another's name, and for how long the person would have the call remembered. */
export const voteProxies: Migration = {
  name: '20261127000200_vote_proxies',
  table: 'ai_agent_approval_votes',
  columns: {
    by_user_id: 'BIGINT UNSIGNED NULL',
    by_login: 'VARCHAR(190) NULL',
    delegation_id: 'VARCHAR(32) NULL',
    remember_seconds: 'INT UNSIGNED NULL',
  },
};
