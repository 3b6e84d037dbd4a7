import { describe, expect, it } from '@jest/globals';
import { makeImagineFacts } from '../../../src/execution/imagine-facts.js';
import type { WpReply, WpRequest } from '../../../src/execution/wordpress/wp-client.js';
import { ChaperoneError } from '../../../src/kernel/errors.js';
import type { AgentId, WpUserId } from '../../../src/kernel/ids.js';
import type { ImaginedCall } from '../../../src/policy-versions/test-policy.js';

const NOW = new Date('2026-11-22T20:00:00Z');
const AGENT = 'agt_00000000000000000000' as AgentId;
const asker = { userId: 1 as WpUserId, ip: '198.51.100.4' };
const shown: WpReply = {
  kind: 'answered',
  status: 200,
  body: { id: 5, type: 'post', status: 'private' },
  total: undefined,
  totalPages: undefined,
};
const hidden: WpReply = { ...shown, status: 403, body: { code: 'rest_forbidden' } };

function imagining(reply: (request: WpRequest) => WpReply = () => shown) {
  const sent: WpRequest[] = [];
  const imagine = makeImagineFacts({
    wordpress: { send: (request) => (sent.push(request), Promise.resolve(reply(request))) },
    loadPrincipal: ({ userId, ip }) =>
      Promise.resolve(
        userId === 404
          ? undefined
          : {
              userId,
              login: `user${userId}`,
              roles: ['author'],
              capabilities: { has: (name) => name === 'read' },
              agentId: userId === 7 ? AGENT : null,
              credential: 'bridge',
              keyId: null,
              grant: null,
              agentTools: null,
              ip,
            },
      ),
    findUser: (login) => Promise.resolve(login === 'zoe' ? (9 as WpUserId) : undefined),
    agents: { get: (id) => Promise.resolve(id === AGENT ? ({ userId: 7 } as never) : undefined) },
    siteTimeZone: () => Promise.resolve('Europe/Berlin'),
    clock: { now: () => NOW },
  });
  return { sent, imagine };
}
const get = (more: Partial<ImaginedCall> = {}): ImaginedCall => ({
  tool: 'posts.get',
  args: { id: 5 },
  ...more,
});

describe('imagined facts', () => {
  it('read a target once, as whoever asks and never as the imagined caller', async () => {
    const { sent, imagine } = imagining();
    const many = await imagine([get({ user: 'zoe' }), get({ agent: AGENT }), get()], asker);
    expect(many.map((each) => each.ok && each.facts.entities)).toEqual(
      Array.from({ length: 3 }, () => [{ kind: 'existing', type: 'post', id: 5, status: 'private' }]),
    );
    expect(sent.map(({ actingUser, method }) => [method, actingUser])).toEqual([['GET', 1]]);
    const operator = imagining();
    await operator.imagine([get({ user: 'zoe' })], { userId: null, ip: null });
    expect(operator.sent.map(({ actingUser }) => actingUser)).toEqual([9]);
  });

  it('leave open what is not shown, and say so', async () => {
    const [one] = await imagining(() => hidden).imagine([get({ user: 'zoe' })], asker);
    expect(one).toMatchObject({
      ok: true,
      facts: { entities: [{ kind: 'existing', type: 'post', id: 5 }] },
      notes: ["What post 5 is now isn't known (WordPress says rest_forbidden); decided by what the arguments say."],
    });
    expect(one?.ok === true && 'status' in (one.facts.entities[0] ?? {})).toBe(false);
  });

  it.each<[string, Partial<ImaginedCall>, object]>([
    ['a login', { user: 'zoe', ip: '203.0.113.7' }, { agentId: null, userId: 9, login: 'user9', ip: '203.0.113.7' }],
    ['an id', { user: '7' }, { agentId: AGENT, userId: 7, ip: null }],
    ['an agent', { agent: AGENT }, { agentId: AGENT, userId: 7 }],
    ['nobody: whoever asks', {}, { userId: 1, ip: '198.51.100.4' }],
  ])('take %s for the caller', async (_name, more, subject) => {
    const [one] = await imagining().imagine([get(more)], asker);
    expect(one).toMatchObject({ ok: true, facts: { subject, siteTimeZone: 'Europe/Berlin', now: NOW } });
  });

  it('report what is wrong with a call in its place', async () => {
    const calls = [
      get({ user: 'eve' }),
      get({ user: 404 as WpUserId }),
      get({ agent: 'agt_1' as AgentId }),
      get({ agent: AGENT, user: 'zoe' }),
      get({ args: {} }),
      get({ tool: 'nope' }),
      get(),
    ];
    const told = await imagining().imagine(calls, asker);
    expect(told.map((each) => (each.ok ? 'ok' : each.code))).toEqual([
      'not_found',
      'not_found',
      'not_found',
      'args_invalid',
      'args_invalid',
      'tool_unknown',
      'ok',
    ]);
    expect(told[4]).toMatchObject({ problems: [{ pointer: '/id' }] });
  });

  it('say what WordPress would refuse whatever the policy says', async () => {
    const [one] = await imagining().imagine([{ tool: 'posts.create', args: { title: 'a' } }], asker);
    expect(one).toMatchObject({ ok: true, notes: ['WordPress itself would refuse this: the user lacks edit_posts.'] });
  });

  it('fail as a whole when the database or the site does', async () => {
    const { imagine } = imagining(() => {
      throw new ChaperoneError('upstream_unavailable');
    });
    await expect(imagine([get()], asker)).rejects.toMatchObject({ code: 'upstream_unavailable' });
  });
});
