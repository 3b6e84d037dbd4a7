import { beforeEach, describe, expect, it } from '@jest/globals';
import { countOf, isComplete, type Approval } from '../../../src/approvals/approval.js';
import { makeClaim } from '../../../src/approvals/claim.js';
import { castVote, ownBallot } from '../../../src/approvals/voting.js';
import { sealVote } from '../../../src/approvals/binding.js';
import { DEFAULT_NEED } from '../../../src/policy/approval-need.js';
import { after, anApproval, aVoter, testSeal } from '../../support/approvals.js';
import { ApprovalWorld, codeOf } from '../../support/fakes/approval-world.js';

const voted = (held: Approval, who = 1): Approval =>
  castVote(held, ownBallot(aVoter(who)), { note: null, at: after(1), rememberSeconds: null }, (vote) =>
    sealVote(held.id, vote, testSeal),
  );

describe('a claim', () => {
  let world: ApprovalWorld;
  let approved: Approval;
  beforeEach(async () => {
    world = new ApprovalWorld();
    approved = voted(await world.ask());
    await world.approvals.save(await world.present(approved.id), approved);
  });
  const claim = () =>
    codeOf(makeClaim({ inTransaction: world.inTransaction, clock: world.clock, seal: testSeal })(approved, () => []));

  it('gets an approved call, once', async () => {
    expect(await Promise.all([claim(), claim(), claim()])).toEqual(['ok', 'approval_resolved', 'approval_resolved']);
    expect((await world.calls.get(approved.callId))?.state).toBe('running');
  });

  it.each<[string, (row: Approval) => Approval]>([
    ['other arguments under the same digest', (row) => ({ ...row, effective: { id: 12, title: 'Swapped' } })],
    ['its votes gone', (row) => ({ ...row, votes: [] })],
    ['another seal', (row) => ({ ...row, seal: 'x' })],
    ['another state', (row) => ({ ...row, state: 'pending' })],
  ])('gets nothing when the row has %s since it was checked', async (_, change) => {
    world.approvals.tamper(approved.id, change);
    expect(await claim()).toBe('approval_resolved');
    expect((await world.calls.get(approved.callId))?.state).toBe('pending_approval');
  });

  it('gets nothing at the instant of expiry, nor when the call’s own row says otherwise', async () => {
    world.later(86_400);
    expect(await claim()).toBe('approval_expired');
    world.later(-60);
    await world.calls.settle(approved.callId, { from: 'pending_approval', to: 'cancelled', at: world.now });
    expect(await claim()).toBe('approval_resolved');
    expect((await world.present(approved.id)).state).toBe('approved');
  });
});

describe('votes', () => {
  it('count for the digest that they were cast for alone', () => {
    const approved = voted(anApproval());
    expect(isComplete(approved)).toBe(true);
    const changed = { ...approved, digest: 'f'.repeat(64) };
    expect([countOf(changed, 0), isComplete(changed)]).toEqual([0, false]);
  });

  it('are never enough for a need without steps, nor is a quorum of nobody', () => {
    expect(isComplete(anApproval({ need: { ...DEFAULT_NEED, steps: [] } }))).toBe(false);
    const nobody = { ...DEFAULT_NEED, steps: [{ name: 's', approvers: {}, quorum: 0 }] };
    expect(isComplete(anApproval({ need: nobody }))).toBe(false);
  });
});
