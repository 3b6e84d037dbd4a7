import type { Actor, AuditKind, NewAuditEntry } from '../../audit/audit-entry.js';
import type { AuditLog } from '../../audit/audit-log.js';
import type { Clock } from '../../kernel/clock.js';
import { ChaperoneError } from '../../kernel/errors.js';
import type { AgentId, WpUserId } from '../../kernel/ids.js';
import type { InTransaction } from '../../kernel/in-transaction.js';
import type { Json } from '../../kernel/json.js';
import type { IdentityStore } from '../identities/identity-store.js';
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

/**
 * Ends the agent with all that it could come by: its keys, the application passwords of its account, and subjects of tokens that
 * are bound to it. The account itself stays. It is suspended first, so that it is out also where WordPress can't be reached; then it
 * stays suspended, and can be deleted later.
 * @throws not_found, upstream_unavailable, upstream_refused
 */
export function makeDeleteAgent(deps: {
  readonly inTransaction: InTransaction<AgentStores & { readonly identities: Pick<IdentityStore, 'removeAllOf'> }>;
  readonly revokePasswords: (userId: WpUserId) => Promise<void>;
  readonly clock: Clock;
}): DeleteAgent {
  const suspend = makeUpdateAgent(deps);
  return async ({ id, actor }) => {
    const { userId } = await suspend({ id, changes: { state: 'suspended' }, actor });
    try {
      await deps.revokePasswords(userId);
    } catch (error) {
      throw stillThere(error);
    }
    await deps.inTransaction(async ({ agents, identities, audit }) => {
      const before = await agents.get(id);
      if (before === undefined || !(await agents.remove(id))) throw noSuchAgent();
      const detail = { agentId: id, name: before.name, userId, identities: await identities.removeAllOf(userId) };
      await audit.append([{ kind: 'agent.deleted', at: deps.clock.now(), actor, detail }]);
    });
  };
}

function stillThere(error: unknown): unknown {
  if (!(error instanceof ChaperoneError)) return error;
  return new ChaperoneError(error.code, {
    detail: `${error.message} The agent is suspended; delete it again once WordPress can end its application passwords.`,
    cause: error,
  });
}
