import type { Actor, NewAuditEntry } from '../../audit/audit-entry.js';
import type { AuditLog } from '../../audit/audit-log.js';
import { findTool } from '../../execution/tools/index.js';
import type { AgentStore } from '../../identity/agents/agent-store.js';
import type { Clock } from '../../kernel/clock.js';
import { ChaperoneError } from '../../kernel/errors.js';
import type { RandomBytes } from '../../kernel/ids.js';
import type { InTransaction } from '../../kernel/in-transaction.js';
import type { Secret } from '../../kernel/secret.js';
import type { SealedBox } from '../../secrets/sealed-box.js';
import { pointerSteps } from '../json-pointer.js';
import type { WebhookSecretStore } from '../secret-store.js';
import { makeWebhookSecret, type WebhookSecret } from '../webhook-secret.js';
import type { Mapping } from './mapping.js';
import { ownerOfSource, type SourceName, type WebhookSource } from './source.js';
import type { SourceChanges, SourceStore } from './source-store.js';

export interface SourceStores {
  readonly webhookSources: SourceStore;
  readonly webhookSecrets: WebhookSecretStore;
  readonly agents: Pick<AgentStore, 'get'>;
  readonly audit: AuditLog;
}

export interface SourceDeps {
  readonly inTransaction: InTransaction<SourceStores>;
  readonly box: SealedBox;
  readonly clock: Clock;
  readonly random: RandomBytes;
}

const MOST_SOURCES = 1_000;
const MOST_ARGUMENTS = 50;

/** @throws not_found */
export const noSuchSource = (): ChaperoneError =>
  new ChaperoneError('not_found', { detail: 'There is no such webhook source.' });

const invalid = (detail: string): ChaperoneError => new ChaperoneError('args_invalid', { detail });

/** @throws tool_unknown, args_invalid */
function assertMakesACall(tool: string, mapping: Mapping): void {
  if (findTool(tool) === undefined)
    throw new ChaperoneError('tool_unknown', { detail: `There is no tool "${tool.slice(0, 64)}".` });
  const names = Object.keys(mapping);
  if (names.length > MOST_ARGUMENTS) throw invalid(`A source maps at most ${MOST_ARGUMENTS} arguments.`);
  for (const [name, source] of Object.entries(mapping)) {
    if ('from' in source && pointerSteps(source.from) === undefined)
      throw invalid(`args/${name.slice(0, 64)}: "from" must be a JSON pointer such as /data/title.`);
  }
}

/** The change as the log has it: constants of a mapping may be texts of any length, so the log names arguments alone. */
function entryOf(
  { name, agentId }: Pick<WebhookSource, 'name' | 'agentId'>,
  change: 'created' | 'changed' | 'deleted',
  { tool, mapping, state }: SourceChanges,
  by: Pick<NewAuditEntry, 'at' | 'actor'>,
): NewAuditEntry {
  return {
    ...by,
    kind: 'settings.changed',
    detail: {
      name: 'webhook_source',
      source: name,
      change,
      agentId,
      ...(tool === undefined ? {} : { tool }),
      ...(mapping === undefined ? {} : { arguments: Object.keys(mapping) }),
      ...(state === undefined ? {} : { state }),
    },
  };
}

export type CreateSource = (
  wanted: Pick<WebhookSource, 'name' | 'agentId' | 'tool' | 'mapping' | 'description'> & {
    readonly given?: Uint8Array;
    readonly actor: Actor;
  },
) => Promise<{ readonly source: WebhookSource; readonly row: WebhookSecret; readonly secret: Secret<string> }>;

/** A source with its first secret, which is shown this once. @throws args_invalid, tool_unknown */
export function makeCreateSource(deps: SourceDeps): CreateSource {
  return async ({ name, agentId, tool, mapping, description, given, actor }) => {
    assertMakesACall(tool, mapping);
    return deps.inTransaction(async ({ webhookSources, webhookSecrets, agents, audit }) => {
      const at = deps.clock.now();
      if ((await agents.get(agentId)) === undefined) throw invalid(`There is no agent ${agentId}.`);
      if ((await webhookSources.list()).length >= MOST_SOURCES)
        throw invalid(`There are ${MOST_SOURCES} sources already.`);
      const source: WebhookSource = {
        name,
        agentId,
        tool,
        mapping,
        description,
        state: 'active',
        createdAt: at,
        updatedAt: at,
      };
      if (!(await webhookSources.insert(source))) throw invalid(`There is a webhook source "${name}" already.`);
      const made = makeWebhookSecret(deps, ownerOfSource(name), given, at);
      await webhookSecrets.insert(made.row);
      const { fingerprint } = made.row;
      await audit.append([
        entryOf(source, 'created', source, { at, actor }),
        { kind: 'secret.created', at, actor, detail: { name: `webhook_${ownerOfSource(name)}`, fingerprint } },
      ]);
      return { source, ...made };
    });
  };
}

export type UpdateSource = (input: {
  readonly name: SourceName;
  readonly changes: SourceChanges;
  readonly actor: Actor;
}) => Promise<WebhookSource>;

/** In force with the next message. @throws not_found, args_invalid, tool_unknown */
export function makeUpdateSource(deps: SourceDeps): UpdateSource {
  return ({ name, changes, actor }) =>
    deps.inTransaction(async ({ webhookSources, audit }) => {
      const before = await webhookSources.lock(name);
      if (before === undefined) throw noSuchSource();
      const at = deps.clock.now();
      const after = { ...before, ...changes, updatedAt: at };
      assertMakesACall(after.tool, after.mapping);
      await webhookSources.update(name, changes, at);
      await audit.append([entryOf(before, 'changed', changes, { at, actor })]);
      return after;
    });
}

export type DeleteSource = (input: { readonly name: SourceName; readonly actor: Actor }) => Promise<void>;

/** Ends a source with its secrets. @throws not_found */
export function makeDeleteSource(deps: SourceDeps): DeleteSource {
  return ({ name, actor }) =>
    deps.inTransaction(async ({ webhookSources, webhookSecrets, audit }) => {
      const before = await webhookSources.lock(name);
      if (before === undefined) throw noSuchSource();
      await webhookSecrets.removeOf(ownerOfSource(name));
      await webhookSources.remove(name);
      await audit.append([entryOf(before, 'deleted', {}, { at: deps.clock.now(), actor })]);
    });
}
