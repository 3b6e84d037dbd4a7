import type { Migration } from './migration.js';

/** Issuer and subject as bytes: no collation takes two subjects for one, whatever their case, accents or spaces at the end. */
export const identities: Migration = {
  name: '20261126000300_identities',
  table: 'ai_agent_identities',
  create: `
    id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    issuer VARBINARY(512) NOT NULL,
    subject VARBINARY(512) NOT NULL,
    user_id BIGINT UNSIGNED NOT NULL,
    created_at DATETIME(6) NOT NULL,
    UNIQUE KEY issuer_subject (issuer, subject),
    KEY user_id (user_id)
  `,
};
