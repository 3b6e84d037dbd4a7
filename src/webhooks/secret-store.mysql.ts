import type { Knex } from 'knex';
import type { WebhookSecretId } from '../kernel/ids.js';
import type { WebhookSecretStore } from './secret-store.js';
import type { SecretOwner, WebhookSecret } from './webhook-secret.js';

interface SecretRow {
  id: string;
  owner: string;
  sealed_secret: string;
  fingerprint: string;
  state: string;
  not_after: Date | null;
  created_at: Date;
  updated_at: Date;
}

/** A row in a state that nobody wrote counts as one without an end yet to come: it doesn't count. */
const fromRow = (row: SecretRow): WebhookSecret => ({
  id: row.id as WebhookSecretId,
  owner: row.owner as SecretOwner,
  sealed: row.sealed_secret,
  fingerprint: row.fingerprint,
  state: row.state === 'active' ? 'active' : 'retiring',
  notAfter: row.not_after,
  createdAt: row.created_at,
});

export function mysqlWebhookSecretStore(db: Knex, tablePrefix: string): WebhookSecretStore {
  const secrets = (): Knex.QueryBuilder<SecretRow, SecretRow[]> =>
    db<SecretRow>(`${tablePrefix}ai_agent_webhook_secrets`);
  return {
    async insert({ id, owner, sealed, fingerprint, state, notAfter, createdAt }) {
      await secrets().insert({
        id,
        owner,
        sealed_secret: sealed,
        fingerprint,
        state,
        not_after: notAfter,
        created_at: createdAt,
        updated_at: createdAt,
      });
    },
    async ofOwner(owner) {
      const rows = await secrets().where({ owner }).orderBy('created_at').orderBy('id');
      return rows.map(fromRow);
    },
    async retire(id, { notAfter, at }) {
      await secrets().where({ id }).update({ state: 'retiring', not_after: notAfter, updated_at: at });
    },
    async remove(id) {
      await secrets().where({ id }).delete();
    },
    async removeOf(owner) {
      await secrets().where({ owner }).delete();
    },
  };
}
