import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Approval } from '../../../src/approvals/approval.js';
import type { Asked, Grant } from '../../../src/approvals/grant.js';
import type { PolicyVersion } from '../../../src/kernel/ids.js';
import { REQUESTER_AGENT, TWO_STEPS } from '../../support/approvals.js';
import { ApprovalWorld, codeOf } from '../../support/fakes/approval-world.js';

const HOUR = 3_600;

describe('an approval that is remembered', () => {
  let world: ApprovalWorld;
  let held: Approval;
  const vote = (who: number, rememberSeconds?: number): Promise<string> =>
    codeOf(
      world.useCases.approve({
        ...{ id: held.id, principal: world.as(who), note: null },
        ...(rememberSeconds === undefined ? {} : { rememberSeconds }),
      }),
    );
  const grants = (): Promise<readonly Grant[]> => world.useCases.listGrants({ active: true });
  const asked = (changes: Partial<Asked> = {}): Asked => ({
    agentId: REQUESTER_AGENT,
    tool: 'posts.update',
    target: 'post 12',
    args: { id: 12, title: 'Another' },
    now: world.post,
    decision: world.decision,
    ...changes,
  });
  const isAnswered = async (changes: Partial<Asked> = {}): Promise<boolean> =>
    (await world.useCases.findGrant(asked(changes))) !== undefined;

  beforeEach(async () => {
    world = new ApprovalWorld();
    world.person(1);
    world.person(2);
    world.person(5, { roles: ['legal'] });
    held = await world.ask({ id: 12, title: 'Asked', status: 'draft' });
  });
  const remembered = async (): Promise<Grant> => {
    expect(await vote(1, HOUR)).toBe('ok');
    const [grant] = await grants();
    if (grant === undefined) throw new Error('nothing is remembered');
    return grant;
  };
  const args = { id: 12, title: 'Another', status: 'draft' };

  it('answers the same question with other words, and says so in the log', async () => {
    const grant = await remembered();
    expect(grant).toMatchObject({ texts: ['title'], fixed: { id: 12, status: 'draft' }, by: [{ userId: 1 }] });
    expect(await isAnswered({ args })).toBe(true);
    expect(world.kinds()).toContain('approval.remembered');
  });

  it.each<[string, () => Partial<Asked>]>([
    ['another agent', () => ({ args, agentId: ApprovalWorld.otherAgent })],
    ['another post', () => ({ args: { ...args, id: 13 }, target: 'post 13' })],
    ['another post in the arguments alone', () => ({ args: { ...args, id: 13 } })],
    ['another tool', () => ({ args, tool: 'posts.publish' })],
    ['another status', () => ({ args: { ...args, status: 'publish' } })],
    ['a post that was published meanwhile', () => ({ args, now: { ...world.post, status: 'publish' } })],
    ['a field more', () => ({ args: { ...args, author: 1 } })],
    ['a text more', () => ({ args: { ...args, content: 'x' } })],
    ['a field less', () => ({ args: { id: 12, title: 'x' } })],
    ['another version of the policy', () => ({ args, decision: { ...world.decision, policyVersion: 2 } })],
    ['a policy that isn’t stored', () => ({ args, decision: { ...world.decision, policyVersion: null } })],
    ['a denial', () => ({ args, decision: { ...world.decision, effect: 'deny' as const } })],
    ['more steps', () => ({ args, decision: { ...world.decision, approval: TWO_STEPS } })],
    [
      'one more rule that asks',
      () => {
        const [first] = world.decision.findings;
        if (first === undefined) throw new Error('a finding');
        const more = { ...first, block: 'content' as const, rule: 'brand' };
        return { args, decision: { ...world.decision, findings: [first, more] } };
      },
    ],
  ])('is no answer to %s', async (_name, changes) => {
    await remembered();
    expect(await isAnswered({ args })).toBe(true);
    expect(await isAnswered(changes())).toBe(false);
  });

  it('is over when its time is', async () => {
    await remembered();
    world.later(HOUR - 1);
    expect(await isAnswered({ args })).toBe(true);
    world.later(1);
    expect(await isAnswered({ args })).toBe(false);
    expect(await grants()).toEqual([]);
  });

  it('is taken back by anybody who approves changes, and stays so when the row is set back', async () => {
    const grant = await remembered();
    world.later(1);
    await world.useCases.revokeGrant({ id: grant.id, principal: world.as(2) });
    expect(await isAnswered({ args })).toBe(false);
    world.grants.tamper(grant.id, (row) => ({ ...row, revoked: null }));
    expect(await isAnswered({ args })).toBe(false);
    expect(world.kinds()).toContain('approval.grant_revoked');
  });

  it.each<[string, (row: Grant) => Grant]>([
    ['a longer time', (row) => ({ ...row, expiresAt: new Date(row.expiresAt.getTime() + 1e9) })],
    ['another policy', (row) => ({ ...row, policyVersion: 2 as PolicyVersion })],
    ['other arguments', (row) => ({ ...row, fixed: { ...row.fixed, status: 'publish' } })],
  ])('can’t be given %s in the database', async (_name, change) => {
    const grant = await remembered();
    world.grants.tamper(grant.id, change);
    const changed = await world.grants.get(grant.id);
    const decision = { ...world.decision, policyVersion: changed?.policyVersion ?? 0 };
    expect(await isAnswered({ args: { ...args, ...changed?.fixed }, decision })).toBe(false);
  });

  it('lasts no longer than the role of who gave it', async () => {
    await remembered();
    world.person(1, { mayApprove: false });
    expect(await isAnswered({ args })).toBe(false);
  });

  it('takes the word of everybody whose vote the call needed, and the shortest time of all', async () => {
    world.need = TWO_STEPS;
    held = await world.ask({ id: 12, title: 'Asked' });
    expect([await vote(1, HOUR), await vote(2), await vote(5, HOUR)]).toEqual(['ok', 'ok', 'ok']);
    expect(await grants()).toEqual([]);
    world.post = { ...world.post, modified_gmt: 'x' };
    held = await world.ask({ id: 12, title: 'Asked' });
    expect([await vote(1, HOUR), await vote(2, 60), await vote(5, HOUR)]).toEqual(['ok', 'ok', 'ok']);
    const [grant] = await grants();
    expect(grant && grant.expiresAt.getTime() - grant.createdAt.getTime()).toBe(60_000);
    expect(grant?.by.map(({ userId }) => userId)).toEqual([1, 2, 5]);
  });

  it('isn’t remembered where nothing exists that it could be for', async () => {
    held = await world.ask({ title: 'New' }, 'posts.create');
    expect(await vote(1, HOUR)).toBe('args_invalid');
    expect(await vote(1)).toBe('ok');
    expect(await grants()).toEqual([]);
  });

  it('isn’t made of a call that no longer was what had been approved', async () => {
    world.post = { ...world.post, modified_gmt: 'changed' };
    expect(await vote(1, HOUR)).toBe('approval_stale');
    expect(await grants()).toEqual([]);
  });
});
