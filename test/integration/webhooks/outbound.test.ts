import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { OPERATOR } from '../../../src/audit/audit-entry.js';
import { pairedSite, type PairedSite, type TestSidecar } from '../../support/paired-site.js';
import { aReceiver, anEndpoint, verified, type TestEndpoint, type TestReceiver } from './receiver.js';

const SECOND = 1_000;
const HOUR = 3_600 * SECOND;
const RULE = { id: 'secret-rule', terms: ['forbidden phrase'], severity: 'high' };
const EVERYTHING = [{ id: 'everything', effect: 'allow' }];
const TITLE = 'a title that nobody outside should see';

let paired: PairedSite;
let replica: TestSidecar;
let receiver: TestReceiver;
let late = 0;
const receivers: TestReceiver[] = [];
beforeAll(async () => {
  paired = await pairedSite({
    clock: { now: () => new Date(Date.now() + late) },
    sidecarEnv: { CHAPERONE_WEBHOOK_NETWORKS: '127.0.0.1' },
    policy: {
      tools: EVERYTHING,
      content: [RULE],
      approvals: [
        {
          id: 'look',
          match: { args: [{ path: '/slug', equals: 'held' }] },
          steps: [{ name: 'desk', approvers: { roles: ['editor'] }, quorum: 1 }],
        },
      ],
    },
  });
  replica = await paired.replica();
}, 90_000);
afterAll(async () => {
  await Promise.all(receivers.map((each) => each.close()));
  await paired.stop();
});
beforeEach(async () => {
  receiver = await newReceiver();
  for (const table of ['webhook_endpoints', 'webhook_deliveries', 'webhook_secrets'])
    await paired.db(`wp_ai_agent_${table}`).delete();
});

const deliver = (): Promise<number> => paired.sidecar.deliverNotices();
async function newReceiver(): Promise<TestReceiver> {
  const one = await aReceiver();
  receivers.push(one);
  return one;
}
/** As if so much time had passed, for the sidecar alone, and for this alone. */
async function after<T>(milliseconds: number, work: () => Promise<T>): Promise<T> {
  late = milliseconds;
  return work().finally(() => {
    late = 0;
  });
}
interface Held {
  readonly callId: string;
  readonly approval: { readonly id: string };
  readonly code?: string;
}
const hold = async (key = paired.agent.key): Promise<Held> =>
  (await paired.execute({ tool: 'posts.create', args: { title: TITLE, slug: 'held' } }, { key })).body as Held;
const decide = (id: string, what: 'approve' | 'reject') =>
  paired.send({ method: 'POST', path: `/v1/approvals/${id}/${what}`, body: {}, user: paired.site.users.editor });
const deny = () => paired.execute({ tool: 'posts.create', args: { title: 'a forbidden phrase' } });
const deliveries = async (): Promise<Record<string, unknown>[]> =>
  (await paired.get('/v1/webhook-deliveries')).body.items as Record<string, unknown>[];
const endpointNow = async ({ id }: TestEndpoint): Promise<unknown> =>
  (await paired.get(`/v1/webhook-endpoints/${id}`)).body as unknown;

describe('notices', () => {
  it('tell of a held call from its asking to its outcome, in order, genuine and thin', async () => {
    const endpoint = await anEndpoint(paired, receiver.url);
    const held = await hold();
    await decide(held.approval.id, 'approve');
    expect(await deliver()).toBe(3);
    expect(receiver.types()).toEqual(['approval.requested', 'approval.approved', 'call.finished']);
    for (const each of receiver.received) {
      const { data } = verified(each, endpoint.secret);
      expect(data).toMatchObject({ callId: held.callId, auditId: expect.any(Number) });
      expect(each.headers).toMatchObject({
        'content-type': 'application/json',
        'user-agent': expect.stringMatching(/^Chaperone\//),
      });
      expect(each.body).not.toContain(TITLE);
      expect(each.body.length).toBeLessThan(400);
    }
    expect(new Set(receiver.received.map(({ headers }) => headers['webhook-id'])).size).toBe(3);
    expect(await deliver()).toBe(0);
  });

  it('tell of every end of an approval, of denials, of the switch, of suspended agents and of rotated keys', async () => {
    const endpoint = await anEndpoint(paired, receiver.url);
    const agent = await paired.newAgent();
    await decide((await hold()).approval.id, 'reject');
    const expiring = await hold();
    await after(25 * HOUR, () => paired.sidecar.approvals.expire());
    await deny();
    await paired.sidecar.setKillSwitch({ on: true, reason: TITLE, actor: OPERATOR });
    await paired.sidecar.setKillSwitch({ on: false, reason: '', actor: OPERATOR });
    await paired.sidecar.updateAgent({ id: agent.id, changes: { state: 'suspended' }, actor: OPERATOR });
    await paired.sidecar.rotateWebhookSecret({
      of: { kind: 'endpoint', id: endpoint.id },
      overlapSeconds: 60,
      force: false,
      actor: OPERATOR,
    });
    await after(26 * HOUR, deliver);
    expect([...receiver.types()].sort()).toEqual(
      [
        ...['approval.requested', 'approval.rejected', 'approval.requested', 'approval.expired', 'call.denied'],
        ...['kill_switch.on', 'kill_switch.off', 'agent.suspended', 'secret.rotated'],
      ].sort(),
    );
    const everything = JSON.stringify(receiver.received);
    for (const word of [TITLE, 'secret-rule', 'forbidden', endpoint.secret.slice(6)])
      expect(everything).not.toContain(word);
    expect(everything).toContain(expiring.approval.id);
  });

  it('go to those alone who want them, and to an agent only those about its own calls', async () => {
    const other = await paired.newAgent();
    const [denials, own] = [await newReceiver(), await newReceiver()];
    await anEndpoint(paired, denials.url, { events: ['call.denied'] });
    await anEndpoint(paired, own.url, { agentId: other.id });
    await hold();
    const theirs = await hold(other.key);
    await decide(theirs.approval.id, 'reject');
    await deny();
    await deliver();
    expect(denials.types()).toEqual(['call.denied']);
    expect(own.types()).toEqual(['approval.requested', 'approval.rejected']);
    expect(JSON.stringify(own.received)).toContain(theirs.callId);
  });

  it('stand in the outbox exactly when what they are about stands in the log', async () => {
    await anEndpoint(paired, receiver.url);
    const outbox = async () => (await paired.db('wp_ai_agent_webhook_deliveries')).length;
    await paired.db.raw('ALTER TABLE wp_ai_agent_webhook_deliveries RENAME TO wp_away');
    try {
      expect((await deny()).body.code).toBe('audit_unavailable');
      expect((await hold()).code).toBe('audit_unavailable');
    } finally {
      await paired.db.raw('ALTER TABLE wp_away RENAME TO wp_ai_agent_webhook_deliveries');
    }
    expect(await outbox()).toBe(0);
    const denied = await deny();
    expect(await outbox()).toBe(1);
    const entries = (await paired.get(`/v1/audit?callId=${denied.body.callId}`)).body.items;
    expect(entries).toHaveLength(1);
  });

  it('are signed with both secrets in the overlap of a rotation, and with the new one alone after it', async () => {
    const endpoint = await anEndpoint(paired, receiver.url, { events: ['call.denied'] });
    const of = { kind: 'endpoint', id: endpoint.id } as const;
    const made = await paired.sidecar.rotateWebhookSecret({ of, overlapSeconds: 60, force: false, actor: OPERATOR });
    await deny();
    await deliver();
    const [during] = receiver.received;
    if (during === undefined) throw new Error('nothing came');
    expect(verified(during, endpoint.secret).type).toBe('call.denied');
    expect(verified(during, made.secret.reveal()).type).toBe('call.denied');
    await deny();
    await after(61 * SECOND, deliver);
    const [, ended] = receiver.received;
    if (ended === undefined) throw new Error('nothing came');
    expect(() => verified(ended, endpoint.secret)).toThrow('No matching signature');
    expect(verified(ended, made.secret.reveal()).type).toBe('call.denied');
  });
});

describe('a receiver that fails', () => {
  it.each([500, 429, 400, 302, 0])('with %d is tried again after a pause, under the same id', async (status) => {
    await anEndpoint(paired, receiver.url, { events: ['call.denied'] });
    await deny();
    receiver.status = status;
    expect(await deliver()).toBe(0);
    expect(await deliver()).toBe(0);
    expect(receiver.received).toHaveLength(1);
    const [failed] = await deliveries();
    expect(failed).toMatchObject({ status: 'pending', attempts: 1, lastStatus: status === 0 ? null : status });
    receiver.status = 204;
    expect(await after(6 * SECOND, deliver)).toBe(1);
    expect((await deliveries())[0]).toMatchObject({ status: 'delivered', attempts: 2, lastError: null });
    const ids = receiver.received.map(({ headers }) => headers['webhook-id']);
    expect(ids[0]).toBe(ids[1]);
  });

  it('ten times is given up on, with the reason; an admin sends it again', async () => {
    await anEndpoint(paired, receiver.url, { events: ['call.denied'] });
    await deny();
    receiver.status = 500;
    for (let attempt = 1; attempt <= 10; attempt += 1) {
      const [{ next_attempt_at: next }] = (await paired.db('wp_ai_agent_webhook_deliveries')) as [
        { next_attempt_at: Date },
      ];
      const early = next.getTime() - Date.now() - SECOND;
      if (attempt > 1) expect(await after(early, deliver)).toBe(0);
      expect(receiver.received).toHaveLength(attempt - 1);
      await after(early + 2 * SECOND, deliver);
    }
    await after(200 * HOUR, deliver);
    expect(receiver.received).toHaveLength(10);
    const [dead] = await deliveries();
    expect(dead).toMatchObject({ status: 'dead', attempts: 10, lastStatus: 500 });
    receiver.status = 204;
    const path = `/v1/webhook-deliveries/${String(dead?.['id'])}/redeliver`;
    const again = await paired.send({ method: 'POST', path, user: paired.site.users.admin });
    expect(again.body).toMatchObject({ status: 'pending', attempts: 0 });
    expect(await deliver()).toBe(1);
    expect(receiver.received.at(-1)?.headers['webhook-id']).toBe(receiver.received[0]?.headers['webhook-id']);
  });

  it('for five days is switched off, with an entry; what waits for it is dead and can be sent again', async () => {
    const endpoint = await anEndpoint(paired, receiver.url, { events: ['call.denied'] });
    receiver.status = 500;
    await deny();
    await deliver();
    await deny();
    await after(5 * 24 * HOUR + SECOND, deliver);
    expect(await endpointNow(endpoint)).toMatchObject({
      state: 'disabled',
      disabledReason: 'Every attempt has failed for five days.',
    });
    expect((await deliveries()).map(({ status }) => status)).toEqual(['dead', 'dead']);
    const [entry] = (await paired.get('/v1/audit?kind=settings.changed')).body.items;
    expect(entry).toMatchObject({
      userId: null,
      detail: { name: 'webhook_endpoint', endpoint: endpoint.id, change: 'disabled' },
    });
    await deny();
    expect(await deliveries()).toHaveLength(2);
    receiver.status = 204;
    const { id } = endpoint;
    await paired.sidecar.updateEndpoint({ id, changes: { state: 'active' }, actor: OPERATOR });
    expect(await endpointNow(endpoint)).toMatchObject({ state: 'active', disabledReason: null, failingSince: null });
    await deny();
    expect(await deliver()).toBe(1);
  });

  it('with 410 is switched off at once', async () => {
    const endpoint = await anEndpoint(paired, receiver.url, { events: ['call.denied'] });
    receiver.status = 410;
    await deny();
    await deny();
    await deliver();
    expect(await endpointNow(endpoint)).toMatchObject({ state: 'disabled' });
    expect(receiver.received).toHaveLength(1);
  });

  it('or is slow holds up nobody else', async () => {
    const slow = await newReceiver();
    slow.delayMs = 3_000;
    await anEndpoint(paired, slow.url, { events: ['call.denied'] });
    await anEndpoint(paired, receiver.url, { events: ['call.denied'] });
    for (let count = 0; count < 3; count += 1) await deny();
    const round = deliver();
    while (receiver.received.length < 3) await new Promise((resolve) => setTimeout(resolve, 20));
    expect(slow.received.length).toBeLessThan(3);
    slow.delayMs = 0;
    await round;
    expect(slow.received).toHaveLength(3);
  });
});

describe('workers in several replicas', () => {
  it('send each notice once, and in the order in which things happened', async () => {
    await anEndpoint(paired, receiver.url, { events: ['call.denied'] });
    const COUNT = Number(process.env['NOTICES'] ?? 20);
    for (let count = 0; count < COUNT; count += 10) await Promise.all(Array.from({ length: 10 }, deny));
    const work = async (sidecar: TestSidecar['sidecar']): Promise<void> => {
      while (receiver.received.length < COUNT) await sidecar.deliverNotices();
    };
    await Promise.all([work(paired.sidecar), work(replica.sidecar), work(paired.sidecar)]);
    const ids = receiver.received.map(({ body }) => (JSON.parse(body) as { data: { auditId: number } }).data.auditId);
    expect(ids).toHaveLength(COUNT);
    expect(ids).toEqual([...ids].sort((left, right) => left - right));
    expect(new Set(ids).size).toBe(COUNT);
  });

  it('leave what a dead one had taken until its turn is over, and then send it', async () => {
    const { id } = await anEndpoint(paired, receiver.url, { events: ['call.denied'] });
    await deny();
    const now = new Date();
    const until = new Date(now.getTime() + 60 * SECOND);
    expect(await paired.sidecar.webhookEndpoints.takeTurn(id, { claim: 'dead', until }, now)).toBe(true);
    const [due] = await paired.sidecar.webhookDeliveries.due(id, new Date(now.getTime() + SECOND), 1);
    expect(await paired.sidecar.webhookDeliveries.begin(due?.id ?? 0, until)).toBe(true);
    expect(await deliver()).toBe(0);
    expect(receiver.received).toHaveLength(0);
    expect(await after(61 * SECOND, () => replica.sidecar.deliverNotices())).toBe(1);
    expect((await deliveries())[0]).toMatchObject({ status: 'delivered', attempts: 2 });
  });

  it('stop when they have lost their turn', async () => {
    const { id } = await anEndpoint(paired, receiver.url, { events: ['call.denied'] });
    for (let count = 0; count < 3; count += 1) await deny();
    receiver.delayMs = 300;
    const round = deliver();
    while (receiver.received.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    await paired.db('wp_ai_agent_webhook_endpoints').where({ id }).update({ claim: 'somebody else' });
    expect(await round).toBe(1);
    expect(receiver.received).toHaveLength(1);
  });
});
