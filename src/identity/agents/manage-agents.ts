import type { Actor, AuditKind, NewAuditEntry } from '../../audit/audit-entry.js';
import type { AuditLog } from '../../audit/audit-log.js';
import type { Clock } from '../../kernel/clock.js';
import { ChaperoneError } from '../../kernel/errors.js';
import type { AgentId } from '../../kernel/ids.js';
import type { InTransaction } from '../../kernel/in-transaction.js';
import type { Json } from '../../kernel/json.js';
import type { Agent } from './agent.js';
import type { AgentChanges, AgentStore } from './agent-store.js';
import { checkBounds, shownBounds, withBounds } from './bounds.js';

export interface AgentStores {
  readonly agents: AgentStore;
  readonly audit: Pick<AuditLog, 'append'>;
}

export interface AgentDeps {
  readonly inTransaction: InTransaction<AgentStores>;
  readonly clock: Clock;
}

/** @throws not_found */
export const noSuchAgent = (): ChaperoneError => new ChaperoneError('not_found', { detail: 'There is no such agent.' });

export type UpdateAgent = (input: {
  readonly id: AgentId;
  readonly changes: AgentChanges;
  readonly actor: Actor;
}) => Promise<Agent>;

function entriesFor(
  before: Agent,
  changes: AgentChanges,
  base: Pick<NewAuditEntry, 'at' | 'actor'>,
): readonly NewAuditEntry[] {
  const entry = (kind: AuditKind, detail: Json): NewAuditEntry => ({ ...base, kind, detail });
  const agentId = before.id;
  const { name, state, directUse } = changes;
  const entries: NewAuditEntry[] = [];
  if (state !== undefined && state !== before.state) {
    entries.push(entry(state === 'suspended' ? 'agent.suspended' : 'agent.resumed', { agentId, name: before.name }));
  }
  const changed = {
    ...(name === undefined || name === before.name ? {} : { name }),
    ...(directUse === undefined || directUse === before.directUse ? {} : { directUse }),
    ...shownBounds(changes),
  };
  if (Object.keys(changed).length > 0) entries.push(entry('agent.changed', { agentId, ...changed }));
  return entries;
}

/** The agent as it is after the changes. */
function changedAgent(before: Agent, { name, state, directUse, ...bounds }: AgentChanges): Agent {
  const next = {
    ...before,
    ...(name === undefined ? {} : { name }),
    ...(state === undefined ? {} : { state }),
    ...(directUse === undefined ? {} : { directUse }),
  };
  return withBounds(next, bounds);
}

/**
 * Suspends, resumes, renames, bounds, or lifts the refusal of direct use; in force with the agent's next request.
 * @throws not_found, args_invalid
 */
export function makeUpdateAgent(deps: AgentDeps): UpdateAgent {
  return ({ id, changes, actor }) =>
    deps.inTransaction(async ({ agents, audit }) => {
      const at = deps.clock.now();
      checkBounds(changes, at);
      const before = await agents.get(id);
      if (before === undefined || !(await agents.update(id, changes, at))) throw noSuchAgent();
      await audit.append(entriesFor(before, changes, { at, actor }));
      return changedAgent(before, changes);
    });
}

export type DeleteAgent = (input: { readonly id: AgentId; readonly actor: Actor }) => Promise<void>;

/** Ends the agent with all of its keys. Its WordPress account stays, with the role that refuses direct use. @throws not_found */
export function makeDeleteAgent(deps: AgentDeps): DeleteAgent {
  return ({ id, actor }) =>
    deps.inTransaction(async ({ agents, audit }) => {
      const before = await agents.get(id);
      if (before === undefined || !(await agents.remove(id))) throw noSuchAgent();
      const { name, userId } = before;
      await audit.append([
        { kind: 'agent.deleted', at: deps.clock.now(), actor, detail: { agentId: id, name, userId } },
      ]);
    });
}
