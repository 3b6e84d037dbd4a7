import { setImmediate as turn } from 'node:timers/promises';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { EMPTY_CHAIN } from '../../../src/audit/hash-chain.js';
import type { AuditReader } from '../../../src/audit/audit-log.js';
import type { AuditRow } from '../../../src/audit/audit-row.js';
import { verifyChain } from '../../../src/audit/verify-chain.js';
import { fullEntry, someEntries } from '../../support/audit-entries.js';
import { FakeAuditLog } from '../../support/fakes/fake-audit-log.js';

let log: FakeAuditLog;
const append = (count: number) => log.inTransaction(({ audit }) => audit.append(someEntries(count)));
const verify = () => verifyChain(log, () => undefined);
const rowOf = (id: number): AuditRow => {
  const row = log.rows[id - 1];
  if (row === undefined) throw new Error(`no row ${id}`);
  return row;
};

beforeEach(async () => {
  log = new FakeAuditLog();
  await append(10);
});

describe('verifying the chain', () => {
  it('says how many entries stand, page after page', async () => {
    await append(2_490);
    const progress: number[] = [];
    expect(await verifyChain(log, (entries) => progress.push(entries))).toEqual({ ok: true, entries: 2_500 });
    expect(progress).toEqual([1_000, 2_000, 2_500]);
  });

  it('lets others have their turn within a page', async () => {
    await append(990);
    let turns = 0;
    let isOver = false;
    const others = async (): Promise<void> => {
      for (; !isOver; turns += 1) await turn();
    };
    const waiting = others();
    await verify();
    isOver = true;
    await waiting;
    expect(turns).toBeGreaterThanOrEqual(10);
  });

  it.each<[string, () => void, number, number]>([
    ['an edited entry', () => Object.assign(rowOf(4), { tool: 'x' }), 4, 3],
    ['a removed entry', () => log.rows.splice(3, 1), 5, 3],
    ['a removed first entry', () => log.rows.splice(0, 1), 2, 9],
    ['a cut-off end', () => log.rows.splice(7), 8, 7],
    ['a log that is gone', () => log.rows.splice(0), 1, 0],
    ['an entry before the first', () => log.rows.unshift({ ...rowOf(1), id: 0 }), 0, 0],
    ['an entry behind the last', () => log.rows.push({ ...rowOf(10), id: 11, prev_hash: rowOf(10).hash }), 11, 10],
    ['a head that is gone', () => (log.end = EMPTY_CHAIN), 1, 10],
    ['a head set back', () => (log.end = { height: 5, hash: rowOf(5).hash }), 6, 10],
    ['a head set forward', () => (log.end = { ...log.end, height: 11 }), 11, 10],
    ['a head with another hash', () => (log.end = { ...log.end, hash: 'f'.repeat(64) }), 10, 10],
  ])('finds %s', async (_name, tamper, id, entries) => {
    tamper();
    const { end } = log;
    expect(await verify()).toMatchObject({ ok: false, entries, firstBad: { id } });
    expect(log.end).toBe(end);
  });

  it('finds a well-chained entry that the head knows nothing of', async () => {
    const { end } = log;
    await append(1);
    log.end = end;
    expect(await verify()).toMatchObject({ ok: false, firstBad: { id: 11 } });
  });

  it('finds two entries that were exchanged', async () => {
    const [second, third] = [rowOf(2), rowOf(3)];
    log.rows.splice(1, 2, { ...third, id: 2 }, { ...second, id: 3 });
    expect(await verify()).toMatchObject({ ok: false, firstBad: { id: 2 } });
  });

  it('takes entries that are appended while it runs for what they are', async () => {
    let left = 3;
    const busy: Pick<AuditReader, 'evidence' | 'head'> = {
      evidence: (after: number, limit: number) => log.evidence(after, limit),
      head: async () => {
        if (left > 0) await log.inTransaction(({ audit }) => audit.append([fullEntry()]));
        left -= 1;
        return log.head();
      },
    };
    expect(await verifyChain(busy, () => undefined)).toEqual({ ok: true, entries: 13 });
  });
});
