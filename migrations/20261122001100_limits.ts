import type { Migration } from './migration.js';

/** Instants are microseconds since the epoch, since a packet of statements calculates with them. */
export const limits: Migration = {
  name: '20261122001100_limits',
  table: 'ai_agent_limits',
  create: `
    id BINARY(20) NOT NULL PRIMARY KEY,
    group_size INT NOT NULL,
    filled INT NOT NULL,
    last_us BIGINT NOT NULL,
    keep_until_us BIGINT NOT NULL,
    stamps VARBINARY(512) NOT NULL
  `,
};
