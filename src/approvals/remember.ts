import type { AuditReader } from '../audit/audit-log.js';
import type { Actor, NewAuditEntry } from '../audit/audit-entry.js';
import { actorOf, type Principal } from '../identity/principal.js';
import type { Clock } from '../kernel/clock.js';
import { ChaperoneError } from '../kernel/errors.js';
import type { GrantId } from '../kernel/ids.js';
import type { InTransaction } from '../kernel/in-transaction.js';
import { isComplete, type Approval } from './approval.js';
import type { ApprovalStore } from './approval-store.js';
import { isGenuine, isIntact, type Seal } from './binding.js';
import { answers, isGenuineGrant, type Asked, type Grant } from './grant.js';
import type { GrantStore } from './grant-store.js';
import { makeIsRevoked } from './revocations.js';
import type { ApprovalStores } from './stores.js';
import type { LoadPresent } from './voters.js';
import { dropForged, recheck } from './voting.js';

const SHOWN = 200;

/** An entry about a grant, which names the approval that it came from. */
export function grantEntry(
  kind: 'approval.remembered' | 'approval.grant_used' | 'approval.grant_revoked',
  grant: Grant,
  who: { readonly actor: Actor; readonly at: Date },
): NewAuditEntry {
  const { id, approvalId, agentId, tool, target, texts, policyVersion, expiresAt } = grant;
  const detail = { id, approvalId, agentId, target, texts: [...texts], expiresAt: expiresAt.toISOString() };
  return { kind, ...who, tool, policyVersion, detail };
}

export interface GrantDeps {
  readonly inTransaction: InTransaction<Pick<ApprovalStores, 'grants' | 'audit'>>;
  readonly grants: Pick<GrantStore, 'get' | 'list' | 'forCall'>;
  readonly approvals: Pick<ApprovalStore, 'get'>;
  readonly log: Pick<AuditReader, 'list'>;
  readonly loadPresent: LoadPresent;
  readonly seal: Seal;
  readonly clock: Clock;
}

/** Whether the votes behind a grant still count: who has lost the role or the capability since lets no call through. */
async function isStillMeant({ approvals, loadPresent, seal }: GrantDeps, grant: Grant, now: Date): Promise<boolean> {
  const approval: Approval | undefined = await approvals.get(grant.approvalId);
  if (approval === undefined || !isIntact(approval, seal)) return false;
  const genuine = dropForged(approval, (vote) => isGenuine(approval.id, vote, seal), now).approval;
  return isComplete(recheck(genuine, await loadPresent(genuine), now).approval);
}

export type FindGrant = (asked: Asked) => Promise<Grant | undefined>;

/** The grant that answers a call which the policy wants people to decide; undefined when people are to be asked. */
export function makeFindGrant(deps: GrantDeps): FindGrant {
  const isRevoked = makeIsRevoked(deps.log);
  return async (asked) => {
    const now = deps.clock.now();
    for (const grant of await deps.grants.forCall(asked, now)) {
      if (!answers(grant, asked, now) || !isGenuineGrant(grant, deps.seal)) continue;
      if (await isRevoked('approval.grant_revoked', grant)) continue;
      if (await isStillMeant(deps, grant, now)) return grant;
    }
    return undefined;
  };
}

/** Takes a grant back; whoever may approve changes may. What it let through before stays done. @throws not_found */
export function makeRevokeGrant(deps: GrantDeps) {
  return ({ id, principal }: { readonly id: GrantId; readonly principal: Principal }): Promise<Grant> =>
    deps.inTransaction(async ({ grants, audit }) => {
      const found = await grants.get(id);
      if (found === undefined) throw new ChaperoneError('not_found', { detail: 'There is no such grant.' });
      const at = deps.clock.now();
      const revoked = { at, by: { userId: principal.userId, login: principal.login } };
      if (!(await grants.revoke(id, revoked))) return found;
      await audit.append([grantEntry('approval.grant_revoked', found, { actor: actorOf(principal), at })]);
      return { ...found, revoked };
    });
}

export const makeListGrants =
  ({ grants, clock }: Pick<GrantDeps, 'grants' | 'clock'>) =>
  (which: { readonly active: boolean }): Promise<readonly Grant[]> =>
    grants.list({ limit: SHOWN, ...(which.active ? { activeAt: clock.now() } : {}) });
