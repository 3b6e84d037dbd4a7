import { grantEntry, type FindGrant } from '../approvals/remember.js';
import type { GrantStore } from '../approvals/grant-store.js';
import type { Grant } from '../approvals/grant.js';
import type { AuditLog, AuditReader } from '../audit/audit-log.js';
import { actorOf } from '../identity/principal.js';
import type { Clock } from '../kernel/clock.js';
import type { AgentId } from '../kernel/ids.js';
import { ChaperoneError } from '../kernel/errors.js';
import type { InTransaction } from '../kernel/in-transaction.js';
import type { Decision } from '../policy/decision.js';
import { fieldsDigest } from './call.js';
import type { CallStore } from './call-store.js';
import { decisionEntry, intentEntry } from './journal-entries.js';
import type { OpenCall } from './journal.js';
import type { CheckedCall } from './prepare-call.js';
import { targetState } from './target-state.js';

/**
 * `none`: people are to be asked. `taken`: another request with the same idempotency key came first. Otherwise the call's
 * intent is committed with the grant's use, and it may run.
 */
export type UseGrant = (open: OpenCall, checked: CheckedCall, decision: Decision) => Promise<'none' | 'taken' | Grant>;

/** Rolls the transaction back without an error of its own. */
class KeyTaken extends Error {}
class NoLonger extends Error {}

/**
 * Answers an `ask` by an approval that was remembered. Everything before it has been checked as for any call, and the policy
 * has decided; nothing but the asking is left out. A caller who wants people to look is never answered so.
 * @throws audit_unavailable
 */
export function makeUseGrant(deps: {
  readonly log: Pick<AuditReader, 'list'>;
  readonly findGrant: FindGrant;
  readonly inTransaction: InTransaction<{
    readonly calls: Pick<CallStore, 'insert'>;
    readonly grants: Pick<GrantStore, 'use'>;
    readonly audit: AuditLog;
  }>;
  readonly clock: Clock;
}): UseGrant {
  return async (open, checked, decision) => {
    const grant = await grantFor(deps, open, checked, decision);
    if (grant === undefined) return 'none';
    const { callId: id, agentId, principal, idempotencyKey, request, requestDigest, receivedAt: createdAt } = open;
    const { userId } = principal;
    const fixed = { id, agentId, userId, idempotencyKey, requestDigest, tool: request.tool, createdAt };
    try {
      await deps.inTransaction(async ({ calls, grants, audit }) => {
        const at = deps.clock.now();
        if (!(await grants.use(grant.id, at))) throw new NoLonger();
        if (!(await calls.insert({ ...fixed, state: 'running', answer: null, updatedAt: at }))) throw new KeyTaken();
        const used = { ...grantEntry('approval.grant_used', grant, { actor: actorOf(principal), at }), callId: id };
        await audit.append([decisionEntry(open, checked, decision, at), used, intentEntry(open, checked, at)]);
      });
      return grant;
    } catch (error) {
      if (error instanceof NoLonger) return 'none';
      if (error instanceof KeyTaken) return 'taken';
      throw new ChaperoneError('audit_unavailable', { cause: error });
    }
  };
}

/**
 * Whether the target is as the last call of this tool by this agent left it. What somebody else has changed since is theirs, and
 * nobody has said that the agent may write over it.
 */
async function isAsLeft(log: Pick<AuditReader, 'list'>, agentId: AgentId, checked: CheckedCall): Promise<boolean> {
  const { tool, target } = checked.call;
  const { before } = checked;
  if (target?.id === undefined || before === undefined) return false;
  const entity = { entityType: target.type, entityId: target.id };
  const filter = { ...entity, agentId, tool: tool.name, kind: 'call.outcome' } as const;
  const [last] = await log.list(filter, { limit: 1 });
  return last?.outcome === 'succeeded' && last.afterDigest === fieldsDigest(tool.digestFields, before);
}

async function grantFor(
  { findGrant, log }: { readonly findGrant: FindGrant; readonly log: Pick<AuditReader, 'list'> },
  { agentId, request }: OpenCall,
  checked: CheckedCall,
  decision: Decision,
): Promise<Grant | undefined> {
  const { tool, args } = checked.call;
  const target = targetState(checked);
  if (request.mode !== undefined || decision.mode === 'suggest' || tool.effect !== 'write' || target === null) {
    return undefined;
  }
  const plain = JSON.parse(JSON.stringify(args)) as typeof args;
  const asked = { agentId, tool: tool.name, target: target.name, args: plain, now: target.fields, decision };
  const grant = await findGrant(asked);
  return grant !== undefined && (await isAsLeft(log, agentId, checked)) ? grant : undefined;
}
