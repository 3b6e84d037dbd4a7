import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Delegation } from '../../src/approvals/delegation.js';
import type { DelegationStore } from '../../src/approvals/delegation-store.js';
import type { Grant } from '../../src/approvals/grant.js';
import type { GrantStore } from '../../src/approvals/grant-store.js';
import type { AgentId, ApprovalId, DelegationId, GrantId, PolicyVersion, WpUserId } from '../../src/kernel/ids.js';
import { after, ASKED, REQUESTER_AGENT } from '../support/approvals.js';

const person = (userId: number) => ({ userId: userId as WpUserId, login: `Žofie ${userId}` });

const aDelegation = (id: number, changes: Partial<Delegation> = {}): Delegation => ({
  id: `del_${String(id).padStart(20, '0')}` as DelegationId,
  from: person(1),
  to: person(2),
  startsAt: ASKED,
  endsAt: after(3_600.000_5),
  note: 'holidays 🏖',
  createdAt: after(id),
  seal: 's'.repeat(43),
  revoked: null,
  ...changes,
});

/** What every store of delegations promises. */
export function delegationStoreContract(name: string, make: () => Promise<DelegationStore>): void {
  describe(`the delegation store contract: ${name}`, () => {
    let store: DelegationStore;
    beforeEach(async () => {
      store = await make();
    });

    it('gives back exactly what was inserted, newest first', async () => {
      const [first, second] = [aDelegation(1), aDelegation(2, { note: null })];
      await store.insert(first);
      await store.insert(second);
      expect(await store.get(first.id)).toEqual(first);
      expect(await store.list({ limit: 10 })).toEqual([second, first]);
      expect(await store.list({ limit: 1 })).toEqual([second]);
      expect(await store.get(aDelegation(3).id)).toBeUndefined();
    });

    it('finds what holds for one delegate, from its first instant up to its last', async () => {
      await store.insert(aDelegation(1));
      await store.insert(aDelegation(2, { to: person(3) }));
      const found = async (now: Date) => (await store.activeFor(person(2).userId, now)).length;
      expect(await found(new Date(ASKED.getTime() - 1))).toBe(0);
      expect(await found(ASKED)).toBe(1);
      expect(await found(after(3_599))).toBe(1);
      expect(await found(after(3_601))).toBe(0);
      expect(await store.active(after(5), 10)).toHaveLength(2);
    });

    it('is revoked once, and holds no more', async () => {
      const made = aDelegation(1);
      await store.insert(made);
      const revoked = { at: after(60), by: person(1) };
      expect(await store.revoke(made.id, revoked)).toBe(true);
      expect(await store.revoke(made.id, { at: after(70), by: person(2) })).toBe(false);
      expect(await store.get(made.id)).toEqual({ ...made, revoked });
      expect(await store.activeFor(person(2).userId, after(61))).toEqual([]);
    });
  });
}

const aGrant = (id: number, changes: Partial<Grant> = {}): Grant => ({
  id: `grt_${String(id).padStart(20, '0')}` as GrantId,
  approvalId: 'apr_00000000000000000001' as ApprovalId,
  agentId: REQUESTER_AGENT,
  tool: 'posts.update',
  target: 'post 12',
  texts: ['content', 'title'],
  fixed: { id: 12, status: 'draft', tags: [1, 2] },
  targetStatus: 'draft',
  policyVersion: 3 as PolicyVersion,
  asks: ['["approvals","publishing","policy_approval_required"]'],
  need: { steps: [{ name: 'désk', quorum: 1 }] },
  by: [person(1), person(2)],
  createdAt: after(id),
  expiresAt: after(3_600),
  seal: 's'.repeat(43),
  revoked: null,
  uses: 0,
  lastUsedAt: null,
  ...changes,
});

/** What every store of remembered approvals promises. */
export function grantStoreContract(name: string, make: () => Promise<GrantStore>): void {
  describe(`the grant store contract: ${name}`, () => {
    let store: GrantStore;
    beforeEach(async () => {
      store = await make();
    });

    it('gives back exactly what was inserted, and finds it for its agent, tool and target alone', async () => {
      const made = aGrant(1);
      await store.insert(made);
      expect(await store.get(made.id)).toEqual(made);
      const call = { agentId: REQUESTER_AGENT, tool: 'posts.update', target: 'post 12' };
      expect(await store.forCall(call, after(10))).toEqual([made]);
      expect(await store.forCall({ ...call, target: 'post 13' }, after(10))).toEqual([]);
      expect(await store.forCall({ ...call, tool: 'posts.trash' }, after(10))).toEqual([]);
      expect(await store.forCall({ ...call, agentId: 'agt_other' as AgentId }, after(10))).toEqual([]);
    });

    it('is over at the instant of its end', async () => {
      const made = aGrant(1);
      await store.insert(made);
      expect(await store.list({ activeAt: after(3_599), limit: 5 })).toEqual([made]);
      expect(await store.list({ activeAt: after(3_600), limit: 5 })).toEqual([]);
      expect(await store.forCall(made, after(3_600))).toEqual([]);
      expect(await store.use(made.id, after(3_600))).toBe(false);
      expect(await store.list({ limit: 5 })).toEqual([made]);
    });

    it('counts its uses, and none once it is revoked', async () => {
      const made = aGrant(1);
      await store.insert(made);
      expect(await store.use(made.id, after(10))).toBe(true);
      expect(await store.use(made.id, after(20))).toBe(true);
      expect(await store.get(made.id)).toMatchObject({ uses: 2, lastUsedAt: after(20) });
      const revoked = { at: after(30), by: person(2) };
      expect(await store.revoke(made.id, revoked)).toBe(true);
      expect(await store.revoke(made.id, { at: after(40), by: person(1) })).toBe(false);
      expect(await store.use(made.id, after(50))).toBe(false);
      expect(await store.get(made.id)).toMatchObject({ uses: 2, revoked });
      expect(await store.forCall(made, after(50))).toEqual([]);
    });
  });
}
