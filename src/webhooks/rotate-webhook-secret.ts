import type { Actor } from '../audit/audit-entry.js';
import type { AuditLog } from '../audit/audit-log.js';
import type { Clock } from '../kernel/clock.js';
import { ChaperoneError } from '../kernel/errors.js';
import type { RandomBytes, WebhookEndpointId } from '../kernel/ids.js';
import type { InTransaction } from '../kernel/in-transaction.js';
import type { SealedBox } from '../secrets/sealed-box.js';
import { ownerOfSource, type SourceName } from './inbound/source.js';
import type { SourceStore } from './inbound/source-store.js';
import { ownerOfEndpoint } from './outbound/endpoint.js';
import type { EndpointStore } from './outbound/endpoint-store.js';
import type { WebhookSecretStore } from './secret-store.js';
import { isLive, makeWebhookSecret, type MadeWebhookSecret, type SecretOwner } from './webhook-secret.js';

export type Rotated =
  | { readonly kind: 'source'; readonly name: SourceName }
  | { readonly kind: 'endpoint'; readonly id: WebhookEndpointId };

export type RotateWebhookSecret = (input: {
  readonly of: Rotated;
  /** The one that a sender gave out; without it, a fresh one. */
  readonly given?: Uint8Array;
  /** How long the old secret still counts; 0 for one that leaked. */
  readonly overlapSeconds: number;
  /** Ends an overlap that is still running. */
  readonly force: boolean;
  readonly actor: Actor;
}) => Promise<MadeWebhookSecret & { readonly oldSecretValidUntil: Date }>;

interface Stores {
  readonly webhookSources: Pick<SourceStore, 'lock'>;
  readonly webhookEndpoints: Pick<EndpointStore, 'lock'>;
  readonly webhookSecrets: WebhookSecretStore;
  readonly audit: AuditLog;
}

/** The owner, locked, so that two rotations can't pass each other. @throws not_found */
async function lockOwner({ webhookSources, webhookEndpoints }: Stores, of: Rotated): Promise<SecretOwner> {
  const found = of.kind === 'source' ? await webhookSources.lock(of.name) : await webhookEndpoints.lock(of.id);
  if (found === undefined) throw new ChaperoneError('not_found', { detail: `There is no such webhook ${of.kind}.` });
  return of.kind === 'source' ? ownerOfSource(of.name) : ownerOfEndpoint(of.id);
}

/**
 * Replaces a secret. The old one counts until the overlap ends: of a source it still verifies, of an endpoint it still
 * signs beside the new one. A further rotation meanwhile would drop what the other side may still be using, so it is
 * refused unless it is forced.
 * @throws not_found, key_rotation_running
 */
export function makeRotateWebhookSecret(deps: {
  readonly inTransaction: InTransaction<Stores>;
  readonly box: SealedBox;
  readonly clock: Clock;
  readonly random: RandomBytes;
}): RotateWebhookSecret {
  return ({ of, given, overlapSeconds, force, actor }) =>
    deps.inTransaction(async (stores) => {
      const owner = await lockOwner(stores, of);
      const at = deps.clock.now();
      const { webhookSecrets: secrets, audit } = stores;
      const rows = await secrets.ofOwner(owner);
      const retiring = rows.filter((row) => row.state === 'retiring' && isLive(row, at));
      if (retiring.length > 0 && !force) {
        throw new ChaperoneError('key_rotation_running', {
          members: {
            retiring: retiring.map(({ id, notAfter }) => ({ id, notAfter: notAfter?.toISOString() ?? null })),
          },
        });
      }
      const oldSecretValidUntil = new Date(at.getTime() + overlapSeconds * 1_000);
      for (const row of rows) {
        if (row.state === 'active' && overlapSeconds > 0)
          await secrets.retire(row.id, { notAfter: oldSecretValidUntil, at });
        else await secrets.remove(row.id);
      }
      const made = makeWebhookSecret(deps, owner, given, at);
      await secrets.insert(made.row);
      const detail = {
        name: `webhook_${owner}`,
        fingerprint: made.row.fingerprint,
        overlapSeconds,
        forced: force && retiring.length > 0,
      };
      await audit.append([{ kind: 'secret.rotated', at, actor, detail }]);
      return { ...made, oldSecretValidUntil };
    });
}
