import { canonicalJson } from '../../../../src/kernel/canonical-json.js';
import { newAgentId } from '../../../../src/kernel/ids.js';
import { DEFAULT_NEED, type ApprovalNeed } from '../../../../src/policy/approval-need.js';
import { codeOf, delayed, give, refusedVote, remembered, together, vote } from './moves.js';
import type { AttackWorld } from './world.js';
import type { Draw } from '../../../../dev/draws.js';

/** Plays one attack and says how many runs there may be: that many, or any of these. */
export type Attack = (world: AttackWorld, roll: Draw) => Promise<number | readonly number[]>;

const TWO: ApprovalNeed = { ...DEFAULT_NEED, steps: [{ name: 'desk', approvers: { roles: ['editor'] }, quorum: 2 }] };
const STEPS: ApprovalNeed = {
  ...DEFAULT_NEED,
  steps: [
    { name: 'desk', approvers: { roles: ['editor'] }, quorum: 1 },
    { name: 'legal', approvers: { roles: ['legal'] }, quorum: 1 },
  ],
};
const LATE: ApprovalNeed = {
  ...DEFAULT_NEED,
  steps: [
    {
      name: 'desk',
      approvers: { users: ['nobody'] },
      quorum: 1,
      escalate: { afterSeconds: 3_600, to: { roles: ['editor'] } },
    },
  ],
};
const HUNDRED = 100;
/** About as long as it takes from a last vote to its claim, so that either side wins now and then. */
const LONG_MS = 150;
const same = { id: 12, title: 'Other words', status: 'draft' };

/** Held, with two editors and somebody of the legal desk. */
async function scene(world: AttackWorld, need: ApprovalNeed) {
  world.need = need;
  for (const number of [1, 2, 3]) world.person(number);
  world.person(5, { roles: ['legal'] });
  return world.hold();
}

export const ATTACKS: Readonly<Record<string, Attack>> = {
  'honest votes, so that the others mean something': async (world, roll) => {
    const id = await scene(world, STEPS);
    await together(
      roll,
      [1, 2, 3].map((who) => () => vote(world, id, who)),
    );
    await vote(world, id, 5);
    return 1;
  },
  'arguments swapped in the database': async (world, roll) => {
    const id = await scene(world, TWO);
    if (roll(2) === 0) await vote(world, id, 1);
    const effective = JSON.stringify({ id: 12, title: 'Swapped' });
    await world.tamper('approvals', id, roll(2) === 0 ? { effective } : { effective, proposed: effective });
    await together(
      roll,
      [1, 2, 3].map((who) => () => vote(world, id, who)),
    );
    return 0;
  },
  'steps changed in the database': async (world, roll) => {
    const id = await scene(world, STEPS);
    const steps = [{ name: 'easy', approvers: {}, quorum: roll(2) }];
    await world.tamper('approvals', id, { need: JSON.stringify({ ...STEPS, steps }) });
    await together(
      roll,
      [1, 2, 3, 5].map((who) => () => vote(world, id, who)),
    );
    return 0;
  },
  'policy changed: denied': async (world, roll) => {
    const id = await scene(world, TWO);
    await vote(world, id, 1);
    world.effect = 'deny';
    await together(
      roll,
      [2, 3].map((who) => () => vote(world, id, who)),
    );
    world.effect = 'ask';
    await vote(world, id, 2);
    return 0;
  },
  'policy changed: more is asked': async (world, roll) => {
    const id = await scene(world, DEFAULT_NEED);
    world.need = roll(2) === 0 ? TWO : STEPS;
    await together(
      roll,
      [1, 2, 5].map((who) => () => vote(world, id, who)),
    );
    return 0;
  },
  'expired, with votes at the last instant': async (world, roll) => {
    const id = await scene(world, TWO);
    world.later(roll(86_400));
    await vote(world, id, 1);
    world.later(86_400);
    await together(roll, [() => vote(world, id, 2), () => vote(world, id, 3), () => world.useCases.expire()]);
    return 0;
  },
  'replayed: rows set back after the run': async (world, roll) => {
    const id = await scene(world, DEFAULT_NEED);
    await vote(world, id, 1);
    await world.tamper('approvals', id, { state: roll(2) === 0 ? 'approved' : 'pending', updated_at: new Date(0) });
    const held = await world.replica.stores.approvals.get(id);
    await world.tamper('calls', held?.callId ?? '', { state: 'pending_approval' });
    await together(roll, [() => vote(world, id, 2), () => vote(world, id, 3), () => world.useCases.resume()]);
    return 1;
  },
  'people at once': async (world, roll) => {
    const id = await scene(world, TWO);
    const many = roll(25) === 0 ? HUNDRED : 12;
    for (let number = 10; number < 10 + many; number += 1) world.person(number);
    await together(
      roll,
      Array.from({ length: many }, (_, place) => () => vote(world, id, place + 10)),
    );
    return 1;
  },
  'approvals at once, over two replicas': async (world, roll) => {
    await scene(world, DEFAULT_NEED);
    const many = roll(25) === 0 ? HUNDRED : 6;
    const ids = await Promise.all(Array.from({ length: many }, () => world.hold()));
    world.runs.length = 0;
    await together(
      roll,
      ids.flatMap((id) => [1, 2].map((who) => () => vote(world, id, who))),
    );
    return many;
  },
  'self-approval by the account': async (world, roll) => {
    const id = await scene(world, TWO);
    world.person(0, { agentId: null, mayApprove: true });
    const own = () => refusedVote(world, id, 0, 'approval_own_call');
    await together(roll, [own, () => vote(world, id, 1), own]);
    return 0;
  },
  'self-approval by another account of the agent': async (world, roll) => {
    const id = await scene(world, TWO);
    world.person(6, { agentId: world.agentId, mayApprove: true });
    world.person(7, { agentId: newAgentId(() => new Uint8Array(20)), mayApprove: true });
    await together(
      roll,
      [6, 7, 1].map((who) => () => vote(world, id, who)),
    );
    return 0;
  },
  'the same person twice': async (world, roll) => {
    const id = await scene(world, TWO);
    await together(
      roll,
      Array.from({ length: 5 }, () => () => vote(world, id, 1)),
    );
    return 0;
  },
  'an approver who lost the role': async (world, roll) => {
    const id = await scene(world, TWO);
    await vote(world, id, 1);
    const how = [{ mayApprove: false }, { roles: ['subscriber'] }, { agentId: world.agentId }][roll(3)];
    world.person(1, how);
    await together(roll, [() => vote(world, id, 2), () => vote(world, id, 1)]);
    return 0;
  },
  'edits that break the schema or the policy': async (world, roll) => {
    const id = await scene(world, DEFAULT_NEED);
    const bad = [
      { id: 12, nonsense: 1 },
      { id: 12, title: 7 },
      { id: 13, title: 'x' },
      { id: 12, title: 'Forbidden' },
    ];
    await together(
      roll,
      bad.map((args, who) => () => vote(world, id, 1 + (who % 3), { args: args })),
    );
    return 0;
  },
  'edits that void the votes before': async (world, roll) => {
    const id = await scene(world, TWO);
    await vote(world, id, 1);
    const args = { id: 12, title: `Edited ${roll(9)}` };
    await together(roll, [() => vote(world, id, 2, { args }), () => vote(world, id, 2, { args })]);
    return 0;
  },
  'a target that changed': async (world, roll) => {
    const id = await scene(world, TWO);
    await vote(world, id, 1);
    world.post =
      roll(2) === 0 ? { ...world.post, modified_gmt: '2' } : { ...world.post, title: { raw: 'Other', rendered: '' } };
    await together(
      roll,
      [2, 3].map((who) => () => vote(world, id, who)),
    );
    return 0;
  },
  'an approval that the client claims': async (world, roll) => {
    await scene(world, DEFAULT_NEED);
    const id = await world.hold();
    const claims = [{ approved: true }, { approvalId: id }, { grant: id }, { inNameOf: 1 }];
    await together(roll, [
      ...claims.map((claim) => () => codeOf(world.call({ id: 12, title: 'x', ...claim }))),
      () => world.call({ id: 12, title: 'x' }, { mode: 'autonomous' }),
      () => vote(world, id, 0),
    ]);
    return 0;
  },
  'votes made up in the database': async (world, roll) => {
    const id = await scene(world, TWO);
    const held = await world.replica.stores.approvals.get(id);
    const row = { approval_id: id, step: 0, note: null, digest: held?.digest ?? '', voted_at: world.now };
    const forged = [1, 2].map((who) => ({
      ...row,
      user_id: world.id(who),
      live_user_id: world.id(who),
      login: 'x',
      seal: 'x',
    }));
    await world.db('wp_ai_agent_approval_votes').insert(forged);
    if (roll(2) === 0) await world.tamper('approvals', id, { state: 'approved', updated_at: new Date(0) });
    await together(roll, [() => world.useCases.resume(), () => vote(world, id, 3)]);
    return 0;
  },
  'called off while it is approved': async (world, roll) => {
    const id = await scene(world, DEFAULT_NEED);
    const said = { id, principal: world.as(2), note: null };
    const answers = await Promise.all([
      vote(world, id, 1),
      delayed(roll, () => codeOf(world.useCases.reject(said)), LONG_MS)(),
      delayed(roll, () => codeOf(world.useCases.cancel({ ...said, principal: world.as(0) })), LONG_MS)(),
    ]);
    const codes = [...answers].sort().join(' ');
    if (codes !== 'approval_resolved approval_resolved ok') world.breaches.push(`they were answered ${codes}`);
    return answers[0] === 'ok' ? 1 : 0;
  },
  'called off while a sweep takes up what was approved': async (world, roll) => {
    const id = await scene(world, DEFAULT_NEED);
    world.isAway = true;
    await refusedVote(world, id, 1, 'upstream_unavailable');
    world.isAway = false;
    world.later(600);
    const said = { id, principal: world.as(2), note: null };
    const sweep = (): Promise<unknown> => world.useCases.resume();
    const stopped = await together(roll, [
      ...[sweep, sweep].map((each) => delayed(roll, each)),
      delayed(roll, () => codeOf(world.useCases.reject(said)), LONG_MS),
      delayed(roll, () => codeOf(world.useCases.cancel({ ...said, principal: world.as(0) })), LONG_MS),
    ]);
    const stops = stopped.filter((each) => each === 'ok').length;
    if (stops > 1) world.breaches.push('it was called off twice');
    return 1 - stops;
  },
  'the kill switch, or the agent suspended': async (world, roll) => {
    const id = await scene(world, TWO);
    await vote(world, id, 1);
    if (roll(2) === 0) world.killed = true;
    else world.agentState = 'suspended';
    await together(
      roll,
      [2, 3].map((who) => () => vote(world, id, who)),
    );
    return 0;
  },
  'an escalation before its time': async (world, roll) => {
    const id = await scene(world, LATE);
    world.later(roll(3_600));
    if (roll(2) === 0) {
      const need = canonicalJson({ ...LATE } as never).replace('3600', '1');
      await world.tamper('approvals', id, roll(2) === 0 ? { need } : { created_at: new Date(0) });
    }
    await together(roll, [() => world.useCases.escalate(), ...[1, 2].map((who) => () => vote(world, id, who))]);
    return 0;
  },
  'an escalation in its time, all at once': async (world, roll) => {
    const id = await scene(world, LATE);
    world.later(3_600 + roll(10_000));
    await together(roll, [() => world.useCases.escalate(), ...[1, 2].map((who) => () => vote(world, id, who))]);
    return 1;
  },
  'self-approval through a delegate': async (world, roll) => {
    const id = await scene(world, DEFAULT_NEED);
    world.person(0, { mayApprove: true, agentId: null });
    const [given, mine] = [await give(world, 1, 2), await give(world, 0, 2)];
    await give(world, 1, 0);
    if (roll(2) === 0) {
      const forged = { from_user_id: world.requester, from_login: world.loginOf(0) };
      await world.tamper('approval_delegations', given.id, forged);
    }
    if (roll(2) === 0) world.person(0, { agentId: world.agentId });
    await together(roll, [
      () => refusedVote(world, id, 2, 'approval_own_call', { inNameOf: 0 }),
      () => refusedVote(world, id, 0, 'approval_own_call', { inNameOf: 1 }),
      () => refusedVote(world, id, 0, 'approval_own_call'),
    ]);
    return mine.from.userId === world.requester ? 0 : -1;
  },
  'one delegate under two hats': async (world, roll) => {
    const id = await scene(world, TWO);
    world.person(4, { roles: ['editor'] });
    await Promise.all([give(world, 1, 4), give(world, 2, 4)]);
    await together(roll, [
      () => vote(world, id, 4),
      () => vote(world, id, 4, { inNameOf: 1 }),
      () => vote(world, id, 4, { inNameOf: 2 }),
    ]);
    return 0;
  },
  'the giver and the delegate both': async (world, roll) => {
    const id = await scene(world, TWO);
    world.person(4, { roles: ['author'] });
    await give(world, 1, 4);
    await together(roll, [() => vote(world, id, 1), () => vote(world, id, 4, { inNameOf: 1 })]);
    return 0;
  },
  'a delegation that was revoked, is over or was made longer': async (world, roll) => {
    const id = await scene(world, TWO);
    world.person(4, { roles: ['author'] });
    const given = await give(world, 1, 4, 60);
    const how = roll(3);
    if (how === 0) {
      await vote(world, id, 4, { inNameOf: 1 });
      await world.useCases.revokeDelegation({ id: given.id, principal: world.as(1) });
      await world.tamper('approval_delegations', given.id, { revoked_at: null });
    } else {
      world.later(60);
      if (how === 1)
        await world.tamper('approval_delegations', given.id, { ends_at: new Date('2099-01-01T00:00:00Z') });
    }
    await together(roll, [() => vote(world, id, 4, { inNameOf: 1 }), () => vote(world, id, 2)]);
    return 0;
  },
  'delegations in a chain': async (world, roll) => {
    const id = await scene(world, DEFAULT_NEED);
    world.need = STEPS;
    world.person(4, { roles: ['author'] });
    world.person(6, { roles: ['author'] });
    await Promise.all([give(world, 1, 4), give(world, 4, 6)]);
    const held = await world.hold();
    await together(
      roll,
      [1, 4].map((name) => () => vote(world, held, 6, { inNameOf: name })),
    );
    await vote(world, id, 6, { inNameOf: 1 });
    return 0;
  },
  'a grant on another post, agent, tool, status or version': async (world, roll) => {
    await scene(world, DEFAULT_NEED);
    await remembered(world);
    const agent = newAgentId(() => Uint8Array.from({ length: 20 }, () => roll(256)));
    world.runs.length = 0;
    await together(roll, [
      () => world.call({ ...same, id: 13 }),
      () => world.call({ ...same, status: 'publish' }),
      () => world.call({ ...same, content: 'more' }),
      () => world.call({ id: 12 }, { tool: 'posts.trash' }),
      () => world.call(same, { mode: 'review' }),
      () => world.call(same, {}, agent),
    ]);
    const { post } = world;
    world.post = { ...post, status: 'publish' };
    await world.call(same);
    world.post = post;
    world.policyVersion = 2;
    await world.call(same);
    return 0;
  },
  'a grant that was revoked, is over, or whose giver lost the role': async (world, roll) => {
    await scene(world, DEFAULT_NEED);
    const grant = await remembered(world);
    world.runs.length = 0;
    const how = roll(4);
    if (how === 0) {
      await world.useCases.revokeGrant({ id: grant.id, principal: world.as(2) });
      await world.tamper('approval_grants', grant.id, { revoked_at: null });
    } else if (how === 1) {
      world.person(1, { mayApprove: false });
    } else {
      world.later(3_600);
      if (how === 2) await world.tamper('approval_grants', grant.id, { expires_at: new Date('2099-01-01T00:00:00Z') });
    }
    await together(
      roll,
      [1, 2, 3].map(() => () => world.call(same)),
    );
    return 0;
  },
  'a grant that is used and revoked at once': async (world, roll) => {
    await scene(world, DEFAULT_NEED);
    const grant = await remembered(world);
    world.runs.length = 0;
    const calls = Array.from({ length: 6 }, () => () => world.call(same));
    await together(roll, [
      ...calls,
      delayed(roll, () => world.useCases.revokeGrant({ id: grant.id, principal: world.as(2) })),
    ]);
    await world.call(same);
    return (await world.replica.stores.grants.get(grant.id))?.uses ?? -1;
  },
  'a grant that never was, or was widened': async (world, roll) => {
    await scene(world, DEFAULT_NEED);
    const grant = await remembered(world);
    world.runs.length = 0;
    const { texts, fixed, targetStatus, asks, need, by } = grant;
    const scope = JSON.stringify({
      texts: [...texts, 'content'],
      fixed: { ...fixed, status: 'publish' },
      ...{ targetStatus, asks, need, by },
    });
    await world.tamper('approval_grants', grant.id, roll(2) === 0 ? { scope } : { target: 'post 13' });
    await together(roll, [
      () => world.call({ ...same, status: 'publish', content: 'x' }),
      () => world.call({ ...same, id: 13 }),
    ]);
    return 0;
  },
};
