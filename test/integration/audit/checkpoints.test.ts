import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { CHECKPOINT_EVERY_MS } from '../../../src/audit/make-checkpoint.js';
import { openNote, verifierKey } from '../../../src/audit/signed-note.js';
import { someEntries } from '../../support/audit-entries.js';
import { CHECKPOINTS, evidenceLog, HEAD, LOG } from '../../support/evidence-log.js';
import { verifyText } from '../../support/offline-verifier.js';

let log: Awaited<ReturnType<typeof evidenceLog>>;
let now = Date.UTC(2026, 10, 26);
const later = (milliseconds: number): number => (now += milliseconds);

beforeAll(async () => {
  log = await evidenceLog({ now: () => new Date(now) });
}, 90_000);
beforeEach(() => log.empty());
afterAll(() => log.stop());

const key = async (): Promise<string> => {
  const [newest] = (await log.readKeys())?.keys ?? [];
  if (newest === undefined) throw new Error('no key');
  return verifierKey(newest);
};

describe('checkpoints', () => {
  it('are signed over everything, and the same one again while the log does not grow', async () => {
    await log.append(someEntries(6));
    const made = await log.makeCheckpoint();
    // The key's own entry is the seventh.
    expect(made).toMatchObject({ size: 7, afterSize: 0, heldAt: null });
    expect(made.note).toMatch(
      /^agents\.example\.org\/x\/audit\n7\n[A-Za-z0-9+/]{43}=\n\n\u2014 agents\.example\.org\/x\/audit [A-Za-z0-9+/]+=*\n$/,
    );
    expect(openNote(made.note, (await log.readKeys())?.keys ?? [])).toMatchObject({ ok: true });
    expect(await log.makeCheckpoint()).toEqual(await log.checkpoints.newest());
    await log.append(someEntries(3));
    expect(await log.makeCheckpoint()).toMatchObject({ size: 10, afterSize: 7 });
    expect(await log.verify()).toEqual({ ok: true, entries: 10 });
  });

  it('come by themselves every hour, once however many replicas there are', async () => {
    await log.append(someEntries(2));
    await log.scheduled();
    await log.append(someEntries(2));
    await log.scheduled();
    expect(await log.checkpoints.list({ limit: 9 })).toHaveLength(1);
    later(CHECKPOINT_EVERY_MS);
    const replicas = Array.from({ length: 4 }, () => log.over(log.db));
    await Promise.all(replicas.map((each) => each.scheduled()));
    expect((await log.checkpoints.list({ limit: 9 })).map(({ size }) => size)).toEqual([5, 3]);
    expect(await log.verify()).toEqual({ ok: true, entries: 5 });
  });

  it('have one key, however many replicas make the first', async () => {
    const made = await Promise.all(Array.from({ length: 4 }, () => log.over(log.db).needKeys()));
    expect(new Set(made.map(({ keys }) => keys.map(verifierKey).join())).size).toBe(1);
    expect(await log.reader.list({ kind: 'secret.created' }, { limit: 9 })).toHaveLength(1);
  });

  it('are never made over a log that does not verify', async () => {
    await log.append(someEntries(4));
    await log.makeCheckpoint();
    await log.append(someEntries(4));
    await log.db(LOG).where({ id: 7 }).update({ tool: 'x' });
    await expect(log.makeCheckpoint()).rejects.toMatchObject({ code: 'audit_inconsistent' });
    await log.db(LOG).where({ id: 7 }).delete();
    await expect(log.makeCheckpoint()).rejects.toMatchObject({ code: 'audit_inconsistent' });
    await log.db(LOG).where('id', '>', 6).delete();
    await expect(log.makeCheckpoint()).rejects.toMatchObject({ code: 'audit_inconsistent' });
  });

  it('are marked as held when they are handed out, with those before', async () => {
    await log.append(someEntries(2));
    await log.makeCheckpoint();
    await log.append(someEntries(2));
    const handed = await log.handOut();
    expect(handed.heldAt).toEqual(new Date(now));
    expect((await log.checkpoints.list({ limit: 9 })).map(({ heldAt }) => heldAt)).toEqual([
      handed.heldAt,
      handed.heldAt,
    ]);
    await log.append(someEntries(1));
    expect((await log.makeCheckpoint()).heldAt).toBeNull();
  });

  it('survive a rotation: whoever trusts the old key comes to trust the new one', async () => {
    await log.append(someEntries(3));
    await log.makeCheckpoint();
    const old = await key();
    await log.rotateKey();
    const keys = (await log.readKeys())?.keys ?? [];
    expect(keys.map(({ retiredAt }) => retiredAt)).toEqual([null, new Date(now)]);
    expect(await key()).not.toBe(old);
    await log.append(someEntries(3));
    await log.makeCheckpoint();
    expect(await log.verify()).toEqual({ ok: true, entries: 8 });
    const exported = await log.exported();
    expect(await verifyText(exported, { keys: [await key(), old] })).toMatchObject({ ok: true, checkpoints: 2 });
    expect(await verifyText(exported, { keys: [old] })).toMatchObject({ ok: true, checkpoints: 2 });
    expect(await verifyText(exported, { keys: [await key()] })).toMatchObject({ ok: false });
  });
});

describe('the export', () => {
  it('verifies offline, against the key and a kept checkpoint', async () => {
    await log.append(someEntries(5));
    const kept = (await log.handOut()).note;
    await log.append(someEntries(1_200));
    await log.makeCheckpoint();
    const exported = await log.exported();
    const lines = exported
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines.filter(({ kind }) => kind !== undefined)).toHaveLength(1_206);
    const [first] = lines;
    const [shown] = await log.reader.list({}, { limit: 1, before: 2 as never });
    expect(first).toMatchObject({
      id: 1,
      kind: shown?.kind,
      hash: shown?.hash,
      prevHash: shown?.prevHash,
      salt: shown?.salt,
    });
    expect(lines.at(-1)).toMatchObject({ end: true, entries: 1_206, nextCursor: null });
    expect(await verifyText(exported, { keys: [await key()], kept: [kept] })).toMatchObject({
      ok: true,
      entries: 1_206,
      checkpoints: 2,
      notes: [],
    });
  });

  it('goes on from a cursor, page by page, and a filtered one says so', async () => {
    await log.append(someEntries(10));
    await log.makeCheckpoint();
    const first = await log.exported({ filter: {}, limit: 4 });
    expect(JSON.parse(first.trimEnd().split('\n').at(-1) ?? '')).toMatchObject({ entries: 4, nextCursor: '4' });
    const second = await log.exported({ filter: {}, after: 4 });
    expect(await verifyText(second, { part: true })).toMatchObject({ ok: true, first: 5, last: 11 });
    expect(await verifyText(second, {})).toMatchObject({ ok: false, firstBad: { id: 5 } });
    const filtered = await log.exported({ filter: { kind: 'policy' } });
    expect(await verifyText(filtered, { part: true })).toMatchObject({ ok: true, entries: 2, checkpoints: 1 });
    expect(await verifyText(filtered.replace('posts.update', 'posts.updatE'), { part: true })).toMatchObject({
      ok: false,
    });
  });

  it('finds a chain that was rewritten as a whole: the database by its checkpoint, the export by one that was kept', async () => {
    await log.append(someEntries(6));
    const kept = (await log.handOut()).note;
    await log.append(someEntries(3));
    await log.makeCheckpoint();
    const trusted = await key();
    // Everything again with one entry less, head and all, as somebody with every right on the database could.
    const entries = await log.reader.list({}, { limit: 100 });
    await log.db(LOG).delete();
    await log.db(HEAD).delete();
    await log.append(
      [...entries]
        .reverse()
        .filter(({ id }) => id !== 4)
        .map((entry) => ({ ...entry })),
    );
    expect(await log.verify()).toMatchObject({ ok: false, firstBad: { id: 7 } });
    await log.db(CHECKPOINTS).delete();
    expect(await log.verify()).toEqual({ ok: true, entries: 9 });
    const exported = await log.exported();
    expect(await verifyText(exported, { keys: [trusted], kept: [kept] })).toMatchObject({
      ok: false,
      firstBad: { id: 7 },
    });
    await log.makeCheckpoint();
    expect(await verifyText(await log.exported(), { keys: [trusted], kept: [kept] })).toMatchObject({ ok: false });
  });

  it.each<[string, (lines: string[]) => void]>([
    ['a line is missing', (lines) => lines.splice(3, 1)],
    ['the end is missing', (lines) => lines.pop()],
    ['a line is twice there', (lines) => lines.splice(2, 0, lines[2] ?? '')],
    ['an entry was changed', (lines) => (lines[2] = (lines[2] ?? '').replace('"ts":"2026', '"ts":"2025'))],
    ['a private part was changed', (lines) => (lines[2] = (lines[2] ?? '').replace(/"ip":[^}]*/, '"ip":"x"'))],
    ['a member was added', (lines) => (lines[2] = (lines[2] ?? '').replace('{', '{"tool":"x",'))],
    ['one was added at its end', (lines) => (lines[2] = (lines[2] ?? '').replace(/}$/, ',"tool":"x"}'))],
    ['a line is no JSON', (lines) => (lines[2] = 'x')],
    ['a checkpoint was changed', (lines) => (lines[5] = (lines[5] ?? '').replace('\\n5\\n', '\\n6\\n'))],
    ['lines follow the end', (lines) => lines.push(lines[0] ?? '')],
  ])('offline verification fails when %s', async (_name, tamper) => {
    await log.append(someEntries(4));
    await log.makeCheckpoint();
    await log.append(someEntries(4));
    const lines = (await log.exported()).trimEnd().split('\n');
    expect(lines[5]).toContain('checkpoint');
    const keys = [await key()];
    expect(await verifyText(`${lines.join('\n')}\n`, { keys })).toMatchObject({ ok: true, entries: 9 });
    tamper(lines);
    expect(await verifyText(`${lines.join('\n')}\n`, { keys })).toMatchObject({ ok: false });
  });
});
