import { describe, expect, it } from '@jest/globals';
import type { Submission } from '../../../src/execution/submit-call.js';
import type { Agent } from '../../../src/identity/agents/agent.js';
import type { Principal } from '../../../src/identity/principal.js';
import { makeRefusalLog } from '../../../src/identity/refusal-log.js';
import { unixSeconds } from '../../../src/kernel/clock.js';
import { ChaperoneError } from '../../../src/kernel/errors.js';
import { newCallId, type AgentId, type WpUserId } from '../../../src/kernel/ids.js';
import { Secret } from '../../../src/kernel/secret.js';
import { makeReceiveWebhook } from '../../../src/webhooks/inbound/receive-webhook.js';
import type { SourceName, WebhookSource } from '../../../src/webhooks/inbound/source.js';
import { signWebhook } from '../../../src/webhooks/standard-webhooks.js';
import { FakeAgentStore } from '../../support/fakes/fake-agent-store.js';
import { FakeAuditLog } from '../../support/fakes/fake-audit-log.js';

const NOON = Date.parse('2026-11-26T12:00:00Z');
const AGENT = 'agt_00000000000000000001' as AgentId;
const ACCOUNT = 7 as WpUserId;
const bot: Agent = {
  id: AGENT,
  name: 'bot',
  userId: ACCOUNT,
  state: 'active',
  directUse: false,
  createdAt: new Date(0),
};
const secretOf = (byte: number): Secret<Uint8Array> => new Secret<Uint8Array>(Buffer.alloc(32, byte));
const [secret, stranger] = [secretOf(7), secretOf(8)];
const sourceOf = (name: string): WebhookSource => ({
  name: name as SourceName,
  agentId: AGENT,
  tool: 'posts.create',
  mapping: { title: { from: '/title' } },
  description: '',
  state: 'active',
  createdAt: new Date(0),
  updatedAt: new Date(0),
});

function setup() {
  const agents = new FakeAgentStore();
  agents.agents = [bot];
  const log = new FakeAuditLog();
  const world = { seconds: 0, user: true, capabilities: ['ai_agent_execute_tool'], down: false };
  const submitted: Submission[] = [];
  const clock = { now: () => new Date(NOON + world.seconds * 1_000) };
  const inTransaction: typeof log.inTransaction = (work) =>
    world.down ? Promise.reject(new Error('the database is away')) : log.inTransaction(work);
  const refusals = makeRefusalLog({
    clock,
    write: async ({ actor, code, detail }, at) => {
      const entry = { kind: 'auth.refused', at, actor, code, ...(detail === undefined ? {} : { detail }) } as const;
      await inTransaction(({ audit }) => audit.append([entry]));
    },
  });
  const principal = (ip: string | null): Principal => ({
    userId: ACCOUNT,
    login: 'bot',
    roles: [],
    capabilities: new Set(world.capabilities),
    agentId: AGENT,
    agentTools: null,
    credential: 'webhook',
    keyId: null,
    grant: null,
    ip,
  });
  const receive = makeReceiveWebhook({
    findSource: (name) => Promise.resolve({ source: sourceOf(name), secrets: [secret], stranger }),
    agents,
    loadPrincipal: ({ ip }) => Promise.resolve(world.user ? principal(ip) : undefined),
    submitCall: (submission) => {
      submitted.push(submission);
      const { callId } = submission;
      return Promise.resolve({ status: 200, body: { status: 'executed', callId }, callId, replayed: false });
    },
    newCallId: () => newCallId((count) => crypto.getRandomValues(new Uint8Array(count))),
    writeRefusal: refusals.note,
    inTransaction,
    clock,
    publicUrl: new URL('http://chaperone.example'),
  });
  let sent = 0;
  const send = (name = 'shop', payload = '{"title":"x"}', ip = '192.0.2.1'): Promise<string> => {
    const [id, timestamp, body] = [`msg_${(sent += 1)}`, unixSeconds(clock.now()), Buffer.from(payload)];
    const rawHeaders = [
      ['Host', 'chaperone.example'],
      ['Content-Type', 'application/json'],
      ['webhook-id', id],
      ['webhook-timestamp', String(timestamp)],
      ['webhook-signature', signWebhook({ id, timestamp }, body, [secret])],
    ] as const;
    return receive(name, { method: 'POST', rawTarget: `/v1/webhooks/${name}`, rawHeaders, body, ip }).then(
      () => 'ok',
      (error: unknown) => (error instanceof ChaperoneError ? error.code : String(error)),
    );
  };
  const many = async (count: number, name = 'shop'): Promise<ReadonlySet<string>> =>
    new Set(await Promise.all(Array.from({ length: count }, () => send(name))));
  const entries = async () => [...(await log.list({}, { limit: 10_000 }))].reverse();
  return { world, agents, submitted, send, many, entries, refusals };
}

type World = ReturnType<typeof setup>;
const MAY_NOT_ACT: readonly (readonly [string, (world: World) => unknown, string])[] = [
  ['is gone', ({ agents }) => agents.remove(AGENT), 'credentials_invalid'],
  ['has no user any more', ({ world }) => (world.user = false), 'credentials_invalid'],
  ['is suspended', ({ agents }) => agents.update(AGENT, { state: 'suspended' }), 'agent_suspended'],
  ['is past its time', ({ agents }) => agents.update(AGENT, { expiresAt: new Date(NOON) }), 'agent_expired'],
  ['acts from elsewhere', ({ agents }) => agents.update(AGENT, { allowedIps: ['203.0.113.0/24'] }), 'address_refused'],
  ['may call no tool', ({ world }) => (world.capabilities = []), 'capability_missing'],
];

describe.each(MAY_NOT_ACT)('messages of a source whose agent %s', (_name, make, code) => {
  it('make one entry a minute with their number, however many come, and no call', async () => {
    const made = setup();
    await make(made);
    expect(await made.many(500)).toEqual(new Set([code]));
    made.world.seconds = 59;
    expect(await made.send()).toBe(code);
    expect(await made.entries()).toMatchObject([
      { kind: 'auth.refused', code, actor: { agentId: AGENT, credential: 'webhook', ip: '192.0.2.1' } },
    ]);
    made.world.seconds = 60;
    await made.refusals.flush();
    const all = await made.entries();
    expect(all.map(({ detail }) => detail)).toEqual([
      { webhook: { source: 'shop' } },
      { webhook: { source: 'shop' }, refused: 500 },
    ]);
    expect(made.submitted).toEqual([]);
  });

  it('are refused as such once their entry is committed, and not before', async () => {
    const made = setup();
    await make(made);
    made.world.down = true;
    expect(await made.send()).toBe('audit_unavailable');
    made.world.down = false;
    expect(await made.send()).toBe(code);
    expect((await made.entries()).map(({ detail }) => detail)).toEqual([{ webhook: { source: 'shop' }, refused: 2 }]);
  });
});

describe('a refusal', () => {
  it('of each source has an entry, so that it is seen who still sends', async () => {
    const { agents, many, entries } = setup();
    await agents.remove(AGENT);
    await many(20, 'shop');
    await many(20, 'desk');
    expect((await entries()).map(({ detail }) => detail)).toEqual([
      { webhook: { source: 'shop' } },
      { webhook: { source: 'desk' } },
    ]);
  });

  it('of what a message says has one for each message, as every call of an agent that may act', async () => {
    const { send, entries, submitted } = setup();
    for (let each = 0; each < 3; each += 1) expect(await send('shop', '{}')).toBe('args_invalid');
    expect(await entries()).toMatchObject(
      ['msg_1', 'msg_2', 'msg_3'].map((id) => ({
        kind: 'call.decision',
        code: 'args_invalid',
        detail: { webhook: { source: 'shop', id } },
      })),
    );
    expect(submitted).toEqual([]);
  });
});

it('a message of an agent that may act starts its call', async () => {
  const { send, submitted, entries } = setup();
  expect(await send()).toBe('ok');
  expect(submitted).toMatchObject([
    { agentId: AGENT, request: { tool: 'posts.create', args: { title: 'x' } }, idempotencyKey: ' webhook shop msg_1' },
  ]);
  expect(await entries()).toEqual([]);
});
