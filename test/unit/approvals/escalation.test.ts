import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Approval } from '../../../src/approvals/approval.js';
import { covers } from '../../../src/approvals/need.js';
import type { JsonObject } from '../../../src/kernel/json.js';
import type { ApprovalNeed, NeededStep } from '../../../src/policy/approval-need.js';
import { anApproval, testSeal } from '../../support/approvals.js';
import { isIntact } from '../../../src/approvals/binding.js';
import { ApprovalWorld, codeOf } from '../../support/fakes/approval-world.js';

const HOUR = 3_600;
const ESCALATING: ApprovalNeed = {
  rules: ['publishing'],
  steps: [
    {
      name: 'desk',
      approvers: { roles: ['editor'] },
      quorum: 1,
      escalate: { afterSeconds: 2 * HOUR, to: { roles: ['administrator'] } },
    },
    {
      name: 'legal',
      approvers: { roles: ['legal'] },
      quorum: 1,
      escalate: { afterSeconds: HOUR, to: { users: ['chief'] } },
    },
  ],
  expiresInSeconds: 24 * HOUR,
  allowEdits: true,
};

describe('a step that waits too long', () => {
  let world: ApprovalWorld;
  let held: Approval;
  const vote = (who: number): Promise<string> =>
    codeOf(world.useCases.approve({ id: held.id, principal: world.as(who), note: null }));
  const details = (): readonly JsonObject[] =>
    world.entries.filter(({ kind }) => kind === 'approval.escalated').map(({ detail }) => detail as JsonObject);

  beforeEach(async () => {
    world = new ApprovalWorld();
    world.need = ESCALATING;
    world.person(1);
    world.person(2, { login: 'admin', roles: ['administrator'] });
    world.person(3, { roles: ['legal'] });
    world.person(4, { login: 'chief', roles: ['author'] });
    held = await world.ask();
  });

  it('lets its further approvers vote from that second on, and not before', async () => {
    world.later(2 * HOUR - 1);
    expect(await vote(2)).toBe('approval_not_eligible');
    world.later(1);
    expect(await vote(2)).toBe('ok');
  });

  it('needs no sweep to have run, and says so in the log before the vote', async () => {
    world.later(3 * HOUR);
    expect(await vote(2)).toBe('ok');
    expect(world.kinds().slice(-2)).toEqual(['approval.escalated', 'approval.voted']);
    expect(details()).toMatchObject([{ step: 0, stepName: 'desk', roles: ['administrator'], users: [] }]);
  });

  it('still takes the votes of its first approvers', async () => {
    world.later(3 * HOUR);
    expect(await vote(1)).toBe('ok');
  });

  it('begins to wait when the step before it is done', async () => {
    world.later(90 * 60);
    expect(await vote(1)).toBe('ok');
    world.later(59 * 60);
    expect(await vote(4)).toBe('approval_not_eligible');
    world.later(60);
    expect(await vote(4)).toBe('ok');
    expect(world.runs).toHaveLength(1);
  });

  it('gives nobody a voice in a step that hasn’t begun', async () => {
    world.later(5 * HOUR);
    expect(await vote(4)).toBe('approval_not_eligible');
    expect(await codeOf(world.useCases.reject({ id: held.id, principal: world.as(4), note: null }))).toBe(
      'approval_not_eligible',
    );
  });

  it('is written down once by any number of sweeps, and told with the time it was due', async () => {
    expect(await world.useCases.escalate()).toBe(0);
    world.later(2 * HOUR + 5);
    expect(await Promise.all([world.useCases.escalate(), world.useCases.escalate()])).toContain(1);
    expect(await world.useCases.escalate()).toBe(0);
    expect(details()).toHaveLength(1);
    const dueAt = new Date(held.createdAt.getTime() + 2 * HOUR * 1_000).toISOString();
    expect(details()).toMatchObject([{ dueAt }]);
    expect(await vote(2)).toBe('ok');
    expect(details()).toHaveLength(1);
  });

  it('keeps a vote that came by escalation when it is looked at again before the run', async () => {
    world.later(2 * HOUR);
    expect(await vote(2)).toBe('ok');
    expect(await vote(3)).toBe('ok');
    expect(world.runs).toHaveLength(1);
  });

  it('doesn’t escalate what has expired', async () => {
    world.later(25 * HOUR);
    expect(await world.useCases.escalate()).toBe(0);
    expect(await vote(2)).toBe('approval_expired');
  });

  it('can’t be brought forward in the database', async () => {
    world.approvals.tamper(held.id, (row) => {
      const steps = row.need.steps.map((step) =>
        step.escalate === undefined ? step : { ...step, escalate: { ...step.escalate, afterSeconds: 0 } },
      );
      return { ...row, need: { ...row.need, steps } };
    });
    expect(await vote(2)).toBe('approval_stale');
    expect(world.runs).toHaveLength(0);
  });
});

describe('an approval from before there were escalations', () => {
  it('still fits its digest', () => {
    const held = anApproval();
    expect(isIntact(held, testSeal)).toBe(true);
    expect(held.digest).toBe('352045a298af3138d2c7fd160c201055482aace8c36af26c4bb09f7fc875eb5d');
  });
});

describe('a policy that changed its escalation meanwhile', () => {
  const step = (escalate?: NeededStep['escalate']): readonly NeededStep[] => [
    { name: 'desk', approvers: { roles: ['editor'] }, quorum: 1, ...(escalate === undefined ? {} : { escalate }) },
  ];
  const to = { roles: ['administrator'] };

  it.each([
    ['the same', step({ afterSeconds: 60, to }), step({ afterSeconds: 60, to }), true],
    ['an earlier one', step({ afterSeconds: 60, to }), step({ afterSeconds: 30, to }), true],
    ['none was voted under', step(), step({ afterSeconds: 60, to }), true],
    ['a later one', step({ afterSeconds: 60, to }), step({ afterSeconds: 61, to }), false],
    ['none now', step({ afterSeconds: 60, to }), step(), false],
    ['other people', step({ afterSeconds: 60, to }), step({ afterSeconds: 60, to: { roles: ['legal'] } }), false],
  ])('%s', (_name, voted, asked, covered) => {
    expect(covers(voted, asked)).toBe(covered);
  });
});
