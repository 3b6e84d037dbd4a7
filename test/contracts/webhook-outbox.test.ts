import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Knex } from 'knex';
import type { AuditLog } from '../../src/audit/audit-log.js';
import { mysqlAuditLog } from '../../src/audit/audit-log.mysql.js';
import { makeCommitTogether } from '../../src/audit/commit-together.mysql.js';
import { makeWriteChain } from '../../src/audit/write-chain.mysql.js';
import { connect } from '../../src/db/connect.js';
import { makeInTransaction } from '../../src/db/in-transaction.js';
import { migrate } from '../../src/db/migrate.js';
import { openPackets, type Packets } from '../../src/db/packets.js';
import type { AgentId, WebhookEndpointId } from '../../src/kernel/ids.js';
import { Secret } from '../../src/kernel/secret.js';
import type { WebhookEndpoint } from '../../src/webhooks/outbound/endpoint.js';
import { mysqlDeliveryStore } from '../../src/webhooks/outbound/delivery-store.mysql.js';
import { mysqlEndpointStore } from '../../src/webhooks/outbound/endpoint-store.mysql.js';
import { withNotices } from '../../src/webhooks/outbound/outbox.js';
import { agentOf, fullEntry } from '../support/audit-entries.js';
import { createDatabase, type TestDatabase } from '../support/stack.js';

const PREFIX = 'wp_';
const random = (count: number): Uint8Array => randomBytes(count);
const storesOf = (on: Knex, audit: AuditLog = mysqlAuditLog(on, PREFIX, random)) => ({
  audit: withNotices(audit, mysqlDeliveryStore(on, PREFIX), random),
});
const DENIAL = fullEntry({ kind: 'call.decision', verdict: 'deny', detail: {} });
const AT = new Date('2026-11-26T10:00:00.000Z');

let database: TestDatabase;
let db: Knex;
let packets: Packets;
beforeAll(async () => {
  database = await createDatabase();
  db = connect({ url: new Secret(database.url), tablePrefix: PREFIX, poolSize: 8 });
  packets = openPackets(new Secret(database.url), 2);
  await migrate(db, PREFIX);
}, 90_000);
afterAll(async () => {
  await packets.close();
  await db.destroy();
  await database.drop();
});
beforeEach(async () => {
  for (const table of ['audit_log', 'audit_head', 'webhook_endpoints', 'webhook_deliveries'])
    await db(`${PREFIX}ai_agent_${table}`).delete();
});

const endpoints = () => mysqlEndpointStore(db, PREFIX);
const deliveries = () => mysqlDeliveryStore(db, PREFIX);
const inOne = () => makeInTransaction(db, (trx) => storesOf(trx));
let count = 0;
async function anEndpoint(changes: Partial<WebhookEndpoint> = {}): Promise<WebhookEndpointId> {
  count += 1;
  const id = `whe_${String(count).padStart(20, '0')}` as WebhookEndpointId;
  await endpoints().insert({
    id,
    url: 'https://receiver.example/',
    agentId: null,
    events: null,
    description: '',
    state: 'active',
    disabledReason: null,
    failingSince: null,
    createdAt: AT,
    updatedAt: AT,
    ...changes,
  });
  return id;
}
const outbox = async () => deliveries().list({}, { limit: 1_000 });

describe('the outbox', () => {
  it('has a row for each endpoint that wants the notice, and one message id for all of them', async () => {
    const everything = await anEndpoint();
    const denials = await anEndpoint({ events: ['approval.requested', 'call.denied'] });
    const own = await anEndpoint({ agentId: agentOf('a') });
    await anEndpoint({ events: ['approval.requested'] });
    await anEndpoint({ agentId: agentOf('b') });
    await anEndpoint({ state: 'disabled' });
    await inOne()(({ audit }) => audit.append([DENIAL]));
    const found = await outbox();
    expect(found.map(({ endpointId }) => endpointId).sort()).toEqual([everything, denials, own].sort());
    expect(new Set(found.map(({ messageId }) => messageId)).size).toBe(1);
  });

  it('knows by its call whose business an approval is, whoever decided on it', async () => {
    const agentId: AgentId = agentOf('b');
    await db(`${PREFIX}ai_agent_calls`).insert({
      id: DENIAL.callId,
      agent_id: agentId,
      user_id: 7,
      request_digest: 'a'.repeat(64),
      tool: 'posts.create',
      state: 'pending_approval',
      created_at: AT,
      updated_at: AT,
    });
    const own = await anEndpoint({ agentId });
    await anEndpoint({ agentId: agentOf('a') });
    await inOne()(({ audit }) => audit.append([fullEntry({ kind: 'approval.rejected' })]));
    expect((await outbox()).map(({ endpointId }) => endpointId)).toEqual([own]);
    await db(`${PREFIX}ai_agent_calls`).delete();
  });

  it('is undone with the entry', async () => {
    await anEndpoint();
    const work = inOne()(async ({ audit }) => {
      await audit.append([DENIAL]);
      throw new Error('undo it');
    });
    await expect(work).rejects.toThrow('undo it');
    expect(await outbox()).toEqual([]);
  });

  it('is written in the commit that many calls share, for which nobody has to go alone', async () => {
    await anEndpoint();
    await anEndpoint();
    const writeChain = makeWriteChain({ packets, tablePrefix: PREFIX, wait: (milliseconds) => pause(milliseconds) });
    let alone = 0;
    const inTransaction = makeCommitTogether({
      writeChain,
      tablePrefix: PREFIX,
      random,
      storesOf,
      alone: (work) => {
        alone += 1;
        return inOne()(work);
      },
    });
    await Promise.all(
      Array.from({ length: 100 }, () =>
        inTransaction(async ({ audit }) => {
          await audit.append([DENIAL]);
        }),
      ),
    );
    expect(alone).toBe(0);
    const found = await outbox();
    expect(found).toHaveLength(200);
    const audited = found.map(({ body }) => (JSON.parse(body) as { data: { auditId: number } }).data.auditId);
    expect(audited).toEqual([...audited].sort((left, right) => right - left));
  });
});

describe('a turn at an endpoint', () => {
  const later = (seconds: number): Date => new Date(AT.getTime() + seconds * 1_000);

  it('of twenty workers one gets, until it ends or is over', async () => {
    const id = await anEndpoint();
    const take = (claim: string, now: Date) => endpoints().takeTurn(id, { claim, until: later(60) }, now);
    const taken = await Promise.all(Array.from({ length: 20 }, (_, index) => take(`w${index}`, AT)));
    expect(taken.filter(Boolean)).toHaveLength(1);
    expect(await take('late', later(59))).toBe(false);
    expect(await take('late', later(60))).toBe(true);
    expect(await endpoints().keepTurn(id, { claim: 'w0', until: later(90) })).toBe(false);
    await endpoints().endTurn(id, 'w0');
    expect(await endpoints().keepTurn(id, { claim: 'late', until: later(90) })).toBe(true);
    await endpoints().endTurn(id, 'late');
    expect(await take('next', later(61))).toBe(true);
  });

  it('is offered where something is due, and nowhere else', async () => {
    const [due, early, off] = [await anEndpoint(), await anEndpoint(), await anEndpoint()];
    for (const id of [due, early, off]) {
      const notice = { messageId: `msg_${id}` as never, kind: 'webhook.test', body: '{}', agentId: null } as const;
      await deliveries().insertFor(id, { ...notice, at: AT, callId: null }, id === early ? later(10) : AT);
    }
    await endpoints().update(off, { state: 'disabled' }, AT);
    expect(await endpoints().waiting(AT, 10)).toEqual([due]);
    expect([...(await endpoints().waiting(later(10), 10))].sort()).toEqual([due, early].sort());
  });
});

describe('old deliveries', () => {
  it('are forgotten, but for those that are still on their way', async () => {
    const id = await anEndpoint();
    for (let each = 0; each < 3; each += 1) {
      const notice = { messageId: `msg_${each}` as never, kind: 'webhook.test', body: '{}', agentId: null } as const;
      const { id: delivery } = await deliveries().insertFor(id, { ...notice, at: AT, callId: null }, AT);
      const ended = { nextAttemptAt: null, status: 204, error: null, at: AT };
      if (each > 0) await deliveries().settle(delivery, { state: each === 1 ? 'delivered' : 'dead', ...ended });
    }
    expect(await deliveries().purge(AT, 10)).toBe(0);
    expect(await deliveries().purge(new Date(AT.getTime() + 1), 10)).toBe(2);
    expect((await outbox()).map(({ state }) => state)).toEqual(['pending']);
  });
});
