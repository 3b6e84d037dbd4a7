import { beforeEach, describe, expect, it } from '@jest/globals';
import { isStoppable, APPROVAL_STATES, type Approval } from '../../../src/approvals/approval.js';
import { REQUESTER, TWO_STEPS } from '../../support/approvals.js';
import { ApprovalWorld, codeOf } from '../../support/fakes/approval-world.js';

let world: ApprovalWorld;
let held: Approval;
beforeEach(async () => {
  world = new ApprovalWorld();
  for (const number of [1, 2, 3]) world.person(number);
  world.person(5, { mayApprove: false });
  held = await world.ask();
});

const approve = (number: number, more: { rememberSeconds?: number } = {}) =>
  world.useCases.approve({ id: held.id, principal: world.as(number), note: null, ...more });
const reject = (number: number, digest?: string) =>
  world.useCases.reject({
    ...{ id: held.id, principal: world.as(number), note: 'no' },
    ...(digest === undefined ? {} : { digest }),
  });
const cancel = (number = REQUESTER as number) =>
  world.useCases.cancel({ id: held.id, principal: world.as(number), note: 'no longer' });
const states = async () => [(await world.present(held.id)).state, (await world.calls.get(held.callId))?.state];
const countOf = (kind: string): number => world.kinds().filter((each) => each === kind).length;
/** The last vote is there, and WordPress couldn't be asked whether all is as it was. */
const approvedAndUnclaimed = async (): Promise<void> => {
  world.unreachable = true;
  expect(await codeOf(approve(1))).toBe('upstream_unavailable');
  world.unreachable = false;
  expect(await states()).toEqual(['approved', 'pending_approval']);
};

const STOPS = [
  ['rejected', () => reject(2)],
  ['cancelled', () => cancel()],
] as const;

it('a call can be called off as long as it waits or is approved, and in no other state', () => {
  expect(APPROVAL_STATES.filter(isStoppable)).toEqual(['pending', 'suggested', 'approved']);
});

describe.each(STOPS)('a call with its last vote that is %s before the claim', (state, stop) => {
  it('never runs, and approval, call and log say so, once', async () => {
    await approvedAndUnclaimed();
    await stop();
    expect(await states()).toEqual([state, state]);
    world.later(600);
    expect(await world.useCases.resume()).toBe(0);
    for (const again of [approve(2), reject(3), cancel()]) expect(await codeOf(again)).toBe('approval_resolved');
    expect([world.runs.length, countOf(`approval.${state}`), countOf('approval.claimed')]).toEqual([0, 1, 0]);
  });

  it('wins over the run whose checks are under way, and the last voter is told', async () => {
    world.meanwhile = stop;
    await expect(approve(1, { rememberSeconds: 3_600 })).rejects.toMatchObject({
      code: 'approval_resolved',
      message: `This approval is ${state}.`,
      extras: { members: { approvalStatus: state } },
    });
    expect(await states()).toEqual([state, state]);
    expect([world.runs.length, countOf('call.intent'), countOf('approval.remembered')]).toEqual([0, 0, 0]);
  });

  it('wins over a sweep whose checks are under way', async () => {
    await approvedAndUnclaimed();
    world.later(600);
    world.meanwhile = stop;
    await world.useCases.resume();
    expect([...(await states()), world.runs.length]).toEqual([state, state, 0]);
  });

  it('isn’t out of date afterwards, whatever the checks under way found', async () => {
    world.meanwhile = async () => {
      await stop();
      world.effect = 'deny';
    };
    expect(await codeOf(approve(1))).toBe('approval_resolved');
    expect(await states()).toEqual([state, state]);
    expect(countOf('approval.stale')).toBe(0);
  });

  it('is refused once the call was claimed, whatever its rows say', async () => {
    const asked = new Promise<void>((resolve) => {
      world.crash = resolve;
    });
    void approve(1);
    await asked;
    expect(await codeOf(stop())).toBe('approval_resolved');
    expect(await states()).toEqual(['running', 'running']);
    world.approvals.tamper(held.id, (row) => ({ ...row, state: 'approved' }));
    await world.calls.settle(held.callId, { from: 'running', to: 'pending_approval', at: world.now });
    expect(await codeOf(stop())).toBe('approval_resolved');
    world.later(86_400);
    await world.useCases.expire();
    expect([world.runs.length, countOf(`approval.${state}`), countOf('approval.expired')]).toEqual([1, 0, 0]);
  });

  it('is refused at the instant of expiry', async () => {
    await approvedAndUnclaimed();
    world.later(86_400);
    expect(await codeOf(stop())).toBe('approval_expired');
  });
});

describe('a call with its last vote', () => {
  it('is called off by those alone who could do it before', async () => {
    world.person(8, { agentId: ApprovalWorld.otherAgent });
    await approvedAndUnclaimed();
    expect(await codeOf(reject(5))).toBe('approval_not_eligible');
    expect(await codeOf(reject(REQUESTER))).toBe('approval_own_call');
    for (const number of [1, 8]) expect(await codeOf(cancel(number))).toBe('not_found');
    expect((await states())[0]).toBe('approved');
    // Who voted for it may think better of it.
    expect(await codeOf(reject(1))).toBe('ok');
  });

  it('takes no comment and no further vote', async () => {
    await approvedAndUnclaimed();
    expect(await codeOf(approve(2))).toBe('approval_resolved');
    expect(await codeOf(world.useCases.comment({ id: held.id, principal: world.as(2), note: 'x' }))).toBe(
      'approval_resolved',
    );
  });

  it('goes to one of all that want to run or stop it at once', async () => {
    for (let round = 0; round < 24; round += 1) {
      world = new ApprovalWorld();
      for (const number of [1, 2, 3]) world.person(number);
      held = await world.ask();
      await approvedAndUnclaimed();
      world.later(600);
      const moves = [() => reject(2), () => cancel(), () => world.useCases.resume(), () => reject(3), () => cancel()];
      const turn = round % moves.length;
      const [stopped, ran] = await race([...moves.slice(turn), ...moves.slice(0, turn)]);
      expect([stopped, ran]).toEqual(ran === 1 ? [0, 1] : [1, 0]);
    }
  });
});

/** How many of them stopped it, and how often it ran. */
async function race(moves: readonly (() => Promise<unknown>)[]): Promise<readonly [number, number]> {
  await Promise.all(moves.map((move) => codeOf(move())));
  return [countOf('approval.rejected') + countOf('approval.cancelled'), world.runs.length];
}

describe('a rejection for what was shown', () => {
  beforeEach(async () => {
    world.need = TWO_STEPS;
    held = await world.ask();
  });

  it('is refused after an edit, as a vote is, and changes nothing', async () => {
    const args = { id: 12, title: 'Edited' };
    await world.useCases.approve({ id: held.id, principal: world.as(1), note: null, args });
    const before = await world.present(held.id);
    await expect(reject(2, held.digest)).rejects.toMatchObject({
      code: 'approval_stale',
      extras: { members: { changed: [{ what: 'arguments' }] } },
    });
    expect(await world.present(held.id)).toEqual(before);
    expect(countOf('approval.rejected')).toBe(0);
    await reject(2, before.digest);
    expect(await states()).toEqual(['rejected', 'rejected']);
  });

  it('is for the call as it is when none is named', async () => {
    await world.useCases.approve({ id: held.id, principal: world.as(1), note: null, args: { id: 12, title: 'E' } });
    expect(await codeOf(reject(2))).toBe('ok');
  });

  it('tells nobody of an edit who may not decide', async () => {
    expect(await codeOf(reject(5, '0'.repeat(64)))).toBe('approval_not_eligible');
  });
});
