import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { OPERATOR } from '../../../src/audit/audit-entry.js';
import { makePrune } from '../../../src/audit/prune.js';
import { removalText } from '../../../src/audit/removal.js';
import { verifierKey } from '../../../src/audit/signed-note.js';
import type { AuditEntryId } from '../../../src/kernel/ids.js';
import { fullEntry, minute, userOf } from '../../support/audit-entries.js';
import { evidenceLog, LOG } from '../../support/evidence-log.js';
import { verifyText } from '../../support/offline-verifier.js';

let log: Awaited<ReturnType<typeof evidenceLog>>;
beforeAll(async () => {
  log = await evidenceLog({ now: () => minute(1_000) });
}, 90_000);
beforeEach(() => log.empty());
afterAll(() => log.stop());

/** Entries a minute apart, of user 1 and 2 in turns. */
const some = (count: number, from = 0) =>
  Array.from({ length: count }, (_, index) =>
    fullEntry({ at: minute(from + index), actor: { ...fullEntry().actor, userId: userOf(1 + (index % 2)) } }),
  );
const ids = (...numbers: number[]): AuditEntryId[] => numbers as AuditEntryId[];
const trusted = async () => ({ keys: ((await log.readKeys())?.keys ?? []).map(verifierKey) });
const NOTHING = { salt: null, ip: null, findings: null, arguments: null, detail: null };

describe('erasing', () => {
  it('takes everything of a user out, and the log verifies, here and offline', async () => {
    await log.append(some(6));
    await log.makeCheckpoint();
    expect(await log.erase({ userId: userOf(1) }, OPERATOR)).toEqual({ erased: 3, done: true, records: {} });
    const rows = await log.db(LOG).where({ user_id: 1 });
    for (const row of rows) expect(row).toMatchObject(NOTHING);
    expect(JSON.stringify(await log.reader.list({ userId: userOf(1) }, { limit: 9 }))).not.toContain('Grüße');
    expect(await log.reader.get(ids(2)[0] ?? (0 as never))).toMatchObject(
      fullEntry({ at: minute(1), actor: { ...fullEntry().actor, userId: userOf(2) } }),
    );
    expect(await log.verify()).toEqual({ ok: true, entries: 8 });
    await log.makeCheckpoint();
    expect(await verifyText(await log.exported(), await trusted())).toMatchObject({ ok: true, erased: 3, notes: [] });
    // Again, for what came later; and nothing is written where there is nothing to erase.
    await log.append(some(2));
    expect(await log.erase({ userId: userOf(1) }, OPERATOR)).toMatchObject({ erased: 1 });
    expect(await log.erase({ userId: userOf(1) }, OPERATOR)).toMatchObject({ erased: 0 });
    expect(await log.erase({ userId: userOf(77) }, OPERATOR)).toMatchObject({ erased: 0 });
    expect(await log.verify()).toEqual({ ok: true, entries: 11 });
    expect(await verifyText(await log.exported(), await trusted())).toMatchObject({ ok: true, erased: 4 });
  });

  it('takes single entries, and those that name the user', async () => {
    const nobody = { userId: null, agentId: null, credential: null, ip: null };
    const dropped = (userId: number) =>
      fullEntry({ kind: 'approval.dropped', actor: nobody, detail: { login: 'x', userId, why: 'gone' } });
    await log.append([...some(4), dropped(1), dropped(11)]);
    expect(await log.erase({ entries: ids(2, 2, 99) }, OPERATOR)).toMatchObject({ erased: 1 });
    expect(await log.erase({ userId: userOf(1) }, OPERATOR)).toMatchObject({ erased: 3 });
    const left = await log.db(LOG).whereNotNull('salt').where('id', '<=', 6).orderBy('id').pluck('id');
    expect(left).toEqual([4, 6]);
    expect(await log.verify()).toMatchObject({ ok: true });
    expect(await verifyText(await log.exported(), await trusted())).toMatchObject({ ok: true, erased: 4 });
  });

  it('never takes what proves a removal or a key', async () => {
    await log.append(some(2));
    await log.makeCheckpoint();
    await log.erase({ userId: userOf(1) }, { ...OPERATOR, userId: userOf(1) });
    const [first] = await log.reader.list({ kind: 'audit.erased' }, { limit: 1 });
    expect(await log.erase({ userId: userOf(1) }, OPERATOR)).toMatchObject({ erased: 0 });
    expect(await log.erase({ entries: ids(3, Number(first?.id)) }, OPERATOR)).toMatchObject({ erased: 0 });
  });

  it.each<[string, () => Promise<unknown>]>([
    ['is not recorded at all', () => log.db(LOG).where({ id: 2 }).update(NOTHING)],
    [
      'is recorded for an earlier time',
      async () => {
        await log.erase({ userId: userOf(2) }, OPERATOR);
        await log.append(some(2));
        await log.db(LOG).where({ id: 9 }).update(NOTHING);
      },
    ],
    [
      'is recorded for another user',
      async () => {
        await log.erase({ userId: userOf(1) }, OPERATOR);
        await log.db(LOG).where({ id: 2 }).update(NOTHING);
      },
    ],
    [
      'is recorded without the log’s signature',
      async () => {
        await log.needKeys();
        const note = `${removalText('agents.example.org/x/audit', { kind: 'erased', userId: 2, upTo: 99 })}\n\u2014 agents.example.org/x/audit AAAAAAAA\n`;
        await log.append([{ kind: 'audit.erased', at: minute(9), actor: OPERATOR, detail: { note } }]);
        await log.db(LOG).where({ id: 2 }).update(NOTHING);
      },
    ],
  ])('that %s is tampering', async (_name, tamper) => {
    await log.append(some(6));
    await log.makeCheckpoint();
    await tamper();
    expect(await log.verify()).toMatchObject({
      ok: false,
      firstBad: { reason: expect.stringContaining('private part') },
    });
    expect(await verifyText(await log.exported(), await trusted())).toMatchObject({ ok: false });
  });
});

describe('pruning', () => {
  const hold = async () => (await log.handOut()).size;

  it('removes what is old and covered by a held checkpoint, and the rest verifies from there', async () => {
    await log.append(some(5));
    const held = await hold();
    await log.append(some(5, 100));
    const kept = (await log.handOut()).note;
    await log.append(some(2, 200));
    const before = minute(50);
    expect(await log.prune({ before, actor: OPERATOR, dryRun: true })).toEqual({ upTo: null, entries: 0 });
    const since = minute(1_001);
    expect(held).toBe(6);
    expect(await log.prune({ before: since, actor: OPERATOR, dryRun: true })).toEqual({ upTo: 11, entries: 11 });
    expect(await log.verify()).toEqual({ ok: true, entries: 13 });
    expect(await log.prune({ before: since, actor: OPERATOR })).toEqual({ upTo: 11, entries: 11 });
    expect(await log.verify()).toEqual({ ok: true, entries: 3 });
    expect(await log.prune({ before: since, actor: OPERATOR })).toEqual({ upTo: null, entries: 0 });
    await log.append(some(3, 300));
    await log.makeCheckpoint();
    expect(await log.verify()).toEqual({ ok: true, entries: 6 });
    const report = await verifyText(await log.exported(), { ...(await trusted()), kept: [kept] });
    expect(report).toMatchObject({ ok: true, first: 12, notes: [] });
  });

  it('never goes beyond a checkpoint that nobody holds', async () => {
    await log.append(some(5));
    await log.makeCheckpoint();
    const before = minute(2_000);
    expect(await log.prune({ before, actor: OPERATOR })).toEqual({ upTo: null, entries: 0 });
    expect(await log.verify()).toEqual({ ok: true, entries: 6 });
  });

  it('that was interrupted still verifies, and is gone on with', async () => {
    await log.append(some(8));
    await hold();
    const request = { before: minute(2_000), actor: OPERATOR };
    const dying = makePrune({
      ...log,
      clock: { now: () => minute(1_000) },
      removals: {
        async prune(upTo) {
          await log.removals.prune(upTo, 3);
          throw new Error('killed');
        },
      },
    });
    await expect(dying(request)).rejects.toThrow('killed');
    expect(await log.verify()).toEqual({ ok: true, entries: 7 });
    // What is left of the beginning is still held together by the checkpoint.
    await log.db(LOG).where({ id: 5 }).update({ tool: 'x' });
    expect(await log.verify()).toMatchObject({ ok: false, firstBad: { id: 5 } });
    await log.db(LOG).where({ id: 5 }).update({ tool: 'posts.update' });
    expect(await log.prune(request)).toEqual({ upTo: 9, entries: 6 });
    expect(await log.verify()).toEqual({ ok: true, entries: 1 });
    expect(await log.reader.list({ kind: 'audit.pruned' }, { limit: 9 })).toHaveLength(1);
  });

  it.each<[string, () => Promise<unknown>]>([
    ['entries before a checkpoint are gone, and no entry says why', () => log.db(LOG).where('id', '<=', 6).delete()],
    ['entries before no checkpoint are gone', () => log.db(LOG).where('id', '<=', 4).delete()],
    [
      'more is gone than was pruned',
      async () => {
        await log.append(some(5, 100));
        const [, older] = await log.checkpoints.list({ limit: 2 });
        await log.prune({ before: older?.lastAt ?? minute(500), actor: OPERATOR });
        await log.makeCheckpoint();
        await log.db(LOG).where('id', '<=', 11).delete();
      },
    ],
  ])('is not what it is when %s', async (_name, tamper) => {
    await log.append(some(5));
    await hold();
    await log.append(some(2, 50));
    await tamper();
    expect(await log.verify()).toMatchObject({ ok: false });
    expect(await verifyText(await log.exported(), await trusted())).toMatchObject({ ok: false });
  });
});
