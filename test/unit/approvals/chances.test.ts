import { describe, expect, it } from '@jest/globals';
import type { Approval } from '../../../src/approvals/approval.js';
import { makeReadApprovals } from '../../../src/approvals/read-approvals.js';
import { chancesOf as chancesAt } from '../../../src/approvals/chances.js';
import { castVote, ownBallot, type Voter } from '../../../src/approvals/voting.js';
import { after, anApproval, aVoter, REQUESTER, TWO_STEPS } from '../../support/approvals.js';
import { FakeApprovalStore } from '../../support/fakes/fake-approval-store.js';

const chancesOf = (approval: Approval, voter: Voter) => chancesAt(approval, voter, after(1));
const admin = aVoter(1, { roles: ['legal'] });
const editor = aVoter(2);

describe('what a screen is told that a person could do', () => {
  const held = anApproval({ need: TWO_STEPS });

  it('is a vote for who is named by the step that waits, and a rejection for who is named by any', () => {
    expect(chancesOf(held, editor)).toEqual({ vote: null, reject: null });
    expect(chancesOf(held, admin)).toEqual({ vote: 'approval_not_eligible', reject: null });
    expect(chancesOf(held, aVoter(3, { roles: ['author'] }))).toEqual({
      vote: 'approval_not_eligible',
      reject: 'approval_not_eligible',
    });
  });

  it('is nothing for the account that asked, and for an agent', () => {
    const own = { vote: 'approval_own_call', reject: 'approval_own_call' };
    expect(chancesOf(held, aVoter(REQUESTER))).toEqual(own);
    expect(chancesOf(held, aVoter(3, { agentId: held.requester.agentId }))).toEqual(own);
    expect(chancesOf(held, aVoter(3, { mayApprove: false })).vote).toBe('approval_not_eligible');
  });

  it('says that one has voted', () => {
    const vote = (on: Approval, by: Voter) =>
      castVote(on, ownBallot(by), { note: null, at: after(1), rememberSeconds: null }, () => 'seal');
    const once = vote(held, editor);
    expect(chancesOf(once, editor).vote).toBe('voted');
    expect(chancesOf(once, admin).vote).toBe('approval_not_eligible');
    expect(chancesOf(vote(once, aVoter(3)), admin).vote).toBeNull();
  });
});

describe('the list of what waits for one person', () => {
  it('has every call on which they could vote, page by page, and no other', async () => {
    const store = new FakeApprovalStore();
    for (let number = 1; number <= 450; number += 1)
      await store.insert(anApproval({ need: number % 3 === 0 ? FOR_ADMINS : TWO_STEPS }, number));
    const read = makeReadApprovals({
      approvals: store,
      log: { list: () => Promise.resolve([]) },
      clock: { now: () => after(10) },
    });
    const seen: string[] = [];
    for (let before: number | undefined; ;) {
      const page = await read.listFor([ownBallot(admin)], { limit: 40, ...(before === undefined ? {} : { before }) });
      seen.push(...page.items.map(({ id }) => id));
      if (page.next === null) break;
      before = page.next;
    }
    const wanted = Array.from({ length: 450 }, (_, place) => place + 1).filter((number) => number % 3 === 0);
    expect(seen).toEqual(wanted.reverse().map((number) => anApproval({}, number).id));
  });
});

const FOR_ADMINS = { ...TWO_STEPS, steps: [{ name: 'chief', approvers: { roles: ['legal'] }, quorum: 1 }] };
