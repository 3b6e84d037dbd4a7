import type { Migration } from './migration.js';

/** What became of a call on WordPress, as the bridge writes it down, and what was found out of it later. */
export const callsArrival: Migration = {
  name: '20261127000330_calls_arrival',
  table: 'ai_agent_calls',
  columns: {
    arrival: 'VARCHAR(8) NULL',
    wordpress_status: 'SMALLINT UNSIGNED NULL',
    wordpress_code: 'VARCHAR(64) NULL',
    wordpress_object: 'BIGINT UNSIGNED NULL',
    read_back: 'TEXT NULL',
  },
};
