import type { Migration } from './migration.js';

/** Written by the bridge, which can't write to the log; the sidecar makes entries of it. One row per account and way in. */
export const refusedDirectUses: Migration = {
  name: '20261126000400_refused_direct_uses',
  table: 'ai_agent_refused_direct_uses',
  create: `
    user_id BIGINT UNSIGNED NOT NULL,
    via VARCHAR(8) NOT NULL,
    uses INT UNSIGNED NOT NULL,
    first_at DATETIME(6) NOT NULL,
    last_at DATETIME(6) NOT NULL,
    last_ip VARCHAR(45) NULL,
    reported_at DATETIME(6) NULL,
    PRIMARY KEY (user_id, via)
  `,
};
