import { beforeEach, describe, expect, it } from '@jest/globals';
import { ChaperoneError } from '../../../src/kernel/errors.js';
import type { CallId } from '../../../src/kernel/ids.js';
import { answered } from '../../support/fakes/fake-execution.js';
import { aPolicy } from '../../support/policies.js';
import { AGENT, Governed, POST } from './governed-call.js';

const DENY_ALL = aPolicy({ tools: [{ id: 'none', effect: 'deny' }] }, 4);
const RAN = ['call.decision+call.intent', 'POST wp/v2/posts', 'call.outcome'];

let call: Governed;
beforeEach(() => {
  call = new Governed();
});

describe('an allowed call', () => {
  it('is decided, announced, run and told, in this order', async () => {
    const answer = await call.submit({ reason: 'because' });
    expect(answer).toMatchObject({
      status: 200,
      replayed: false,
      body: { status: 'executed', callId: answer.callId, decision: { effect: 'allow' }, result: POST },
    });
    expect(call.world.events).toEqual(RAN);
    expect(await call.world.calls.get(answer.callId)).toMatchObject({
      state: 'succeeded',
      answer: { status: 200, body: answer.body },
    });
  });

  it('leaves entries that say who, what, why and what came of it', async () => {
    const { callId } = await call.submit({ args: { title: 'x', meta: { api_key: 'hush' } }, reason: 'because' });
    const [decision, intent, outcome] = call.world.entries;
    const actor = { userId: 7, agentId: AGENT, credential: 'signature', ip: '203.0.113.7' };
    expect(decision).toMatchObject({
      kind: 'call.decision',
      actor,
      callId,
      tool: 'posts.create',
      verdict: 'allow',
      policyVersion: 1,
      entity: { type: 'post' },
      arguments: { title: 'x', status: 'draft', meta: { api_key: '[redacted]' } },
      detail: { reason: 'because', dryRun: false, keyId: 'key_1' },
    });
    expect(intent).toMatchObject({ kind: 'call.intent', actor, callId, tool: 'posts.create' });
    expect(outcome).toMatchObject({
      kind: 'call.outcome',
      callId,
      outcome: 'succeeded',
      entity: { type: 'post', id: 12 },
      afterDigest: expect.stringMatching(/^[0-9a-f]{64}$/) as unknown,
    });
    expect(JSON.stringify(call.world.entries)).not.toContain('hush');
  });

  it('on something that exists keeps what it was, and a change of nothing changes no digest', async () => {
    await call.submit({ tool: 'posts.update', args: { id: 12, title: 'A' } });
    const [, intent, outcome] = call.world.entries;
    expect(intent?.beforeDigest).toMatch(/^[0-9a-f]{64}$/);
    expect(outcome).toMatchObject({ beforeDigest: intent?.beforeDigest, afterDigest: intent?.beforeDigest });
    expect(call.world.events).toEqual([
      'GET wp/v2/posts/12',
      'call.decision+call.intent',
      'POST wp/v2/posts/12',
      'call.outcome',
    ]);
  });

  it('runs as its own user, with its own id', async () => {
    const { callId } = await call.submit();
    expect(call.world.events).toEqual(RAN);
    call.reply = (request) => {
      expect(request).toMatchObject({ actingUser: 7 });
      return answered(201, POST);
    };
    expect((await call.submit()).callId).not.toBe(callId);
  });
});

describe('a dry run', () => {
  it('is decided and written down, and WordPress is not asked to do anything', async () => {
    const answer = await call.submit({ dryRun: true });
    expect(answer).toMatchObject({ status: 200, body: { status: 'dry_run', decision: { effect: 'allow' } } });
    expect(call.world.events).toEqual(['call.decision']);
    expect(call.world.entries[0]).toMatchObject({ verdict: 'allow', detail: { dryRun: true } });
    expect(await call.world.calls.get(answer.callId)).toMatchObject({ state: 'dry_run' });
  });

  it('of a call that is denied answers with the decision, not with a problem', async () => {
    call.policy = DENY_ALL;
    const { status, body } = await call.submit({ dryRun: true });
    expect(status).toBe(200);
    expect(body).toMatchObject({ status: 'dry_run', decision: { effect: 'deny' } });
  });
});

describe('a denied call', () => {
  it('is one entry and a problem with its findings; WordPress is not called', async () => {
    call.policy = DENY_ALL;
    const answer = await call.submit();
    expect(answer).toMatchObject({
      status: 403,
      body: {
        code: 'policy_tool_denied',
        callId: answer.callId,
        findings: [{ rule: 'none', effect: 'deny', code: 'policy_tool_denied' }],
      },
    });
    expect(call.world.events).toEqual(['call.decision']);
    expect(call.world.entries[0]).toMatchObject({ verdict: 'deny', code: 'policy_tool_denied', policyVersion: 4 });
    expect(await call.world.calls.get(answer.callId)).toMatchObject({ state: 'denied' });
  });

  it('says when it would be let through', async () => {
    call.policy = aPolicy({
      tools: [{ id: 'all', effect: 'allow' }],
      time: [{ id: 'hours', allow: [{ days: ['mon'], from: '09:00', to: '18:00' }] }],
    });
    expect(await call.submit()).toMatchObject({
      status: 403,
      body: { code: 'policy_time_denied', unlock: { at: '2026-11-23T09:00:00.000Z' } },
    });
  });
});

describe('a refusal before any decision is one entry, and WordPress is asked to do nothing', () => {
  const missing =
    (status: number) =>
    ({ method }: { method: string }) =>
      answered(method === 'GET' ? status : 200, { code: 'rest_post_invalid_id', message: 'No.' });
  const CASES: readonly (readonly [string, (call: Governed) => void, Parameters<Governed['refusal']>[0]])[] = [
    ['tool_unknown', () => undefined, { tool: 'posts.burn' }],
    ['args_invalid', () => undefined, { args: { title: 7 } }],
    ['capability_missing', (its) => its.capabilities.delete('edit_posts'), {}],
    ['capability_missing', (its) => (its.granted = () => false), { tool: 'posts.trash', args: { id: 12 } }],
    ['capability_missing', (its) => (its.reply = missing(403)), { tool: 'posts.trash', args: { id: 12 } }],
    ['capability_missing', (its) => (its.reply = missing(401)), { tool: 'posts.get', args: { id: 12 } }],
    ['not_found', (its) => (its.reply = missing(404)), { tool: 'posts.trash', args: { id: 12 } }],
    ['not_found', (its) => (its.reply = missing(410)), { tool: 'posts.get', args: { id: 12 } }],
    ['upstream_refused', (its) => (its.reply = missing(429)), { tool: 'posts.get', args: { id: 12 } }],
    ['args_invalid', () => undefined, { tool: 'posts.restore', args: { id: 12 } }],
    ['policy_missing', (its) => (its.policy = undefined), {}],
    ['kill_switch_on', (its) => (its.killSwitch = () => Promise.reject(new ChaperoneError('kill_switch_on'))), {}],
  ];
  it.each(CASES)('%s', async (code, arrange, request) => {
    arrange(call);
    expect(await call.refusal(request)).toBe(code);
    expect(call.world.events.filter((event) => !event.startsWith('GET '))).toEqual(['call.decision']);
    expect(call.world.entries[0]).toMatchObject({ verdict: 'deny', code, actor: { userId: 7 } });
  });

  it('one’s own name needs no capability, another’s does', async () => {
    expect(await call.refusal({ args: { title: 'x', author: 8 } })).toBe('capability_missing');
    expect((await call.submit({ args: { title: 'x', author: 7 } })).status).toBe(200);
  });

  it('WordPress out of reach settles nothing, so nothing is written and the call may come again', async () => {
    call.reply = () => ({ kind: 'unreachable', reason: 'ECONNREFUSED' });
    expect(await call.refusal({ tool: 'posts.trash', args: { id: 12 } }, 'key')).toBe('upstream_unavailable');
    expect(call.world.entries).toEqual([]);
    call.reply = () => answered(200, POST);
    expect((await call.submit({ tool: 'posts.trash', args: { id: 12 } }, 'key')).status).toBe(200);
  });
});

describe('no entry, no action', () => {
  const failOn = (kind: string) => (kinds: readonly string[]) => {
    if (kinds.includes(kind)) throw new Error('the disk is full');
  };

  it('an intent that can not be committed: 503, and WordPress is never called', async () => {
    call.world.beforeCommit = failOn('call.intent');
    expect(await call.refusal()).toBe('audit_unavailable');
    expect(call.world.events).toEqual([]);
    expect(call.world.entries).toEqual([]);
  });

  it('nor is anything left of it: the same call may come again', async () => {
    call.world.beforeCommit = failOn('call.intent');
    await call.refusal({}, 'key');
    call.world.beforeCommit = () => undefined;
    expect((await call.submit({}, 'key')).replayed).toBe(false);
    expect(call.world.events).toEqual(RAN);
  });

  it.each([
    ['a denial', (its: Governed) => (its.policy = DENY_ALL), {}],
    ['a dry run', () => undefined, { dryRun: true }],
    ['a refusal', () => undefined, { tool: 'posts.burn' }],
  ])('%s that can not be written down is 503 as well', async (_name, arrange, request) => {
    arrange(call);
    call.world.beforeCommit = failOn('call.decision');
    expect(await call.refusal(request)).toBe('audit_unavailable');
    expect(call.world.entries).toEqual([]);
  });
});

describe('idempotency', () => {
  it('the same request with the same key gets the first answer, and nothing runs again', async () => {
    const first = await call.submit({}, 'key');
    const again = await call.submit({}, 'key');
    expect(again).toEqual({ ...first, replayed: true });
    expect(call.world.events).toEqual(RAN);
  });

  it('a denial is remembered too, whatever the policy says by then', async () => {
    call.policy = DENY_ALL;
    const first = await call.submit({}, 'key');
    call.policy = aPolicy({ tools: [{ id: 'all', effect: 'allow' }] });
    expect(await call.submit({}, 'key')).toEqual({ ...first, replayed: true });
  });

  it.each([[{ args: { title: 'y' } }], [{ tool: 'posts.list' }], [{ dryRun: true }], [{ reason: 'another' }]])(
    'another request (%j) with the key is refused, and the attempt is written down',
    async (other) => {
      await call.submit({}, 'key');
      expect(await call.refusal(other, 'key')).toBe('idempotency_key_reused');
      expect(call.world.events).toEqual([...RAN, 'call.decision']);
      expect(call.world.entries.at(-1)).toMatchObject({ verdict: 'deny', code: 'idempotency_key_reused' });
    },
  );

  it('arguments in another order are the same request', async () => {
    await call.submit({ args: { title: 'x', content: 'y' } }, 'key');
    expect((await call.submit({ args: { content: 'y', title: 'x' } }, 'key')).replayed).toBe(true);
  });

  it('while the first is running the second is told so, and which call it is', async () => {
    const { callId } = await new Promise<{ callId: string }>((resolve) => {
      call.reply = async () => {
        const second = call.submit({}, 'key').catch((error: unknown) => error);
        const error = (await second) as ChaperoneError;
        expect(error).toMatchObject({ code: 'idempotency_in_progress', extras: { retryAfter: 1 } });
        resolve(error.extras.members as { callId: string });
        return answered(201, POST);
      };
      void call.submit({}, 'key');
    });
    expect(await call.world.calls.get(callId as CallId)).toBeDefined();
  });

  it('of twenty at once exactly one runs; the others get its answer or are told to wait', async () => {
    const attempts = await Promise.allSettled(Array.from({ length: 20 }, () => call.submit({}, 'key')));
    const answers = attempts.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
    const refusals = attempts.flatMap((each) => (each.status === 'rejected' ? [each.reason as ChaperoneError] : []));
    expect(answers.filter(({ replayed }) => !replayed)).toHaveLength(1);
    expect(new Set(refusals.map(({ code }) => code))).toEqual(new Set(['idempotency_in_progress']));
    expect(answers.length + refusals.length).toBe(20);
    expect(call.world.events.filter((event) => event.startsWith('POST'))).toHaveLength(1);
    expect(call.world.entries.map(({ kind }) => kind)).toEqual(['call.decision', 'call.intent', 'call.outcome']);
  });

  it('without a key, each is a call of its own', async () => {
    await Promise.all([call.submit(), call.submit()]);
    expect(call.world.events.filter((event) => event.startsWith('POST'))).toHaveLength(2);
  });
});
