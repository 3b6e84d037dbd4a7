import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Approval } from '../../../src/approvals/approval.js';
import type { Delegation } from '../../../src/approvals/delegation.js';
import { REQUESTER, TWO_STEPS } from '../../support/approvals.js';
import { ApprovalWorld, codeOf } from '../../support/fakes/approval-world.js';

const DAY = 86_400;

describe('votes in other hands', () => {
  let world: ApprovalWorld;
  let held: Approval;
  const give = (from: number, to: string, seconds = DAY, startsIn = 0): Promise<Delegation> =>
    world.useCases.delegate({
      principal: world.as(from),
      to,
      startsAt: startsIn === 0 ? null : new Date(world.now.getTime() + startsIn * 1_000),
      endsAt: new Date(world.now.getTime() + (startsIn + seconds) * 1_000),
      note: null,
    });
  const vote = (who: number, inNameOf?: number): Promise<string> =>
    codeOf(
      world.useCases.approve({
        ...{ id: held.id, principal: world.as(who), note: null },
        ...(inNameOf === undefined ? {} : { inNameOf: inNameOf as never }),
      }),
    );

  beforeEach(async () => {
    world = new ApprovalWorld();
    world.need = TWO_STEPS;
    world.person(1);
    world.person(2);
    world.person(3, { login: 'paula', roles: ['author'] });
    world.person(4, { login: 'admin', roles: ['administrator'] });
    world.person(5, { login: 'lara', roles: ['legal'] });
    held = await world.ask();
  });

  it('count as the vote of who gave them, and say whose hand it was', async () => {
    const given = await give(1, 'paula');
    expect(await vote(3, 1)).toBe('ok');
    const [cast] = (await world.present(held.id)).votes;
    expect(cast).toMatchObject({ userId: 1, by: { userId: 3, login: 'paula', delegationId: given.id } });
    expect(world.entries.at(-1)).toMatchObject({
      kind: 'approval.voted',
      actor: { userId: 3 },
      detail: { login: 'paula', inNameOf: 'user1', delegationId: given.id },
    });
  });

  it('carry a call through with people of their own beside them', async () => {
    await give(1, 'paula');
    expect([await vote(3, 1), await vote(2), await vote(5)]).toEqual(['ok', 'ok', 'ok']);
    expect(world.runs).toHaveLength(1);
  });

  it('give nobody a second vote: neither the giver, nor the delegate for another or themselves', async () => {
    await give(1, 'paula');
    await give(2, 'paula');
    expect(await vote(3, 1)).toBe('ok');
    expect(await vote(1)).toBe('approval_not_eligible');
    expect(await vote(3, 2)).toBe('approval_not_eligible');
    world.person(3, { roles: ['legal'] });
    expect(await vote(2)).toBe('ok');
    expect(await vote(3)).toBe('approval_not_eligible');
    expect(world.runs).toHaveLength(0);
  });

  it('are no use to somebody who has voted for themselves', async () => {
    await give(1, 'user2');
    expect(await vote(2)).toBe('ok');
    expect(await vote(2, 1)).toBe('approval_not_eligible');
  });

  it('can’t be used by the account that asked, nor given to it', async () => {
    expect(await codeOf(give(1, 'bot'))).toBe('args_invalid');
    world.person(REQUESTER, { mayApprove: true, roles: ['editor'] });
    expect(await codeOf(give(1, 'bot'))).toBe('args_invalid');
    expect(await vote(REQUESTER, 1)).toBe('approval_not_eligible');
  });

  it('of the account that asked are no votes on its own call', async () => {
    const [given] = [await give(1, 'paula')];
    // Somebody writes the requester's name over the giver's: the seal no longer fits.
    world.delegations.tamper(given.id, (row) => ({ ...row, from: { userId: REQUESTER, login: 'bot' } }));
    expect(await vote(3, REQUESTER)).toBe('approval_not_eligible');
  });

  it('give away nothing that the giver has lost', async () => {
    await give(1, 'paula');
    world.person(1, { roles: ['subscriber'] });
    expect(await vote(3, 1)).toBe('approval_not_eligible');
    world.person(1, { roles: ['editor'], mayApprove: false });
    expect(await vote(3, 1)).toBe('approval_not_eligible');
  });

  it('need the capability of who casts them', async () => {
    await give(1, 'paula');
    world.person(3, { mayApprove: false });
    expect(await vote(3, 1)).toBe('approval_not_eligible');
  });

  it('stop a call too, in the name of who gave them, and not on a call of their own', async () => {
    const reject = (who: number, name: number): Promise<string> =>
      codeOf(world.useCases.reject({ id: held.id, principal: world.as(who), note: null, inNameOf: name as never }));
    expect(await reject(3, 1)).toBe('approval_not_eligible');
    await give(1, 'paula');
    world.person(REQUESTER, { mayApprove: true });
    expect(await reject(REQUESTER, 1)).toBe('approval_not_eligible');
    expect(await reject(3, 1)).toBe('ok');
    expect(world.entries.at(-1)).toMatchObject({ detail: { login: 'paula', inNameOf: 'user1' } });
  });

  it('can’t be passed on', async () => {
    await give(1, 'paula');
    await give(3, 'admin');
    expect(await vote(4, 1)).toBe('approval_not_eligible');
    expect(await vote(4, 3)).toBe('approval_not_eligible');
  });

  it('hold from their first instant up to their last', async () => {
    await give(1, 'paula', 60, 60);
    expect(await vote(3, 1)).toBe('approval_not_eligible');
    world.later(60);
    world.person(9);
    const early = await codeOf(world.useCases.approve({ id: held.id, principal: world.as(9), note: null }));
    expect(early).toBe('ok');
    world.later(59);
    expect(await vote(3, 1)).toBe('ok');
    held = await world.ask();
    world.later(1);
    expect(await vote(3, 1)).toBe('approval_not_eligible');
  });

  it('are worth nothing once they are revoked, those that wait included', async () => {
    const given = await give(1, 'paula');
    expect(await vote(3, 1)).toBe('ok');
    await world.useCases.revokeDelegation({ id: given.id, principal: world.as(1) });
    expect(await vote(2)).toBe('ok');
    expect(await vote(5)).toBe('approval_not_eligible');
    expect((await world.present(held.id)).votes[0]?.dropped?.why).toBe('ineligible');
    expect(await vote(3, 1)).toBe('approval_not_eligible');
    expect(world.kinds()).toContain('approval.delegation_revoked');
  });

  it('stay revoked when somebody sets the row back', async () => {
    const given = await give(1, 'paula');
    world.later(1);
    await world.useCases.revokeDelegation({ id: given.id, principal: world.as(1) });
    world.delegations.tamper(given.id, (row) => ({ ...row, revoked: null }));
    expect(await vote(3, 1)).toBe('approval_not_eligible');
  });

  it('can’t be made up or made longer in the database', async () => {
    const given = await give(1, 'paula', 60);
    world.delegations.tamper(given.id, (row) => ({ ...row, endsAt: new Date(row.endsAt.getTime() + 1e9) }));
    expect(await vote(3, 1)).toBe('approval_not_eligible');
  });

  it('are revoked by either of the two, and by who manages the settings; to others there is none', async () => {
    world.person(6, { mayApprove: true });
    const stranger = { ...world.as(6), capabilities: { has: (name: string) => name === 'ai_agent_approve_changes' } };
    const given = await give(1, 'paula');
    expect(await codeOf(world.useCases.revokeDelegation({ id: given.id, principal: stranger }))).toBe('not_found');
    expect(await codeOf(world.useCases.revokeDelegation({ id: given.id, principal: world.as(3) }))).toBe('ok');
    const second = await give(2, 'paula');
    expect(await codeOf(world.useCases.revokeDelegation({ id: second.id, principal: world.as(4) }))).toBe('ok');
  });

  it.each<[string, () => Promise<unknown>]>([
    ['oneself', () => give(1, 'user1')],
    ['nobody', () => give(1, 'nobody')],
    ['ninety-one days', () => give(1, 'paula', 91 * DAY)],
    ['a period that is over', () => give(1, 'paula', -5)],
  ])('aren’t given to %s', async (_name, given) => {
    expect(await codeOf(given())).toBe('args_invalid');
  });

  it('show in the list of who has them, and nobody else’s', async () => {
    await give(1, 'paula');
    const mine = async (who: number): Promise<number> => {
      const ballots = await world.useCases.delegations.ballotsOf(world.as(who));
      return (await world.useCases.read.listFor(ballots, { limit: 10 })).items.length;
    };
    expect([await mine(3), await mine(4)]).toEqual([1, 0]);
  });
});
