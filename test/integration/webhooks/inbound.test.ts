import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { OPERATOR } from '../../../src/audit/audit-entry.js';
import type { AgentChanges } from '../../../src/identity/agents/agent-store.js';
import { expectProblem } from '../../http/problem.js';
import { pairedSite, type PairedSite, type TestSidecar } from '../../support/paired-site.js';
import { aSource, messageTo, sendTo, type TestMessage, type TestSource } from './webhook-sender.js';

let paired: PairedSite;
let replica: TestSidecar;
let shop: TestSource;
beforeAll(async () => {
  paired = await pairedSite();
  replica = await paired.replica();
  shop = await aSource(paired, 'shop');
}, 90_000);
afterAll(() => paired.stop());

const drafts = async (): Promise<number> =>
  (await paired.db('wp_posts').where({ post_type: 'post', post_status: 'draft' })).length;
const now = (): number => Math.floor(Date.now() / 1_000);

describe('a message of a source', () => {
  it('starts the call that the source is bound to, as its agent, and says little', async () => {
    const answer = await sendTo(paired, shop, { id: 'msg_first' });
    expect(answer.status).toBe(200);
    const { callId, result } = answer.body;
    expect(answer.body).toEqual({
      status: 'executed',
      callId: expect.stringMatching(/^call_/),
      decision: { effect: 'allow', policyVersion: expect.any(Number), evaluatedAt: expect.any(String) },
      result: { id: expect.any(Number) },
    });
    const post = await paired.site.php('return get_post( $args )->to_array();', result.id);
    expect(post).toMatchObject({
      post_title: 'msg_first',
      post_status: 'draft',
      post_author: String(paired.agent.userId),
    });
    const entries = (await paired.get(`/v1/audit?callId=${callId}`)).body.items as Record<string, unknown>[];
    expect(entries.map(({ kind }) => kind)).toEqual(['call.outcome', 'call.intent', 'call.decision']);
    expect(new Set(entries.map(({ credential }) => credential))).toEqual(new Set(['webhook']));
    expect(entries.at(-1)).toMatchObject({ detail: { reason: 'Webhook shop, message msg_first' } });
  });

  it('that is delivered again gets the first answer, from whichever replica, and does nothing', async () => {
    const before = await drafts();
    const same = messageTo(shop, { id: 'msg_again' });
    const first = await paired.send(same);
    const later = await sendTo(replica, shop, { id: 'msg_again', timestamp: now() - 60 });
    const replayed = await replica.send(same);
    for (const answer of [later, replayed]) {
      expect(answer.body).toEqual(first.body);
      expect(answer.headers['idempotency-replayed']).toBe('true');
    }
    expect(await drafts()).toBe(before + 1);
  });

  it('that comes to both replicas at once many times runs once', async () => {
    const before = await drafts();
    const same = messageTo(shop, { id: 'msg_race' });
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) => (index % 2 === 0 ? paired : replica).send(same)),
    );
    expect(await drafts()).toBe(before + 1);
    for (const { status, body } of answers) if (status !== 200) expect(body.code).toBe('idempotency_in_progress');
  });

  it('with an id that was spent on another content is refused', async () => {
    await sendTo(paired, shop, { id: 'msg_spent', payload: { data: { title: 'one' } } });
    const answer = await sendTo(paired, shop, { id: 'msg_spent', payload: { data: { title: 'two' } } });
    expect(answer.body.code).toBe('idempotency_key_reused');
  });

  it('can’t be spent by its agent beforehand', async () => {
    const taken = await paired.execute({ tool: 'site.info' }, { idempotencyKey: 'webhook shop msg_taken' });
    expect(taken.status).toBe(200);
    expect((await sendTo(paired, shop, { id: 'msg_taken' })).status).toBe(200);
  });
});

const REFUSED: readonly (readonly [string, TestMessage, string])[] = [
  ['six minutes late', { id: 'm1', timestamp: now() - 360 }, 'signature_stale'],
  ['six minutes early', { id: 'm2', timestamp: now() + 360 }, 'signature_stale'],
  [
    'with another timestamp than was signed',
    { id: 'm3', headers: { 'webhook-timestamp': String(now() - 1) } },
    'signature_invalid',
  ],
  ['with a fraction of a second', { id: 'm4', headers: { 'webhook-timestamp': `${now()}.5` } }, 'request_malformed'],
  ['from before 1970', { id: 'm5', headers: { 'webhook-timestamp': '-1' } }, 'request_malformed'],
  ['with another id than was signed', { id: 'm6', headers: { 'webhook-id': 'm7' } }, 'signature_invalid'],
  ['without a signature that counts', { id: 'm8', headers: { 'webhook-signature': 'v1a,abc' } }, 'signature_invalid'],
  ['with a huge header', { id: 'm9', headers: { 'webhook-signature': 'v1,A'.repeat(2_000) } }, 'request_malformed'],
  ['that is no JSON', { id: 'm10', payload: 'hello' }, 'request_malformed'],
  ['with a key twice', { id: 'm11', payload: '{"data":{"title":"a","title":"b"}}' }, 'request_malformed'],
  ['with a prototype', { id: 'm12', payload: '{"__proto__":{"data":{"title":"a"}}}' }, 'request_malformed'],
  ['of another media type', { id: 'm13', contentType: 'text/plain' }, 'unsupported_media_type'],
  ['without what its source asks for', { id: 'm14', payload: { data: {} } }, 'args_invalid'],
  ['with what the tool can’t take', { id: 'm15', payload: { data: { title: { a: 1 } } } }, 'args_invalid'],
];

describe('a message is refused', () => {
  it.each(REFUSED)('%s', async (_name, message, code) => {
    const before = await drafts();
    const answer = await sendTo(paired, shop, message);
    expect(answer.body.code).toBe(code);
    expectProblem(answer);
    expect(await drafts()).toBe(before);
  });

  it('without its headers, and to another host', async () => {
    const { headers = [], ...request } = messageTo(shop, { id: 'm20' });
    expect((await paired.send({ ...request, headers: headers.slice(1) })).body.code).toBe('signature_missing');
    expect((await paired.send({ ...request, headers, unsigned: [['Host', 'evil.example']] })).body.code).toBe(
      'request_malformed',
    );
    expect((await paired.send({ ...request, headers: [...headers, ['Webhook-Id', 'm20']] })).body.code).toBe(
      'request_malformed',
    );
  });

  it('the same way from a source that nobody knows, one that is paused, and one with a wrong signature', async () => {
    const paused = await aSource(paired, 'paused');
    await paired.sidecar.updateSource({ name: paused.name, changes: { state: 'paused' }, actor: OPERATOR });
    const wrong = { 'webhook-signature': `v1,${Buffer.alloc(32).toString('base64')}` };
    const answers = [
      await sendTo(paired, { ...shop, name: 'nobody' as never }, { id: 'm30' }),
      await sendTo(paired, { ...shop, name: 'No%20Name' as never }, { id: 'm30' }),
      await sendTo(paired, paused, { id: 'm30' }),
      await sendTo(paired, shop, { id: 'm30', headers: wrong }),
    ];
    const shapes = answers.map(({ status, headers, body }) => ({
      status,
      names: Object.keys(headers).sort(),
      body: { ...body, instance: null },
    }));
    for (const shape of shapes) expect(shape).toEqual(shapes[0]);
    expect(shapes[0]?.body).toMatchObject({ code: 'signature_invalid' });
  });

  it('and a refusal after the signature stands in the log, with the source and the message', async () => {
    const answer = await sendTo(paired, shop, { id: 'msg_logged', payload: {} });
    expect(answer.body.detail).toBe('The payload has nothing at /data/title, which the argument "title" comes from.');
    const { items } = (await paired.get(`/v1/audit?callId=${answer.body.callId}`)).body;
    expect(items).toMatchObject([
      {
        kind: 'call.decision',
        verdict: 'deny',
        code: 'args_invalid',
        detail: { webhook: { source: 'shop', id: 'msg_logged' } },
      },
    ]);
  });
});

describe('everything that holds for an agent holds for its source:', () => {
  const DENIED = {
    tools: [{ id: 'writing', match: { tools: ['posts.*'] }, effect: 'allow' }],
    content: [{ id: 'secret-rule', terms: ['forbidden phrase'], severity: 'high' }],
  };

  it('the policy, whose findings the sender isn’t told', async () => {
    await paired.allow(DENIED);
    const payload = { data: { title: 'a forbidden phrase' } };
    const answer = await sendTo(paired, shop, { id: 'msg_denied', payload });
    expectProblem(answer);
    expect(answer.body).toMatchObject({ code: 'policy_content_denied', callId: expect.any(String) });
    expect(answer.text).not.toMatch(/secret-rule|forbidden|findings|decision|unlock/);
    expect((await sendTo(replica, shop, { id: 'msg_denied', payload })).body).toEqual(answer.body);
    const log = await paired.get(`/v1/audit?callId=${answer.body.callId}`);
    expect(log.text).toContain('secret-rule');
    await paired.allow();
  });

  it('approvals, which people decide on as on any other call', async () => {
    await paired.allow({
      tools: [{ id: 'everything', effect: 'allow' }],
      approvals: [{ id: 'look', steps: [{ name: 'desk', approvers: { roles: ['editor'] }, quorum: 1 }] }],
    });
    const held = await sendTo(paired, shop, { id: 'msg_held' });
    expect(held.status).toBe(202);
    expect(held.body).toEqual({
      status: 'pending_approval',
      callId: expect.any(String),
      approval: { id: expect.stringMatching(/^apr_/), expiresAt: expect.any(String) },
      decision: { effect: 'ask', policyVersion: expect.any(Number), evaluatedAt: expect.any(String) },
    });
    const before = await drafts();
    const path = `/v1/approvals/${held.body.approval.id}/approve`;
    const approved = await paired.send({ method: 'POST', path, body: {}, user: paired.site.users.editor });
    expect(approved.body).toMatchObject({ status: 'executed' });
    expect(await drafts()).toBe(before + 1);
    expect((await sendTo(paired, shop, { id: 'msg_held' })).body).toEqual(held.body);
    await paired.allow();
  });

  it('the kill switch, after which the message may come again', async () => {
    await paired.sidecar.setKillSwitch({ on: true, reason: 'a private reason', actor: OPERATOR });
    const stopped = await sendTo(paired, shop, { id: 'msg_switch' });
    expect(stopped.body.code).toBe('kill_switch_on');
    expect(stopped.text).not.toContain('private');
    await paired.sidecar.setKillSwitch({ on: false, reason: '', actor: OPERATOR });
    expect((await sendTo(paired, shop, { id: 'msg_switch' })).status).toBe(200);
  });

  it('its state, its capabilities, and whether it is there at all', async () => {
    const agent = await paired.newAgent();
    const source = await aSource(paired, 'other', { agentId: agent.id });
    const send = async (id: string): Promise<string> => (await sendTo(paired, source, { id })).body.code as string;
    await paired.sidecar.updateAgent({ id: agent.id, changes: { state: 'suspended' }, actor: OPERATOR });
    expect(await send('s1')).toBe('agent_suspended');
    await paired.sidecar.updateAgent({ id: agent.id, changes: { state: 'active' }, actor: OPERATOR });
    await paired.site.php('( new WP_User( $args ) )->set_role( "subscriber" );', agent.userId);
    expect(await send('s2')).toBe('capability_missing');
    await paired.site.php('( new WP_User( $args ) )->set_role( "ai_agent" );', agent.userId);
    expect(await send('s3')).toBeUndefined();
    await paired.sidecar.deleteAgent({ id: agent.id, actor: OPERATOR });
    expect(await send('s4')).toBe('credentials_invalid');
  });

  it('the log, where one that may not act stands once a minute, however many messages come with its good secret', async () => {
    const agent = await paired.newAgent();
    const [source, other] = [
      await aSource(paired, 'flood', { agentId: agent.id }),
      await aSource(paired, 'flood-2', { agentId: agent.id }),
    ];
    const many = async (round: string): Promise<ReadonlySet<unknown>> => {
      const sent = Array.from({ length: 30 }, (_, index) =>
        sendTo(paired, index % 3 === 0 ? other : source, { id: `${round}_${index}` }),
      );
      return new Set((await Promise.all(sent)).map(({ body }) => body.code as unknown));
    };
    const before = (await paired.db('wp_ai_agent_audit_log')).length;
    await paired.sidecar.updateAgent({ id: agent.id, changes: { state: 'suspended' }, actor: OPERATOR });
    expect(await many('suspended')).toEqual(new Set(['agent_suspended']));
    await paired.sidecar.deleteAgent({ id: agent.id, actor: OPERATOR });
    expect(await many('gone')).toEqual(new Set(['credentials_invalid']));
    const { items } = (await paired.get(`/v1/audit?kind=auth.refused&agentId=${agent.id}`)).body;
    const seen = (items as { code: string; detail: unknown }[]).map(({ code, detail }) =>
      JSON.stringify([code, detail]),
    );
    expect(seen.sort()).toEqual(
      ['agent_suspended', 'credentials_invalid']
        .flatMap((code) => ['flood', 'flood-2'].map((name) => [code, { webhook: { source: name } }]))
        .map((each) => JSON.stringify(each))
        .sort(),
    );
    // The four, and those of suspending and deleting the agent.
    expect((await paired.db('wp_ai_agent_audit_log')).length).toBeLessThan(before + 12);
  });

  it('its time, its addresses and its tools', async () => {
    const agent = await paired.newAgent();
    const source = await aSource(paired, 'bounded', { agentId: agent.id });
    const send = async (id: string): Promise<string> => (await sendTo(paired, source, { id })).body.code as string;
    const bound = (changes: AgentChanges) => paired.sidecar.updateAgent({ id: agent.id, changes, actor: OPERATOR });
    await bound({ tools: ['posts.get'] });
    expect(await send('b1')).toBe('policy_tool_denied');
    await bound({ tools: null, allowedIps: ['192.0.2.0/24'] });
    expect(await send('b2')).toBe('address_refused');
    await bound({ allowedIps: null });
    expect(await send('b3')).toBeUndefined();
    await paired
      .db('wp_ai_agent_agents')
      .where({ id: agent.id })
      .update({ expires_at: new Date(Date.now() - 1) });
    expect(await send('b4')).toBe('agent_expired');
  });

  it('what a tool reads isn’t handed to the sender', async () => {
    const info = await aSource(paired, 'info', { tool: 'site.info', mapping: {} });
    const answer = await sendTo(paired, info, { id: 'msg_info' });
    expect(answer.body).toMatchObject({ status: 'executed', result: {} });
    expect(answer.text).not.toContain('name');
  });
});

describe('secrets are rotated', () => {
  const rotate = (source: TestSource, overlapSeconds: number, force = false) =>
    paired.sidecar.rotateWebhookSecret({
      of: { kind: 'source', name: source.name },
      overlapSeconds,
      force,
      actor: OPERATOR,
    });

  it('with an overlap in which both verify, and a second rotation only when it is forced', async () => {
    const old = await aSource(paired, 'rotated');
    const made = await rotate(old, 60);
    const fresh = { ...old, secret: made.secret.reveal() };
    expect((await sendTo(paired, old, { id: 'r1' })).status).toBe(200);
    expect((await sendTo(replica, fresh, { id: 'r2' })).status).toBe(200);
    await expect(rotate(old, 60)).rejects.toMatchObject({ code: 'key_rotation_running' });
    const newest = { ...old, secret: (await rotate(old, 60, true)).secret.reveal() };
    expect((await sendTo(paired, old, { id: 'r3' })).body.code).toBe('signature_invalid');
    expect((await sendTo(paired, fresh, { id: 'r4' })).status).toBe(200);
    expect((await sendTo(paired, newest, { id: 'r5' })).status).toBe(200);
  });

  it('at once, when one has leaked', async () => {
    const old = await aSource(paired, 'leaked');
    const fresh = { ...old, secret: (await rotate(old, 0)).secret.reveal() };
    expect((await sendTo(paired, old, { id: 'l1' })).body.code).toBe('signature_invalid');
    expect((await sendTo(replica, fresh, { id: 'l2' })).status).toBe(200);
  });

  it('the old one ends with the overlap', async () => {
    const old = await aSource(paired, 'ended');
    await rotate(old, 60);
    await paired
      .db('wp_ai_agent_webhook_secrets')
      .where({ owner: 'source:ended', state: 'retiring' })
      .update({ not_after: new Date(Date.now() - 1) });
    expect((await sendTo(paired, old, { id: 'e1' })).body.code).toBe('signature_invalid');
  });

  it('and none of them stands in the database, the log or the lines of the process in the clear', async () => {
    const source = await aSource(paired, 'canary');
    await sendTo(paired, source, { id: 'c1' });
    const bytes = source.secret.slice('whsec_'.length);
    const rows = [
      ...(await paired.db('wp_ai_agent_webhook_secrets')),
      ...(await paired.db('wp_ai_agent_webhook_sources')),
      ...(await paired.db('wp_ai_agent_audit_log')),
      ...(await paired.db('wp_ai_agent_calls')),
    ];
    const everything = JSON.stringify(rows) + paired.log.join('');
    expect(everything).not.toContain(bytes);
    expect(everything).toContain('source:canary');
  });
});
