import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Knex } from 'knex';
import type { AuditLog } from '../../src/audit/audit-log.js';
import { mysqlAuditLog } from '../../src/audit/audit-log.mysql.js';
import { mysqlAuditReader } from '../../src/audit/audit-reader.mysql.js';
import { makeCommitTogether } from '../../src/audit/commit-together.mysql.js';
import { verifyChain } from '../../src/audit/verify-chain.js';
import { makeWriteChain } from '../../src/audit/write-chain.mysql.js';
import { connect } from '../../src/db/connect.js';
import { makeInTransaction } from '../../src/db/in-transaction.js';
import { migrate } from '../../src/db/migrate.js';
import { openPackets } from '../../src/db/packets.js';
import type { CallStore } from '../../src/execution/call-store.js';
import { mysqlCallStore } from '../../src/execution/call-store.mysql.js';
import type { InTransaction } from '../../src/kernel/in-transaction.js';
import { Secret } from '../../src/kernel/secret.js';
import { fullEntry } from '../support/audit-entries.js';
import { cuttingRelay, type CuttingRelay } from '../../dev/cutting-relay.js';
import { createDatabase, type TestDatabase } from '../support/stack.js';
import { auditLogContract } from './audit-log.contract.js';
import { aCall } from './call-store.contract.js';

const PREFIX = 'wp_';
interface Stores {
  readonly db: Knex;
  readonly audit: AuditLog;
  readonly calls: CallStore;
}
interface Replica {
  readonly inTransaction: InTransaction<Stores>;
  /** Pieces of work that went alone. */
  alone: number;
  close(): Promise<void>;
}

const random = (count: number): Uint8Array => randomBytes(count);
const storesOf = (on: Knex, audit: AuditLog = mysqlAuditLog(on, PREFIX, random)): Stores => ({
  db: on,
  audit,
  calls: mysqlCallStore(on, PREFIX),
});

let database: TestDatabase;
let db: Knex;
const replicas: Replica[] = [];

/** As one process has it, by way of `url`. */
function aReplica(url = database.url): Replica {
  const packets = openPackets(new Secret(url), 2);
  const writeChain = makeWriteChain({ packets, tablePrefix: PREFIX, wait: (milliseconds) => pause(milliseconds) });
  const own = makeInTransaction(db, (trx) => storesOf(trx));
  const alone: InTransaction<Stores> = (work) => {
    replica.alone += 1;
    return own(work);
  };
  const inTransaction = makeCommitTogether({ writeChain, tablePrefix: PREFIX, random, storesOf, alone });
  const replica: Replica = { inTransaction, alone: 0, close: () => packets.close() };
  replicas.push(replica);
  return replica;
}

async function empty(): Promise<void> {
  for (const table of ['audit_log', 'audit_head', 'calls', 'nonces']) await db(`${PREFIX}ai_agent_${table}`).delete();
}

const reader = () => mysqlAuditReader(db, PREFIX);
const verify = () => verifyChain(reader(), () => undefined);
const calls = async (): Promise<number> => (await db(`${PREFIX}ai_agent_calls`).select('id')).length;

/** What a call writes: its row and its entries. */
const record =
  (call = aCall(), entries = [fullEntry(), fullEntry()]) =>
  async ({ calls: store, audit }: Stores): Promise<boolean> => {
    const inserted = await store.insert(call);
    if (!inserted) throw new Error('the key is taken');
    await audit.append(entries);
    return inserted;
  };

/** Kills the connection that waits to move the chain's head, once there is one. */
async function killWaiting(): Promise<void> {
  for (;;) {
    const [list] = (await db.raw(
      "SELECT id FROM information_schema.processlist WHERE info LIKE 'UPDATE%audit_head%' AND id <> CONNECTION_ID()",
    )) as [{ id: number }[]];
    for (const { id } of list) await db.raw(`KILL ${id}`);
    if (list.length > 0) return;
    await pause(5);
  }
}

beforeAll(async () => {
  database = await createDatabase();
  db = connect({ url: new Secret(database.url), tablePrefix: PREFIX, poolSize: 8 });
  await migrate(db, PREFIX);
}, 90_000);
beforeEach(empty);
afterAll(async () => {
  await Promise.all(replicas.map((each) => each.close()));
  await db.destroy();
  await database.drop();
});

auditLogContract('MariaDB, many to a commit', async () => {
  await empty();
  return { inTransaction: aReplica().inTransaction, reader: reader() };
});

describe('many transactions to a commit', () => {
  it('hundreds at once are all written, in one chain, and none of them alone', async () => {
    const one = aReplica();
    const results = await Promise.all(Array.from({ length: 300 }, () => one.inTransaction(record())));
    expect(results).toEqual(Array<boolean>(300).fill(true));
    expect(one.alone).toBe(0);
    expect(await calls()).toBe(300);
    expect(await verify()).toEqual({ ok: true, entries: 600 });
  });

  it('entries come back with the numbers and hashes under which they stand', async () => {
    const one = aReplica();
    const appended = await Promise.all(
      Array.from({ length: 20 }, () => one.inTransaction(({ audit }) => audit.append([fullEntry(), fullEntry()]))),
    );
    expect(appended.flat()).toEqual([...(await reader().list({}, { limit: 100 }))].reverse());
  });

  it('one that fails takes no other down, and gets its own error', async () => {
    const one = aReplica();
    const taken = aCall({ idempotencyKey: 'taken' });
    await one.inTransaction(record(taken));
    const work = [
      ...Array.from({ length: 10 }, () => record()),
      record(aCall({ idempotencyKey: 'taken' })),
      record(aCall({ tool: 't'.repeat(65) })),
      () => Promise.reject(new Error('it changed its mind')),
      ...Array.from({ length: 10 }, () => record()),
    ];
    const settled = await Promise.allSettled(work.map((each) => one.inTransaction(each)));
    const failed = settled.flatMap((each) => (each.status === 'rejected' ? [String(each.reason)] : []));
    expect(failed).toHaveLength(3);
    expect(failed[0]).toContain('the key is taken');
    expect(failed[1]).toContain('Data too long');
    expect(failed[2]).toContain('it changed its mind');
    expect(await calls()).toBe(21);
    expect(await verify()).toEqual({ ok: true, entries: 42 });
  });

  it('an update that finds nothing is no update, whatever was believed', async () => {
    const one = aReplica();
    const call = aCall();
    await one.inTransaction(record(call));
    const end = { state: 'succeeded', answer: { status: 200, body: {} }, at: new Date(call.updatedAt) } as const;
    const finish = async ({ calls: store, audit }: Stores): Promise<boolean> => {
      const ended = await store.finish(call.id, end);
      if (ended) await audit.append([fullEntry()]);
      return ended;
    };
    const ended = await Promise.all(Array.from({ length: 5 }, () => one.inTransaction(finish)));
    expect(ended.filter(Boolean)).toHaveLength(1);
    expect(await verify()).toEqual({ ok: true, entries: 3 });
  });

  it('work that reads goes alone, and so does work that leaves no entry', async () => {
    const one = aReplica();
    const call = aCall();
    await one.inTransaction(record(call));
    const read = async ({ calls: store, audit }: Stores) => {
      const found = await store.get(call.id);
      await audit.append([fullEntry()]);
      return found?.tool;
    };
    expect(await Promise.all([one.inTransaction(read), one.inTransaction(record())])).toEqual([call.tool, true]);
    await one.inTransaction(({ calls: store }) => store.insert(aCall()));
    expect(one.alone).toBe(2);
    expect(await calls()).toBe(3);
    expect(await verify()).toEqual({ ok: true, entries: 5 });
  });

  it('the number of a row that isn’t there yet can’t be used by mistake', async () => {
    const one = aReplica();
    const nonce = { key_id: 'k', nonce_hash: Buffer.alloc(32), expires_at: new Date() };
    await one.inTransaction(async ({ db: on, audit }) => {
      const [id] = await on<{ id: number }>(`${PREFIX}ai_agent_nonces`).insert(nonce as never);
      await audit.append([fullEntry({ detail: { id: Number(id) } })]);
    });
    expect(one.alone).toBe(1);
  });

  it('values are what they were, whatever is in them', async () => {
    const one = aReplica();
    const nasty = ["'; DROP TABLE wp_ai_agent_calls; --", '\\', '?', '😀 \0 \n', 'ß'.repeat(60)];
    const entries = nasty.map((detail) => fullEntry({ detail, arguments: { [detail]: detail } }));
    await one.inTransaction(record(aCall({ idempotencyKey: nasty.join() }), entries));
    expect((await reader().list({}, { limit: 10 })).map(({ detail }) => detail).reverse()).toEqual(nasty);
    expect(await verify()).toEqual({ ok: true, entries: nasty.length });
    expect(one.alone).toBe(0);
  });
});

describe('several replicas', () => {
  it('write one chain without a gap', async () => {
    const both = [aReplica(), aReplica()];
    await Promise.all(
      both.flatMap((one) =>
        Array.from({ length: 8 }, async () => {
          for (let turn = 0; turn < 15; turn += 1) await one.inTransaction(record());
        }),
      ),
    );
    expect(await calls()).toBe(240);
    expect(await verify()).toEqual({ ok: true, entries: 480 });
    expect(both.map(({ alone }) => alone)).toEqual([0, 0]);
  });
});

describe('when the connection breaks', () => {
  let relay: CuttingRelay;
  beforeAll(async () => {
    relay = await cuttingRelay(new URL(database.url));
  });
  afterAll(() => relay.close());

  it('a commit whose answer is lost is found, and not written twice', async () => {
    const one = aReplica(relay.url);
    await one.inTransaction(record());
    for (let turn = 1; turn <= 10; turn += 1) {
      relay.loseAnswerTo('COMMIT');
      const results = await Promise.all(Array.from({ length: 5 }, () => one.inTransaction(record())));
      expect(results).toEqual(Array<boolean>(5).fill(true));
      expect(await calls()).toBe(1 + turn * 5);
    }
    expect(relay.lost()).toBe(10);
    expect(one.alone).toBe(0);
    expect(await verify()).toEqual({ ok: true, entries: 102 });
  });

  it('a packet that never arrived is written by the next one, once', async () => {
    const one = aReplica(relay.url);
    await one.inTransaction(record());
    relay.dropNext('COMMIT');
    const results = await Promise.all(Array.from({ length: 5 }, () => one.inTransaction(record())));
    expect(results).toEqual(Array<boolean>(5).fill(true));
    expect(await calls()).toBe(6);
    expect(await verify()).toEqual({ ok: true, entries: 12 });
  });

  it('a connection that is killed while it commits loses nothing and doubles nothing', async () => {
    const one = aReplica();
    await one.inTransaction(record());
    for (let turn = 1; turn <= 3; turn += 1) {
      const holding = await db.transaction();
      await holding(`${PREFIX}ai_agent_audit_head`).where({ id: 1 }).forUpdate().first();
      const writing = Promise.all(Array.from({ length: 5 }, () => one.inTransaction(record())));
      await killWaiting();
      await holding.rollback();
      expect(await writing).toEqual(Array<boolean>(5).fill(true));
      expect(await calls()).toBe(1 + 5 * turn);
    }
    expect(one.alone).toBe(0);
    expect(await verify()).toEqual({ ok: true, entries: 32 });
  });
});
