import { beforeEach, describe, expect, it } from '@jest/globals';
import type { NewAuditEntry } from '../../src/audit/audit-entry.js';
import type { AuditFilter, AuditLog, AuditReader } from '../../src/audit/audit-log.js';
import { EMPTY_CHAIN } from '../../src/audit/hash-chain.js';
import { evidenceOf } from '../../src/audit/evidence.js';
import { verifyChain } from '../../src/audit/verify-chain.js';
import type { AuditEntryId, PolicyVersion } from '../../src/kernel/ids.js';
import type { InTransaction } from '../../src/kernel/in-transaction.js';
import { agentOf, callOf, fullEntry, minute, someEntries, userOf } from '../support/audit-entries.js';

export interface AuditSubject {
  readonly inTransaction: InTransaction<{ readonly audit: AuditLog }>;
  readonly reader: AuditReader;
}

const idOf = (number: number): AuditEntryId => number as AuditEntryId;
const WRITERS = 4;
const EACH = 100;

/** What every audit log promises. `make` gives an empty one. */
export function auditLogContract(name: string, make: () => Promise<AuditSubject>): void {
  describe(`the audit log contract: ${name}`, () => {
    let subject: AuditSubject;
    let reader: AuditReader;
    const append = (entries: readonly NewAuditEntry[]) => subject.inTransaction(({ audit }) => audit.append(entries));
    const verify = () => verifyChain(reader, () => undefined);
    beforeEach(async () => {
      subject = await make();
      reader = subject.reader;
    });

    it('is empty at first, and an empty log verifies', async () => {
      expect(await append([])).toEqual([]);
      expect(await reader.head()).toEqual(EMPTY_CHAIN);
      expect(await reader.list({}, { limit: 10 })).toEqual([]);
      expect(await reader.get(idOf(1))).toBeUndefined();
      expect(await verify()).toEqual({ ok: true, entries: 0 });
    });

    it('gives back exactly what was written, whether much or little was in it', async () => {
      const none = { userId: null, agentId: null, credential: null, ip: null };
      const written = await append([
        fullEntry(),
        { kind: 'auth.refused', at: minute(1), actor: none },
        fullEntry({ entity: { type: 'option' }, findings: [], arguments: {}, detail: 'text' }),
      ]);
      expect(written.map(({ id }) => id)).toEqual([1, 2, 3]);
      expect([...(await reader.list({}, { limit: 10 }))].reverse()).toEqual(written);
      const evidence = await reader.evidence(0, 10);
      expect(evidence.map(({ id, hash, salt }) => ({ id, hash, salt }))).toEqual(
        written.map(({ id, hash, salt }) => ({ id, hash, salt })),
      );
      expect(await reader.get(idOf(1))).toEqual(written[0]);
      expect(written[0]).toMatchObject(fullEntry());
      expect(await reader.head()).toEqual({ height: 3, hash: written[2]?.hash });
      expect(await verify()).toEqual({ ok: true, entries: 3 });
    });

    it('gives back as evidence what was hashed, whatever characters stand in it', async () => {
      const controls = Array.from({ length: 32 }, (_, code) => String.fromCharCode(code)).join('');
      const odd = [
        controls,
        '"\\/\u007f',
        "'%?`",
        '\u00e4\u2028\ufffd\ud83d\udd11',
        '\\u0041\\',
        '{"tool":null}',
        ' ',
        'null',
      ];
      for (const tool of odd) {
        await append([
          fullEntry({ tool, entity: { type: tool.slice(0, 9) }, arguments: { [tool]: tool }, detail: tool }),
        ]);
      }
      expect(await verify()).toEqual({ ok: true, entries: odd.length });
      const texts = (await reader.evidence(0, 10)).map((stored) => evidenceOf(stored).publicText);
      expect(texts.map((text) => (JSON.parse(text) as { tool: string }).tool)).toEqual(odd);
    });

    it('finds a text wherever it stands in an entry, page by page, and says where to look on', async () => {
      const plain = (title: string): NewAuditEntry => fullEntry({ arguments: { title }, findings: [], detail: {} });
      await append([
        plain('The Rain in "Spain"'),
        ...Array.from({ length: 8 }, (_, index) => plain(`nothing ${index}`)),
        plain('rain again'),
        plain('100% rain_'),
      ]);
      const search = (text: string, page: object = {}) => reader.search({}, { text, limit: 10, within: 100, ...page });
      expect((await search('RAIN')).entries.map(({ id }) => id)).toEqual([11, 10, 1]);
      expect((await search('in "Spain"')).entries.map(({ id }) => id)).toEqual([1]);
      expect((await search('100%')).entries.map(({ id }) => id)).toEqual([11]);
      expect((await search('n_')).entries.map(({ id }) => id)).toEqual([11]);
      expect(await search('snow')).toEqual({ entries: [], next: null });
      const first = await search('rain', { limit: 1 });
      expect([first.entries.map(({ id }) => id), first.next]).toEqual([[11], 11]);
      const second = await search('rain', { limit: 1, before: 11 });
      expect([second.entries.map(({ id }) => id), second.next]).toEqual([[10], 10]);
      const near = await search('rain', { within: 4 });
      expect([near.entries.map(({ id }) => id), near.next]).toEqual([[11, 10], 8]);
      const rest = await search('rain', { within: 4, before: 8 });
      expect([rest.entries, rest.next]).toEqual([[], 4]);
      expect((await search('rain', { within: 4, before: 4 })).entries.map(({ id }) => id)).toEqual([1]);
    });

    it('leaves nothing of a transaction that fails, and no gap behind it', async () => {
      await append(someEntries(2));
      const failing = subject.inTransaction(async ({ audit }) => {
        await audit.append(someEntries(3));
        throw new Error('the change behind it failed');
      });
      await expect(failing).rejects.toThrow('the change behind it failed');
      expect(await reader.head()).toMatchObject({ height: 2 });
      const [next] = await append([fullEntry()]);
      expect(next?.id).toBe(3);
      expect(await verify()).toEqual({ ok: true, entries: 3 });
    });

    it('stays one chain when several writers append at once', async () => {
      await Promise.all(
        Array.from({ length: WRITERS }, async () => {
          for (let index = 0; index < EACH; index += 1) await append([fullEntry({ at: minute(index) })]);
        }),
      );
      const entries = await reader.evidence(0, WRITERS * EACH + 1);
      expect(entries.map(({ id }) => id)).toEqual(Array.from({ length: WRITERS * EACH }, (_, index) => index + 1));
      expect(await verify()).toEqual({ ok: true, entries: WRITERS * EACH });
    });

    it('lists newest first, below an entry and up to a limit', async () => {
      await append(someEntries(7));
      const ids = async (page: { before?: AuditEntryId; limit: number }) =>
        (await reader.list({}, page)).map(({ id }) => id);
      expect(await ids({ limit: 3 })).toEqual([7, 6, 5]);
      expect(await ids({ before: idOf(5), limit: 3 })).toEqual([4, 3, 2]);
      expect(await ids({ before: idOf(2), limit: 3 })).toEqual([1]);
      expect(await ids({ before: idOf(1), limit: 3 })).toEqual([]);
      expect((await reader.evidence(5, 10)).map(({ id }) => id)).toEqual([6, 7]);
    });

    it.each<[string, AuditFilter, Partial<NewAuditEntry>]>([
      ['user', { userId: userOf(9) }, { actor: { ...fullEntry().actor, userId: userOf(9) } }],
      ['agent', { agentId: agentOf('z') }, { actor: { ...fullEntry().actor, agentId: agentOf('z') } }],
      ['call', { callId: callOf('z') }, { callId: callOf('z') }],
      ['tool', { tool: 'site.info' }, { tool: 'site.info' }],
      ['entity type', { entityType: 'page' }, { entity: { type: 'page', id: 12 } }],
      ['entity', { entityType: 'post', entityId: 13 }, { entity: { type: 'post', id: 13 } }],
      ['verdict', { verdict: 'deny' }, { verdict: 'deny' }],
      ['code', { code: 'policy_blackout' }, { code: 'policy_blackout' }],
      ['policy version', { policyVersion: 4 as PolicyVersion }, { policyVersion: 4 as PolicyVersion }],
      ['kind', { kind: 'policy.saved' }, { kind: 'policy.saved' }],
      ['family of kinds', { kind: 'policy' }, { kind: 'policy.activated' }],
      ['instant', { from: minute(5), to: minute(6) }, { at: minute(5) }],
    ])('finds by %s, and nothing else', async (_name, filter, changes) => {
      await append([fullEntry(), fullEntry(changes), fullEntry({ at: minute(6) })]);
      expect((await reader.list(filter, { limit: 10 })).map(({ id }) => id)).toEqual([2]);
    });

    it('finds what lies between two instants, in whatever order the instants came', async () => {
      const order = [30, 31, 29, 32, 10, 33, 50, 34, 35, 5, 36, 37, 37, 36, 38, 1, 39, 60, 40];
      for (const [index, at] of order.entries()) {
        const later = order[index + 1];
        // Some by themselves, some of one transaction.
        if (index % 3 === 1 && later !== undefined) continue;
        const earlier = index % 3 === 2 ? order.slice(index - 1, index + 1) : [at];
        await append(earlier.map((each) => fullEntry({ at: minute(each) })));
      }
      const all = await reader.list({}, { limit: 100 });
      expect(all).toHaveLength(order.length);
      const bounds = [undefined, 0, 1, 2, 5, 9, 29, 30, 31, 36, 37, 39, 40, 50, 60, 61];
      for (const from of bounds) {
        for (const to of bounds) {
          const filter = {
            ...(from === undefined ? {} : { from: minute(from) }),
            ...(to === undefined ? {} : { to: minute(to) }),
          };
          const wanted = all.filter(
            ({ at }) => (from === undefined || at >= minute(from)) && (to === undefined || at < minute(to)),
          );
          const found = await reader.list(filter, { limit: 100 });
          expect([filter, found.map(({ id }) => id)]).toEqual([filter, wanted.map(({ id }) => id)]);
        }
      }
      const filter = { from: minute(30), to: minute(40), userId: userOf(7) };
      const page = await reader.list(filter, { limit: 4, before: idOf(14) });
      expect(page.map(({ id }) => id)).toEqual([13, 12, 11, 9]);
      expect((await reader.evidence(3, 3, filter)).map(({ id }) => id)).toEqual([4, 6, 8]);
    });

    it('pages through a family of kinds by number', async () => {
      const kinds = ['call.intent', 'policy.saved', 'call.outcome', 'call.decision'] as const;
      await append(Array.from({ length: 12 }, (_, index) => fullEntry({ kind: kinds[index % 4] ?? 'call.intent' })));
      const page = async (before: number) =>
        (await reader.list({ kind: 'call' }, { limit: 4, before: idOf(before) })).map(({ id }) => id);
      expect([await page(99), await page(8), await page(3)]).toEqual([[12, 11, 9, 8], [7, 5, 4, 3], [1]]);
      expect((await reader.evidence(4, 3, { kind: 'call' })).map(({ id }) => id)).toEqual([5, 7, 8]);
      const searched = await reader.search({ kind: 'call' }, { text: 'quoted', limit: 2, within: 3 });
      expect([searched.entries.map(({ id }) => id), searched.next]).toEqual([[12, 11], 11]);
      const rest = await reader.search({ kind: 'call' }, { text: 'quoted', limit: 9, within: 3, before: idOf(9) });
      expect([rest.entries.map(({ id }) => id), rest.next]).toEqual([[8, 7, 5], 5]);
    });

    it('takes a kind literally, and asks for all conditions at once', async () => {
      await append([fullEntry(), fullEntry({ verdict: 'deny' })]);
      for (const kind of ['%', 'cal_', 'cal', 'call.', '', "call' OR '1'='1"]) {
        expect(await reader.list({ kind }, { limit: 10 })).toEqual([]);
      }
      expect(await reader.list({ kind: 'call', verdict: 'deny', userId: userOf(7) }, { limit: 10 })).toHaveLength(1);
      expect(await reader.list({ kind: 'call', verdict: 'deny', userId: userOf(8) }, { limit: 10 })).toEqual([]);
    });
  });
}
