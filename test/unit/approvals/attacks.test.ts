import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Approval } from '../../../src/approvals/approval.js';
import type { JsonObject } from '../../../src/kernel/json.js';
import { DEFAULT_NEED } from '../../../src/policy/approval-need.js';
import { REQUESTER, REQUESTER_AGENT, TWO_STEPS } from '../../support/approvals.js';
import { ApprovalWorld, codeOf } from '../../support/fakes/approval-world.js';

let world: ApprovalWorld;
beforeEach(() => {
  world = new ApprovalWorld();
  for (const number of [1, 2, 3]) world.person(number);
  world.person(4, { login: 'admin', roles: ['administrator'] });
});

const approve = (approval: Approval, number: number, more: { args?: JsonObject; digest?: string } = {}) =>
  world.useCases.approve({ id: approval.id, principal: world.as(number), note: null, ...more });
const reject = (approval: Approval, number: number) =>
  world.useCases.reject({ id: approval.id, principal: world.as(number), note: 'no' });
const cancel = (approval: Approval, number: number) =>
  world.useCases.cancel({ id: approval.id, principal: world.as(number), note: null });
const stateOf = async ({ id }: Approval) => (await world.present(id)).state;
const callOf = async ({ callId }: Approval) => (await world.calls.get(callId))?.state;
const twoSteps = () => {
  world.need = TWO_STEPS;
  return world.ask();
};

describe('a held call', () => {
  it('runs with the last vote, as its agent’s own user, and its outcome stands on the call and the approval', async () => {
    const held = await twoSteps();
    expect(await callOf(held)).toBe('pending_approval');
    expect((await approve(held, 1)).outcome).toBeNull();
    expect((await approve(held, 2)).outcome).toBeNull();
    expect(world.runs).toHaveLength(0);
    const { outcome, approval } = await approve(held, 4);
    expect(outcome).toMatchObject({ status: 200, body: { status: 'executed', callId: held.callId } });
    expect(approval.state).toBe('succeeded');
    expect(await callOf(held)).toBe('succeeded');
    expect(world.runs).toMatchObject([{ user: REQUESTER, body: { title: 'Asked' }, callId: held.callId }]);
    expect(world.kinds()).toEqual([
      'call.decision',
      'approval.requested',
      'approval.voted',
      'approval.voted',
      'approval.voted',
      'approval.claimed',
      'call.intent',
      'call.outcome',
    ]);
    const voted = world.entries.filter(({ kind }) => kind === 'approval.voted');
    expect(voted.map(({ actor, policyVersion }) => [actor.userId, policyVersion])).toEqual([
      [1, 1],
      [2, 1],
      [4, 1],
    ]);
  });

  it('keeps its first answer, 202, whatever became of it', async () => {
    const held = await world.ask();
    await approve(held, 1);
    const call = await world.calls.get(held.callId);
    expect(call?.answer).toMatchObject({ status: 202, body: { status: 'pending_approval' } });
    expect((await world.present(held.id)).outcome?.status).toBe(200);
  });

  it.each([
    ['rejected', (held: Approval) => reject(held, 2)],
    ['cancelled', (held: Approval) => cancel(held, REQUESTER)],
  ])('is %s once and never runs', async (state, end) => {
    const held = await world.ask();
    await end(held);
    expect([await stateOf(held), await callOf(held)]).toEqual([state, state]);
    expect(await codeOf(approve(held, 1))).toBe('approval_resolved');
    expect(await codeOf(end(held))).toBe('approval_resolved');
    expect(world.runs).toHaveLength(0);
    expect(world.kinds().filter((kind) => kind === `approval.${state}`)).toHaveLength(1);
  });
});

describe('who may decide', () => {
  it('never the agent, its account, or another agent’s account', async () => {
    const held = await world.ask();
    world.person(8, { agentId: ApprovalWorld.otherAgent });
    world.person(9, { agentId: REQUESTER_AGENT });
    expect(await codeOf(approve(held, REQUESTER))).toBe('approval_own_call');
    expect(await codeOf(approve(held, 9))).toBe('approval_own_call');
    expect(await codeOf(approve(held, 8))).toBe('approval_not_eligible');
    // The account itself, after it was bound to nobody and given every right.
    world.person(REQUESTER, { agentId: null, mayApprove: true, roles: ['administrator', 'editor'] });
    for (const attempt of [approve(held, REQUESTER), reject(held, REQUESTER)])
      expect(await codeOf(attempt)).toBe('approval_own_call');
    expect(world.runs).toHaveLength(0);
  });

  it('nobody twice, neither in one step nor in two', async () => {
    world.person(1, { roles: ['editor', 'legal'] });
    const held = await twoSteps();
    await approve(held, 1);
    expect(await codeOf(approve(held, 1))).toBe('approval_not_eligible');
    await approve(held, 2);
    expect(await codeOf(approve(held, 1))).toBe('approval_not_eligible');
    expect(await stateOf(held)).toBe('pending');
  });

  it('only approvers of the step that waits; any approver may reject', async () => {
    const held = await twoSteps();
    expect(await codeOf(approve(held, 4))).toBe('approval_not_eligible');
    world.person(5, { roles: ['author'] });
    for (const attempt of [approve(held, 5), reject(held, 5)])
      expect(await codeOf(attempt)).toBe('approval_not_eligible');
    await reject(held, 4);
    expect(await stateOf(held)).toBe('rejected');
  });

  it('a login spelt like a role is a login, and a role spelt like a login a role', async () => {
    world.need = { ...DEFAULT_NEED, steps: [{ name: 's', approvers: { users: ['editor'] }, quorum: 1 }] };
    const held = await world.ask();
    expect(await codeOf(approve(held, 1))).toBe('approval_not_eligible');
    world.person(6, { login: 'Editor', roles: ['author'] });
    expect((await approve(held, 6)).approval.state).toBe('succeeded');
    world.need = { ...DEFAULT_NEED, steps: [{ name: 's', approvers: { roles: ['editor'] }, quorum: 1 }] };
    expect(await codeOf(approve(await world.ask(), 6))).toBe('approval_not_eligible');
  });

  it('only with the capability, whatever the lists say', async () => {
    const held = await world.ask();
    world.person(1, { mayApprove: false });
    expect(await codeOf(approve(held, 1))).toBe('approval_not_eligible');
  });

  it('the requester alone cancels; to others the approval is not there', async () => {
    const held = await world.ask();
    world.person(8, { agentId: ApprovalWorld.otherAgent });
    for (const number of [1, 8]) expect(await codeOf(cancel(held, number))).toBe('not_found');
    expect(await stateOf(held)).toBe('pending');
  });
});

describe('an approver who has lost the role since', () => {
  it.each([
    ['the role', () => world.person(1, { roles: ['author'] })],
    ['the capability', () => world.person(1, { mayApprove: false })],
    ['the account', () => world.people.delete(1)],
    ['its freedom, being bound to the agent', () => world.person(1, { agentId: REQUESTER_AGENT })],
  ])('doesn’t count: %s', async (_, lose) => {
    const held = await twoSteps();
    await approve(held, 1);
    await approve(held, 2);
    lose();
    expect(await codeOf(approve(held, 4))).toBe('approval_not_eligible');
    const { votes, state } = await world.present(held.id);
    expect(state).toBe('pending');
    expect(votes.map(({ dropped }) => dropped?.why ?? null)).toEqual(['ineligible', null]);
    expect(world.kinds().filter((kind) => kind === 'approval.dropped')).toHaveLength(1);
    await approve(held, 3);
    expect((await approve(held, 4)).approval.state).toBe('succeeded');
  });

  it('makes later steps vote again, since steps run in order', async () => {
    world.need = { ...TWO_STEPS, steps: [...TWO_STEPS.steps, { name: 'last', approvers: {}, quorum: 1 }] };
    const held = await world.ask();
    for (const number of [1, 2, 4]) await approve(held, number);
    world.person(2, { roles: ['author'] });
    await approve(held, 3);
    const { votes } = await world.present(held.id);
    expect(votes.map(({ dropped }) => dropped?.why ?? null)).toEqual([null, 'ineligible', 'step_reopened', null]);
    expect(world.runs).toHaveLength(0);
  });

  it('doesn’t count between the last vote and the run either', async () => {
    const held = await world.ask();
    world.unreachable = true;
    expect(await codeOf(approve(held, 1))).toBe('upstream_unavailable');
    expect(await stateOf(held)).toBe('approved');
    world.unreachable = false;
    world.person(1, { mayApprove: false });
    world.later(600);
    await world.useCases.resume();
    expect(await stateOf(held)).toBe('stale');
    expect(world.runs).toHaveLength(0);
  });
});

describe('what was approved is what is run', () => {
  const tampered: readonly (readonly [string, (approval: Approval) => Approval])[] = [
    ['arguments', (row) => ({ ...row, effective: { id: 12, title: 'Swapped' } })],
    ['tool', (row) => ({ ...row, tool: 'posts.trash' })],
    ['steps', (row) => ({ ...row, need: DEFAULT_NEED })],
    ['expiry', (row) => ({ ...row, expiresAt: new Date(row.expiresAt.getTime() + 1) })],
    ['target’s digest', (row) => ({ ...row, targetDigest: 'b'.repeat(64) })],
    ['account', (row) => ({ ...row, requester: { ...row.requester, userId: 99 as never } })],
    ['what people were shown', (row) => ({ ...row, before: { title: 'Something else' } })],
    ['digest', (row) => ({ ...row, digest: 'c'.repeat(64) })],
  ];
  it.each(tampered)('%s swapped in the database: stale, nothing runs', async (_, swap) => {
    const held = await twoSteps();
    await approve(held, 1);
    await approve(held, 2);
    world.approvals.tamper(held.id, swap);
    expect(await codeOf(approve(held, 4))).toBe('approval_stale');
    expect([await stateOf(held), await callOf(held), world.runs.length]).toEqual(['stale', 'stale', 0]);
  });

  it('votes written into the database count for nothing', async () => {
    const held = await twoSteps();
    const forged = (userId: number, step: number) => ({
      step,
      userId: userId as never,
      login: `user${userId}`,
      by: null,
      rememberSeconds: null,
      note: null,
      at: world.now,
      digest: held.digest,
      seal: 'forged',
      dropped: null,
    });
    world.approvals.tamper(held.id, (row) => ({ ...row, votes: [forged(1, 0), forged(2, 0)] }));
    expect(await codeOf(approve(held, 4))).toBe('approval_not_eligible');
    expect((await world.present(held.id)).votes.map(({ dropped }) => dropped?.why)).toEqual([
      'not_genuine',
      'not_genuine',
    ]);
  });

  it('a state set to approved runs nothing', async () => {
    const held = await twoSteps();
    await approve(held, 1);
    world.approvals.tamper(held.id, (row) => ({ ...row, state: 'approved' }));
    world.later(600);
    await world.useCases.resume();
    expect([await stateOf(held), world.runs.length]).toEqual(['stale', 0]);
  });

  it('is not run again when its rows are set back', async () => {
    const held = await world.ask();
    await approve(held, 1);
    world.approvals.tamper(held.id, (row) => ({ ...row, state: 'approved' }));
    await world.calls.settle(held.callId, { from: 'succeeded', to: 'pending_approval', at: world.now });
    world.later(600);
    await world.useCases.resume();
    expect(world.runs).toHaveLength(1);
  });

  it('stays rejected when its rows are set back', async () => {
    const held = await world.ask();
    await reject(held, 2);
    world.approvals.tamper(held.id, (row) => ({ ...row, state: 'pending' }));
    await world.calls.settle(held.callId, { from: 'rejected', to: 'pending_approval', at: world.now });
    expect(await codeOf(approve(held, 1))).toBe('approval_resolved');
    expect(world.runs).toHaveLength(0);
  });

  it('a target that was changed since is stale, and the answer names what changed', async () => {
    const held = await world.ask();
    world.post = { ...world.post, title: { raw: 'By somebody else', rendered: '' } };
    await expect(approve(held, 1)).rejects.toMatchObject({
      code: 'approval_stale',
      extras: { members: { changed: [{ what: 'target', detail: 'The post 12 was changed meanwhile (title).' }] } },
    });
    expect([await stateOf(held), world.runs.length]).toEqual(['stale', 0]);
  });

  it.each([
    ['denies', 'stale', () => void (world.effect = 'deny')],
    ['asks for more', 'stale', () => void (world.need = TWO_STEPS)],
    ['lets approvals die sooner', 'stale', () => void (world.need = { ...DEFAULT_NEED, expiresInSeconds: 1 })],
    ['asks for the same', 'succeeded', () => undefined],
    ['allows', 'succeeded', () => void (world.effect = 'allow')],
  ])('under another policy that %s it is %s', async (_, state, change) => {
    const held = await world.ask();
    world.later(60);
    world.policyVersion = 2;
    change();
    expect(await codeOf(approve(held, 1))).toBe(state === 'stale' ? 'approval_stale' : 'ok');
    expect(await stateOf(held)).toBe(state);
  });

  it('an agent that is suspended runs nothing, nor does anybody under the kill switch', async () => {
    const [first, second] = [await world.ask(), await world.ask()];
    world.agentState = 'suspended';
    expect(await codeOf(approve(first, 1))).toBe('approval_stale');
    world.killed = true;
    expect(await codeOf(approve(second, 1))).toBe('kill_switch_on');
    expect([await stateOf(second), world.runs.length]).toEqual(['pending', 0]);
  });

  it('dies at the very instant of its expiry, swept or not', async () => {
    const held = await world.ask();
    world.later(86_399.999);
    expect((await world.useCases.read.list({ status: 'pending', limit: 9 })).items).toHaveLength(1);
    world.later(0.001);
    expect(await codeOf(approve(held, 1))).toBe('approval_expired');
    expect(await codeOf(reject(held, 1))).toBe('approval_expired');
    expect((await world.useCases.read.list({ status: 'expired', limit: 9 })).items).toHaveLength(1);
    expect([await world.useCases.expire(), await world.useCases.expire()]).toEqual([1, 0]);
    expect([await stateOf(held), await callOf(held)]).toEqual(['expired', 'expired']);
    expect(world.kinds().filter((kind) => kind === 'approval.expired')).toHaveLength(1);
  });
});

describe('edits', () => {
  const edited = { id: 12, title: 'Edited' };

  it('run what was edited, and keep what was proposed', async () => {
    const held = await world.ask();
    const { approval } = await approve(held, 1, { args: edited });
    expect(approval).toMatchObject({ state: 'succeeded', proposed: { title: 'Asked' }, effective: edited });
    expect(world.runs).toMatchObject([{ body: { title: 'Edited' } }]);
  });

  it('void the votes of every step', async () => {
    const held = await twoSteps();
    await approve(held, 1);
    await approve(held, 2);
    const { approval, outcome } = await approve(held, 4, { args: edited });
    expect(outcome).toBeNull();
    expect(approval.votes.map(({ dropped }) => dropped?.why)).toEqual(['edited', 'edited']);
    for (const number of [1, 2]) await approve(held, number);
    await approve(held, 4);
    expect(world.runs).toMatchObject([{ body: { title: 'Edited' } }]);
  });

  it('a vote for what was shown before an edit is refused', async () => {
    const held = await twoSteps();
    await approve(held, 1, { args: edited });
    expect(await codeOf(approve(held, 2, { digest: held.digest }))).toBe('approval_stale');
    const { digest } = await world.present(held.id);
    expect(await codeOf(approve(held, 2, { digest }))).toBe('ok');
  });

  it.each([
    ['break the schema', { id: 12, nonsense: true }, () => undefined, 'args_invalid'],
    ['go to another target', { id: 13, title: 'x' }, () => undefined, 'args_invalid'],
    ['the policy denies', { id: 12, title: 'x' }, () => void (world.effect = 'deny'), 'policy_blackout'],
    ['want more approvals', { id: 12, title: 'x' }, () => void (world.need = TWO_STEPS), 'approval_not_eligible'],
  ])('that %s are refused, and the approval stays as it was', async (_, args, change, code) => {
    const held = await world.ask();
    change();
    expect(await codeOf(approve(held, 1, { args }))).toBe(code);
    expect(await world.present(held.id)).toEqual(held);
  });

  it('are refused where the rules allow none, and the same arguments are no edit', async () => {
    world.need = { ...DEFAULT_NEED, allowEdits: false };
    const held = await world.ask();
    expect(await codeOf(approve(held, 1, { args: edited }))).toBe('approval_not_eligible');
    expect((await approve(held, 1, { args: { title: 'Asked', id: 12 } })).approval.state).toBe('succeeded');
  });
});

describe('under another policy', () => {
  it('runs on its votes where the same rules ask, and not where one asks that nobody was shown', async () => {
    const held = await world.ask();
    const other = await world.ask();
    await approve(held, 1);
    expect(await stateOf(held)).toBe('succeeded');
    world.rule = 'new-brand';
    expect(await codeOf(approve(other, 1))).toBe('approval_stale');
    expect(world.runs).toHaveLength(1);
  });

  it('takes no edit to which another rule objects, and stays as it was', async () => {
    const held = await world.ask();
    world.rule = 'new-brand';
    expect(await codeOf(approve(held, 1, { args: { id: 12, title: 'Mine' } }))).toBe('approval_not_eligible');
    expect(await world.present(held.id)).toEqual(held);
  });

  it('never runs as the agent what the policy now keeps for people, nor by one person what now needs steps', async () => {
    const [held] = [await world.ask(), (world.mode = 'suggest')];
    expect(await codeOf(approve(held, 1))).toBe('approval_stale');
    const [suggested] = [await world.ask(), (world.mode = 'review')];
    expect(suggested.kind).toBe('suggestion');
    expect(await codeOf(approve(suggested, 1))).toBe('approval_stale');
    expect(world.runs).toHaveLength(0);
  });
});

describe('suggestions', () => {
  beforeEach(() => {
    world.mode = 'suggest';
  });

  it('run under the name of the person who applies them, once', async () => {
    const held = await world.ask();
    expect([held.state, await callOf(held)]).toEqual(['suggested', 'suggested']);
    const { outcome } = await approve(held, 2);
    expect(outcome?.status).toBe(200);
    expect(world.runs).toMatchObject([{ user: 2 }]);
    const claimed = world.entries.find(({ kind }) => kind === 'approval.claimed');
    expect(claimed?.actor).toMatchObject({ userId: 2, agentId: null });
    expect(await codeOf(approve(held, 3))).toBe('approval_resolved');
    expect(await callOf(held)).toBe('succeeded');
  });

  it('run edited, are never applied by their agent, and are refused when the policy denies', async () => {
    const held = await world.ask();
    expect(await codeOf(approve(held, REQUESTER))).toBe('approval_own_call');
    await approve(held, 1, { args: { id: 12, title: 'Mine' } });
    expect(world.runs).toMatchObject([{ user: 1, body: { title: 'Mine' } }]);
    const other = await world.ask();
    world.effect = 'deny';
    expect(await codeOf(approve(other, 1))).toBe('approval_stale');
    expect(world.runs).toHaveLength(1);
  });
});

describe('races and crashes', () => {
  it('100 approvals at once run it once', async () => {
    for (let number = 100; number < 200; number += 1) world.person(number);
    const held = await world.ask();
    const codes = await Promise.all(Array.from({ length: 100 }, (_, place) => codeOf(approve(held, 100 + place))));
    expect(codes.filter((code) => code === 'ok')).toHaveLength(1);
    expect(codes.filter((code) => code === 'approval_resolved')).toHaveLength(99);
    expect(world.runs).toHaveLength(1);
  });

  it('100 people at once count as 100, where 100 are needed', async () => {
    for (let number = 100; number < 200; number += 1) world.person(number);
    world.need = { ...DEFAULT_NEED, steps: [{ name: 'all', approvers: { roles: ['editor'] }, quorum: 100 }] };
    const held = await world.ask();
    await Promise.all(Array.from({ length: 100 }, (_, place) => approve(held, 100 + place)));
    expect([await stateOf(held), world.runs.length]).toEqual(['succeeded', 1]);
  });

  it('a crash between claim and outcome is unknown, on the call and the approval, and nothing runs again', async () => {
    const held = await world.ask();
    const asked = new Promise<void>((resolve) => {
      world.crash = resolve;
    });
    void approve(held, 1);
    await asked;
    expect([await stateOf(held), await callOf(held)]).toEqual(['running', 'running']);
    world.later(600);
    await world.useCases.resume();
    expect(await world.settleLostCalls()).toBe(1);
    expect([await stateOf(held), await callOf(held)]).toEqual(['unknown', 'unknown']);
    expect((await world.present(held.id)).outcome?.body['code']).toBe('outcome_unknown');
    await world.useCases.resume();
    expect(await codeOf(approve(held, 2))).toBe('approval_resolved');
    expect(world.runs).toHaveLength(1);
  });

  it('a vote whose process died before the claim is carried out by the sweep, once', async () => {
    const held = await world.ask();
    world.unreachable = true;
    expect(await codeOf(approve(held, 1))).toBe('upstream_unavailable');
    world.unreachable = false;
    expect(await world.useCases.resume()).toBe(0);
    world.later(600);
    await Promise.all([world.useCases.resume(), world.useCases.resume(), world.useCases.resume()]);
    expect([await stateOf(held), world.runs.length]).toEqual(['succeeded', 1]);
  });
});
