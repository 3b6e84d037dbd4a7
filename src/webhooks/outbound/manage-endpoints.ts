import type { Actor, NewAuditEntry } from '../../audit/audit-entry.js';
import type { AuditLog } from '../../audit/audit-log.js';
import type { AgentStore } from '../../identity/agents/agent-store.js';
import type { Clock } from '../../kernel/clock.js';
import { ChaperoneError } from '../../kernel/errors.js';
import { newWebhookEndpointId, type RandomBytes, type WebhookEndpointId } from '../../kernel/ids.js';
import type { InTransaction } from '../../kernel/in-transaction.js';
import type { SealedBox } from '../../secrets/sealed-box.js';
import type { WebhookSecretStore } from '../secret-store.js';
import { makeWebhookSecret, type MadeWebhookSecret } from '../webhook-secret.js';
import type { DeliveryStore } from './delivery-store.js';
import type { ResolveDestination } from './destination.js';
import { ownerOfEndpoint, type WebhookEndpoint } from './endpoint.js';
import type { EndpointChanges, EndpointStore } from './endpoint-store.js';
import { MAIL_ENDPOINT } from './mail.js';

export interface EndpointDeps {
  readonly inTransaction: InTransaction<{
    readonly webhookEndpoints: EndpointStore;
    readonly webhookSecrets: WebhookSecretStore;
    readonly webhookDeliveries: Pick<DeliveryStore, 'removeOf'>;
    readonly agents: Pick<AgentStore, 'get'>;
    readonly audit: AuditLog;
  }>;
  readonly resolve: ResolveDestination;
  readonly box: SealedBox;
  readonly clock: Clock;
  readonly random: RandomBytes;
}

const MOST_ENDPOINTS = 100;

/** @throws not_found */
export const noSuchEndpoint = (): ChaperoneError =>
  new ChaperoneError('not_found', { detail: 'There is no such webhook endpoint.' });

const invalid = (detail: string): ChaperoneError => new ChaperoneError('args_invalid', { detail });

const isMail = (): ChaperoneError =>
  invalid('E-mail to approvers has no address of its own; switch it off with the state "disabled".');

type Change = 'created' | 'changed' | 'deleted';

/** An address may hold a token of its receiver's, so the log has its origin alone. */
function entryOf(
  endpoint: WebhookEndpoint,
  change: Change,
  { url, events, state }: EndpointChanges,
  by: Pick<NewAuditEntry, 'at' | 'actor'>,
): NewAuditEntry {
  return {
    ...by,
    kind: 'settings.changed',
    detail: {
      name: 'webhook_endpoint',
      endpoint: endpoint.id,
      change,
      ...(endpoint.agentId === null ? {} : { agentId: endpoint.agentId }),
      ...(url === undefined ? {} : { origin: new URL(url).origin }),
      ...(events === undefined ? {} : { events }),
      ...(state === undefined ? {} : { state }),
    },
  };
}

/** @throws args_invalid */
async function assertReachable(resolve: ResolveDestination, url: string): Promise<void> {
  const resolved = await resolve(url);
  if (!resolved.ok) throw invalid(`url: ${resolved.detail}`);
}

export type CreateEndpoint = (
  wanted: Pick<WebhookEndpoint, 'url' | 'agentId' | 'events' | 'description'> & { readonly actor: Actor },
) => Promise<MadeWebhookSecret & { readonly endpoint: WebhookEndpoint }>;

/** An endpoint with the secret that its receiver verifies with, which is shown this once. @throws args_invalid */
export function makeCreateEndpoint(deps: EndpointDeps): CreateEndpoint {
  return async ({ url, agentId, events, description, actor }) => {
    await assertReachable(deps.resolve, url);
    return deps.inTransaction(async ({ webhookEndpoints, webhookSecrets, agents, audit }) => {
      const at = deps.clock.now();
      if (agentId !== null && (await agents.get(agentId)) === undefined) throw invalid(`There is no agent ${agentId}.`);
      if ((await webhookEndpoints.list()).length >= MOST_ENDPOINTS)
        throw invalid(`There are ${MOST_ENDPOINTS} endpoints already.`);
      const endpoint: WebhookEndpoint = {
        id: newWebhookEndpointId(deps.random),
        url,
        agentId,
        events,
        description,
        state: 'active',
        disabledReason: null,
        failingSince: null,
        createdAt: at,
        updatedAt: at,
      };
      await webhookEndpoints.insert(endpoint);
      const owner = ownerOfEndpoint(endpoint.id);
      const made = makeWebhookSecret(deps, owner, undefined, at);
      await webhookSecrets.insert(made.row);
      const { fingerprint } = made.row;
      await audit.append([
        entryOf(endpoint, 'created', endpoint, { at, actor }),
        { kind: 'secret.created', at, actor, detail: { name: `webhook_${owner}`, fingerprint } },
      ]);
      return { endpoint, ...made };
    });
  };
}

export type UpdateEndpoint = (input: {
  readonly id: WebhookEndpointId;
  readonly changes: Pick<EndpointChanges, 'url' | 'events' | 'description' | 'state'>;
  readonly actor: Actor;
}) => Promise<WebhookEndpoint>;

/** What was disabled and is switched on again begins with a clean slate. @throws not_found, args_invalid */
export function makeUpdateEndpoint(deps: EndpointDeps): UpdateEndpoint {
  return async ({ id, changes, actor }) => {
    if (id === MAIL_ENDPOINT && (changes.url !== undefined || changes.events !== undefined)) throw isMail();
    if (changes.url !== undefined) await assertReachable(deps.resolve, changes.url);
    return deps.inTransaction(async ({ webhookEndpoints, audit }) => {
      const before = await webhookEndpoints.lock(id);
      if (before === undefined) throw noSuchEndpoint();
      const at = deps.clock.now();
      const isRevived = changes.state === 'active' && before.state === 'disabled';
      const all: EndpointChanges = { ...changes, ...(isRevived ? { disabledReason: null, failingSince: null } : {}) };
      await webhookEndpoints.update(id, all, at);
      await audit.append([entryOf(before, 'changed', changes, { at, actor })]);
      return { ...before, ...all, updatedAt: at };
    });
  };
}

export type DeleteEndpoint = (input: { readonly id: WebhookEndpointId; readonly actor: Actor }) => Promise<void>;

/** Ends an endpoint with its secrets and everything on the way to it. @throws not_found */
export function makeDeleteEndpoint(deps: EndpointDeps): DeleteEndpoint {
  return ({ id, actor }) =>
    deps.inTransaction(async ({ webhookEndpoints, webhookSecrets, webhookDeliveries, audit }) => {
      if (id === MAIL_ENDPOINT) throw isMail();
      const before = await webhookEndpoints.lock(id);
      if (before === undefined) throw noSuchEndpoint();
      await webhookSecrets.removeOf(ownerOfEndpoint(id));
      await webhookDeliveries.removeOf(id);
      await webhookEndpoints.remove(id);
      await audit.append([entryOf(before, 'deleted', {}, { at: deps.clock.now(), actor })]);
    });
}
