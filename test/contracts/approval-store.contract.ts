import { beforeEach, describe, expect, it } from '@jest/globals';
import { liveVotes, move, type Approval, type Vote } from '../../src/approvals/approval.js';
import type { ApprovalStore } from '../../src/approvals/approval-store.js';
import type { ApprovalId, CallId, WpUserId } from '../../src/kernel/ids.js';
import { agentOf } from '../support/audit-entries.js';
import { after, anApproval, ASKED, TWO_STEPS } from '../support/approvals.js';

const aVote = (approval: Approval, userId: number, changes: Partial<Vote> = {}): Vote => ({
  step: 0,
  userId: userId as WpUserId,
  login: `Žofie ${userId}`,
  by: null,
  rememberSeconds: null,
  note: 'looks right 👍',
  at: after(60.125),
  digest: approval.digest,
  seal: 's'.repeat(43),
  dropped: null,
  ...changes,
});
const withVotes = (approval: Approval, votes: readonly Vote[]): Approval => ({
  ...approval,
  votes,
  updatedAt: after(60),
});

/** What every store of approvals promises. `make` gives an empty one. */
export function approvalStoreContract(name: string, make: () => Promise<ApprovalStore>): void {
  describe(`the approval store contract: ${name}`, () => {
    let store: ApprovalStore;
    beforeEach(async () => {
      store = await make();
    });

    it('gives back exactly what was inserted', async () => {
      const held = anApproval({
        proposed: { title: `Füße 🦶 ${'x'.repeat(100_000)}`, deep: [{ a: [1.5, null, true] }] },
        need: TWO_STEPS,
        reason: null,
        before: null,
        targetDigest: null,
        policyVersion: null,
        findings: [{ rule: 'r', unlock: { statuses: ['draft'] } }],
      });
      await store.insert(held);
      expect(await store.get(held.id)).toEqual(held);
      expect(await store.lock(held.id)).toEqual(held);
      expect(await store.byCall(held.callId)).toEqual(held);
    });

    it('knows nothing of what was never put in', async () => {
      expect(await store.get('apr_x' as ApprovalId)).toBeUndefined();
      expect(await store.byCall('call_x' as CallId)).toBeUndefined();
      expect(await store.list({ limit: 10, now: ASKED })).toEqual([]);
    });

    it('holds a call once', async () => {
      const held = anApproval();
      await store.insert(held);
      await expect(store.insert(held)).rejects.toThrow();
    });

    it('keeps votes in their order, and the ones that were dropped with their reason', async () => {
      const held = anApproval();
      await store.insert(held);
      const voted = withVotes(held, [aVote(held, 2), aVote(held, 1)]);
      expect(await store.save(held, voted)).toBe(true);
      expect(await store.get(held.id)).toEqual(voted);
      const [first, second] = voted.votes;
      if (first === undefined || second === undefined) throw new Error('two votes');
      const dropped = withVotes(voted, [
        { ...first, dropped: { at: after(90), why: 'ineligible' } },
        second,
        aVote(held, 2),
      ]);
      expect(await store.save(voted, dropped)).toBe(true);
      const stored = await store.get(held.id);
      expect(stored).toEqual(dropped);
      expect(stored && liveVotes(stored).map(({ userId }) => userId)).toEqual([1, 2]);
    });

    it('takes no second vote of the same person that counts, in whichever step', async () => {
      const held = anApproval();
      await store.insert(held);
      const voted = withVotes(held, [aVote(held, 1)]);
      await store.save(held, voted);
      const twice = withVotes(voted, [...voted.votes, aVote(held, 1, { step: 1 })]);
      await expect(store.save(voted, twice)).rejects.toThrow();
    });

    it('lets one of many claims through', async () => {
      const held = { ...anApproval(), state: 'approved' as const };
      await store.insert(held);
      const claims = await Promise.all(
        Array.from({ length: 20 }, () => store.save(held, move(held, 'running', ASKED))),
      );
      expect(claims.filter((claimed) => claimed)).toHaveLength(1);
      expect((await store.get(held.id))?.state).toBe('running');
    });

    it('lets one through of those that would run it and those that would call it off', async () => {
      const held = { ...anApproval(), state: 'approved' as const };
      await store.insert(held);
      const ends = ['running', 'rejected', 'cancelled', 'stale', 'expired'] as const;
      const wanted = Array.from({ length: 4 }, () => ends).flat();
      const saved = await Promise.all(wanted.map((state) => store.save(held, move(held, state, ASKED))));
      const winner = wanted[saved.indexOf(true)];
      expect(saved.filter((each) => each)).toHaveLength(1);
      expect((await store.get(held.id))?.state).toBe(winner);
    });

    it('keeps edited arguments apart from the proposed ones', async () => {
      const held = anApproval();
      await store.insert(held);
      const edited = { ...held, effective: { id: 12, title: 'Edited' }, digest: 'e'.repeat(64), seal: 'new' };
      await store.save(held, edited);
      expect(await store.get(held.id)).toEqual(edited);
    });

    it('ends what runs, once, with its outcome', async () => {
      const held = { ...anApproval(), state: 'running' as const };
      await store.insert(held);
      const outcome = { status: 200, body: { status: 'executed', result: { id: 12 } } };
      const end = { state: 'succeeded', outcome, at: after(5) } as const;
      expect(await store.finish(held.callId, end)).toBe(true);
      expect(await store.finish(held.callId, { ...end, state: 'unknown' })).toBe(false);
      expect(await store.get(held.id)).toMatchObject({ state: 'succeeded', outcome, updatedAt: after(5) });
      expect(await store.finish('call_x' as CallId, end)).toBe(false);
    });

    it('finds those whose outcome is unknown until somebody has looked for it', async () => {
      const lost = { ...anApproval(), state: 'unknown' as const, updatedAt: after(5) };
      await store.insert(lost);
      await store.insert({ ...anApproval({}, 2), state: 'succeeded', updatedAt: after(5) });
      expect(await store.unsettled(after(5), 10)).toEqual([]);
      expect(await store.unsettled(after(6), 10)).toEqual([lost.id]);
      const settled = { ...lost, resolution: { readBack: { result: 'done' } }, updatedAt: after(7) };
      expect(await store.save(lost, settled)).toBe(true);
      expect(await store.unsettled(after(60), 10)).toEqual([]);
      expect(await store.get(lost.id)).toEqual(settled);
    });

    it('lists newest first, by what people see, below a cursor and up to a limit', async () => {
      const [first, second, third] = [1, 2, 3].map((number) => anApproval({}, number));
      if (first === undefined || second === undefined || third === undefined) throw new Error('three');
      const short = anApproval({ expiresAt: after(10) }, 4);
      for (const held of [first, second, third, short]) await store.insert(held);
      await store.save(second, move(second, 'rejected', after(1)));
      const ids = async (page: Partial<Parameters<ApprovalStore['list']>[0]>) =>
        (await store.list({ limit: 9, now: after(10), ...page })).map(({ id }) => id);
      expect(await ids({})).toEqual([short.id, third.id, second.id, first.id]);
      expect(await ids({ status: 'pending' })).toEqual([third.id, first.id]);
      expect(await ids({ status: 'pending', now: after(9) })).toEqual([short.id, third.id, first.id]);
      expect(await ids({ status: 'expired' })).toEqual([short.id]);
      expect(await ids({ status: 'rejected' })).toEqual([second.id]);
      expect(await ids({ group: 'open' })).toEqual([third.id, first.id]);
      expect(await ids({ group: 'decided' })).toEqual([short.id, second.id]);
      expect(await ids({ tool: first.tool, agentId: first.requester.agentId })).toHaveLength(4);
      expect(await ids({ tool: 'posts.nothing' })).toEqual([]);
      expect(await ids({ agentId: agentOf('z') })).toEqual([]);
      expect(await store.waiting(after(9))).toEqual({ count: 3, firstExpiry: short.expiresAt });
      expect(await store.waiting(after(10))).toEqual({ count: 2, firstExpiry: first.expiresAt });
      expect(await store.waiting(first.expiresAt)).toEqual({ count: 0, firstExpiry: null });
      const [newest] = await store.list({ limit: 1, now: after(10) });
      expect(newest?.id).toBe(short.id);
      expect(await ids({ before: newest?.seq ?? 0, limit: 2 })).toEqual([third.id, second.id]);
    });

    it('names what is past its expiry, and what was approved and never claimed', async () => {
      const [late, later, alive] = [20, 10, 90].map((seconds, place) =>
        anApproval({ expiresAt: after(seconds) }, place + 1),
      );
      const left = { ...anApproval({}, 4), state: 'approved' as const };
      for (const held of [late, later, alive, left]) if (held !== undefined) await store.insert(held);
      expect(await store.due(after(20), 9)).toEqual([later?.id, late?.id]);
      expect(await store.due(after(20), 1)).toEqual([later?.id]);
      expect(await store.unclaimed(after(1), after(60), 9)).toEqual([left.id]);
      expect(await store.unclaimed(ASKED, after(60), 9)).toEqual([]);
      expect(await store.unclaimed(after(1), left.expiresAt, 9)).toEqual([]);
    });
  });
}
