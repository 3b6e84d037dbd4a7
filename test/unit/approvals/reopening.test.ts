import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Approval } from '../../../src/approvals/approval.js';
import { makeTellApprovers, type Mailing } from '../../../src/approvals/tell-approvers.js';
import type { AuditEntryId } from '../../../src/kernel/ids.js';
import type { JsonObject } from '../../../src/kernel/json.js';
import type { ApprovalNeed } from '../../../src/policy/approval-need.js';
import { makeMailAttempt, MAIL_ENDPOINT } from '../../../src/webhooks/outbound/mail.js';
import { bodyOf, noticeOf, type Notice } from '../../../src/webhooks/outbound/notice.js';
import { REQUESTER, TWO_STEPS } from '../../support/approvals.js';
import { ApprovalWorld, codeOf } from '../../support/fakes/approval-world.js';

const THREE_STEPS: ApprovalNeed = {
  ...TWO_STEPS,
  steps: [...TWO_STEPS.steps, { name: 'last', approvers: {}, quorum: 2 }],
};
const edited = { id: 12, title: 'Edited' };

let world: ApprovalWorld;
let held: Approval;
let told: number;

beforeEach(async () => {
  world = new ApprovalWorld();
  for (const number of [1, 2, 3]) world.person(number);
  world.person(4, { login: 'admin', roles: ['administrator'] });
  world.person(5, { roles: ['legal'] });
  world.need = TWO_STEPS;
  held = await world.ask();
  told = 0;
});

const approve = (number: number, args?: JsonObject): Promise<string> =>
  codeOf(
    world.useCases.approve({
      ...{ id: held.id, principal: world.as(number), note: null },
      ...(args === undefined ? {} : { args }),
    }),
  );
const votes = async (...numbers: readonly number[]): Promise<void> => {
  for (const number of numbers) expect(await approve(number)).toBe('ok');
};

/** The notices that the log has given rise to since this was asked last. */
function notices(): readonly Notice[] {
  const fresh = world.entries.slice(told);
  told = world.entries.length;
  return fresh.flatMap((entry) => noticeOf({ ...entry, id: 1 as AuditEntryId } as never) ?? []);
}
const steps = (): readonly unknown[] => notices().map(({ kind, data }) => [kind, data['step']]);
const reopened = (): readonly unknown[] =>
  world.entries.flatMap(({ kind, detail }) => (kind === 'approval.reopened' ? [detail] : []));

/** What is sent by e-mail for these notices, now. */
async function mailings(about: readonly Notice[]): Promise<readonly Mailing[]> {
  const sent: Mailing[] = [];
  const send = (mailing: Mailing) => {
    sent.push(mailing);
    return Promise.resolve({ sent: 1, failed: 0 });
  };
  const tell = makeTellApprovers({
    approvals: world.approvals,
    delegations: world.delegations,
    send,
    clock: world.clock,
  });
  for (const [place, notice] of about.entries()) {
    const delivery = { kind: notice.kind, body: bodyOf(notice), messageId: `msg_${place}` };
    const result = await makeMailAttempt(tell)({ id: MAIL_ENDPOINT } as never, delivery as never);
    expect(result).toMatchObject({ ok: true });
  }
  return sent;
}

describe('a step that waits again', () => {
  it('is told to its approvers when a voter of it may no longer vote, though the vote that found it was refused', async () => {
    await votes(1, 2);
    notices();
    world.person(1, { mayApprove: false });
    expect(await approve(4)).toBe('approval_not_eligible');
    expect(reopened()).toMatchObject([{ step: 0, stepName: 'desk', why: 'ineligible' }]);
    const about = notices();
    expect(about).toMatchObject([{ kind: 'approval.advanced', data: { approvalId: held.id, step: 0 } }]);
    expect(await mailings(about)).toMatchObject([
      { step: 'desk', isEscalation: false, approvers: [{ roles: ['editor'] }], except: [REQUESTER, 2] },
    ]);
  });

  it('is told once, however often it is voted on and looked at afterwards', async () => {
    await votes(1, 2);
    world.person(1, { mayApprove: false });
    notices();
    for (let times = 0; times < 3; times += 1) {
      expect(await approve(4)).toBe('approval_not_eligible');
      await world.useCases.read.get(held.id);
      await world.useCases.read.list({ limit: 9 });
    }
    await Promise.all([approve(4), approve(5), world.useCases.escalate(), world.useCases.resume()]);
    expect(steps()).toEqual([['approval.advanced', 0]]);
  });

  it('is told once for each time, and the next one when its turn has come again', async () => {
    await votes(1, 2);
    notices();
    world.person(1, { mayApprove: false });
    await approve(4);
    await votes(3);
    expect(steps()).toEqual([
      ['approval.advanced', 0],
      ['approval.advanced', 1],
    ]);
    world.person(2, { mayApprove: false });
    await approve(4);
    expect(steps()).toEqual([['approval.advanced', 0]]);
    expect(reopened()).toHaveLength(2);
  });

  it('is told to those who had voted too when an edit drops their votes', async () => {
    await votes(1, 2);
    notices();
    expect(await approve(4, edited)).toBe('ok');
    expect(reopened()).toMatchObject([{ step: 0, why: 'edited' }]);
    const about = notices();
    expect(about.map(({ kind }) => kind)).toEqual(['approval.advanced']);
    expect(await mailings(about)).toMatchObject([{ step: 'desk', except: [REQUESTER] }]);
  });

  it('is told to the others when somebody edits it and votes in the same step', async () => {
    await votes(1);
    notices();
    expect(await approve(2, edited)).toBe('ok');
    const about = notices();
    expect(about).toMatchObject([{ kind: 'approval.advanced', data: { step: 0 } }]);
    expect(await mailings(about)).toMatchObject([{ except: [REQUESTER, 2] }]);
  });

  it('is told when a vote finds others not to count, and takes their place', async () => {
    await votes(1);
    notices();
    world.people.delete(1);
    await votes(2);
    expect(steps()).toEqual([['approval.advanced', 0]]);
    await votes(3);
    expect(steps()).toEqual([['approval.advanced', 1]]);
  });

  it('is told when votes turn out to be forged', async () => {
    await votes(1);
    notices();
    world.approvals.tamper(held.id, (row) => ({ ...row, votes: row.votes.map((vote) => ({ ...vote, seal: 'x' })) }));
    await approve(4);
    expect(reopened()).toMatchObject([{ step: 0, why: 'not_genuine' }]);
    expect(steps()).toEqual([['approval.advanced', 0]]);
  });

  it('is told by one notice where the same vote closes one step again and reopens the next', async () => {
    world.need = THREE_STEPS;
    held = await world.ask();
    await votes(1, 2, 4, 5);
    notices();
    world.person(1, { mayApprove: false });
    // Drops one vote of the first step and those of the two behind it, and fills the first one.
    await votes(3);
    expect(steps()).toEqual([['approval.advanced', 1]]);
    expect(reopened()).toEqual([]);
    const why = (await world.present(held.id)).votes.map(({ dropped }) => dropped?.why ?? null);
    expect(why).toEqual(['ineligible', null, 'step_reopened', 'step_reopened', null]);
  });

  it('isn’t told of where nothing was dropped: by a first vote, an edit without votes, or a vote refused', async () => {
    notices();
    await votes(1);
    expect(await approve(1)).toBe('approval_not_eligible');
    held = await world.ask();
    notices();
    expect(await approve(1, edited)).toBe('ok');
    expect([steps(), reopened()]).toEqual([[], []]);
  });
});

describe('a notice that is late', () => {
  it('is told to nobody when another step waits by then, and neither to those of that step twice', async () => {
    await votes(1, 2);
    const first = notices().filter(({ kind }) => kind === 'approval.advanced');
    world.person(1, { mayApprove: false });
    await approve(4);
    const again = notices();
    expect((await mailings([...first, ...again])).map(({ step }) => step)).toEqual(['desk']);
    await votes(3);
    expect((await mailings([...again, ...notices()])).map(({ step }) => step)).toEqual(['legal']);
  });

  it('of a version that didn’t name the step means the next one', async () => {
    const bare = (about: readonly Notice[]): readonly Notice[] =>
      about.map((notice) => ({ ...notice, data: { approvalId: held.id } }));
    await votes(1, 2);
    const first = bare(notices().filter(({ kind }) => kind === 'approval.advanced'));
    expect((await mailings(first)).map(({ step }) => step)).toEqual(['legal']);
    world.person(1, { mayApprove: false });
    await approve(4);
    expect(await mailings(first)).toEqual([]);
  });

  it('is told to nobody when it was decided meanwhile', async () => {
    await votes(1, 2);
    world.person(1, { mayApprove: false });
    await approve(4);
    const about = notices().filter(({ kind }) => kind === 'approval.advanced');
    await world.useCases.reject({ id: held.id, principal: world.as(4), note: null });
    expect(await mailings(about)).toEqual([]);
  });
});
