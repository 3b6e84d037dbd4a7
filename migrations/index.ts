import type { Knex } from 'knex';
import { policies } from './20261122000100_policies.js';
import { policyActivations } from './20261122000200_policy_activations.js';
import { auditLog } from './20261122000300_audit_log.js';
import { auditHead } from './20261122000400_audit_head.js';
import { agents } from './20261122000500_agents.js';
import { keys } from './20261122000600_keys.js';
import { nonces } from './20261122000700_nonces.js';
import { calls } from './20261122000800_calls.js';
import { approvals } from './20261122000900_approvals.js';
import { approvalVotes } from './20261122001000_approval_votes.js';
import { limits } from './20261122001100_limits.js';
import { webhookSources } from './20261126000100_webhook_sources.js';
import { webhookEndpoints } from './20261126000110_webhook_endpoints.js';
import { webhookSecrets } from './20261126000120_webhook_secrets.js';
import { webhookDeliveries } from './20261126000130_webhook_deliveries.js';
import { auditCheckpoints } from './20261126000200_audit_checkpoints.js';
import { identities } from './20261126000300_identities.js';
import { refusedDirectUses } from './20261126000400_refused_direct_uses.js';
import { voteProxies } from './20261127000200_vote_proxies.js';
import { approvalDelegations } from './20261127000210_approval_delegations.js';
import { approvalGrants } from './20261127000220_approval_grants.js';
import { preImages } from './20261127000300_pre_images.js';
import { keptAnswers } from './20261127000310_kept_answers.js';
import { auditLag } from './20261127000320_audit_lag.js';
import { callsArrival } from './20261127000330_calls_arrival.js';
import { asKnexMigration, type Migration } from './migration.js';

/** In the order in which they run. Named without a file ending, so that source and build record the same name. */
export const migrations: readonly Migration[] = [
  policies,
  policyActivations,
  auditLog,
  auditHead,
  agents,
  keys,
  nonces,
  calls,
  approvals,
  approvalVotes,
  limits,
  webhookSources,
  webhookEndpoints,
  webhookSecrets,
  webhookDeliveries,
  auditCheckpoints,
  identities,
  refusedDirectUses,
  voteProxies,
  approvalDelegations,
  approvalGrants,
  preImages,
  keptAnswers,
  auditLag,
  callsArrival,
];

export const migrationSource: Knex.MigrationSource<Migration> = {
  getMigrations: () => Promise.resolve([...migrations]),
  getMigrationName: (migration) => migration.name,
  getMigration: (migration) => Promise.resolve(asKnexMigration(migration)),
};

/** A migrations table of our own, beside WordPress's tables: `{prefix}ai_agent_migrations` (and knex's `…_lock`). */
export const migrationsTable = (tablePrefix: string): string => `${tablePrefix}ai_agent_migrations`;
