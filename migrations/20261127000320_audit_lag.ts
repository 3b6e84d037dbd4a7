import type { Migration } from './migration.js';

/** How far the log's order in time lags behind its order in numbers; NULL, not known, for a log that is there already. */
export const auditLag: Migration = {
  name: '20261127000320_audit_lag',
  table: 'ai_agent_audit_head',
  columns: {
    latest: 'DATETIME(6) NULL',
    lag_us: 'BIGINT UNSIGNED NULL',
    lag_height: 'BIGINT UNSIGNED NULL',
  },
};
