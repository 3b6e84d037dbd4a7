import { beforeEach, describe, expect, it } from '@jest/globals';
import { OPERATOR } from '../../../src/audit/audit-entry.js';
import type { AuditLog } from '../../../src/audit/audit-log.js';
import type { InTransaction } from '../../../src/kernel/in-transaction.js';
import { Secret } from '../../../src/kernel/secret.js';
import { readBridgeKeys, type BridgeKey } from '../../../src/secrets/bridge-keys.js';
import { makeListSecrets, missingKeks } from '../../../src/secrets/list-secrets.js';
import { makePairSite } from '../../../src/secrets/pair-site.js';
import { AGENT_KEYS, SECRET_NAMES, type SealedColumn } from '../../../src/secrets/registry.js';
import { makeRewrap, type RewrapStores } from '../../../src/secrets/rewrap.js';
import { makeRotateSecret } from '../../../src/secrets/rotate-secret.js';
import { kekId, makeSealedBox, type SealedBox } from '../../../src/secrets/sealed-box.js';
import { makeSealedOptions } from '../../../src/secrets/sealed-options.js';
import type { SealedRows } from '../../../src/secrets/sealed-rows.js';
import { FakeAuditLog } from '../../support/fakes/fake-audit-log.js';
import { FakeSiteOptions } from '../../support/fakes/fake-site-options.js';

let now: Date;
let options: FakeSiteOptions;
let audit: FakeAuditLog;
let counter: number;
let rows: Map<string, string>;
const clock = { now: (): Date => now };
const random = (count: number): Uint8Array => new Uint8Array(count).fill((counter += 1));
const kekOf = (byte: number): Uint8Array => new Uint8Array(32).fill(byte);
const boxOf = (...bytes: number[]): SealedBox =>
  makeSealedBox(
    bytes.map((byte) => new Secret(kekOf(byte))),
    random,
  );

/** The column of agents' keys, in memory; the other columns are empty. */
const sealedRows: SealedRows = {
  count: ({ table }) => {
    if (table !== AGENT_KEYS.table) return Promise.resolve(new Map());
    const counts = new Map<string, number>();
    for (const sealed of rows.values()) counts.set(sealed.slice(3, 11), (counts.get(sealed.slice(3, 11)) ?? 0) + 1);
    return Promise.resolve(counts);
  },
  sealedByOthers: ({ table }: SealedColumn, { kekId: mine, after, limit }) =>
    Promise.resolve(
      [...rows]
        .filter(([id, sealed]) => table === AGENT_KEYS.table && id > after && !sealed.startsWith(`v1.${mine}.`))
        .sort(([one], [other]) => (one < other ? -1 : 1))
        .slice(0, limit)
        .map(([id, sealed]) => ({ id, sealed })),
    ),
  replace: (_column, id, from, to) => {
    if (rows.get(id) !== from) return Promise.resolve(false);
    rows.set(id, to);
    return Promise.resolve(true);
  },
};

/** Options go back to what they were when a transaction fails, as the log does. */
const inTransaction: InTransaction<RewrapStores & { readonly audit: AuditLog }> = (work) =>
  audit.inTransaction(async ({ audit: log }) => {
    const before = new Map(options.rows);
    try {
      return await work({ options, sealedRows, audit: isBroken ? { append: refuse } : log });
    } catch (error) {
      options.rows.clear();
      for (const [name, value] of before) options.rows.set(name, value);
      throw error;
    }
  });
let isBroken = false;
const refuse = (): Promise<never> => Promise.reject(new Error('the log is full'));
const deps = (box: SealedBox) => ({ inTransaction, box, clock, random });
const rotate = (name: string, more: { overlapSeconds?: number; force?: boolean } = {}, box = boxOf(1)) =>
  makeRotateSecret(deps(box))({ name, force: false, ...more, actor: OPERATOR });
const ring = async (box = boxOf(1)): Promise<readonly BridgeKey[]> =>
  (await readBridgeKeys(makeSealedOptions(options, box), 'to_sidecar', now)) ?? [];
const list = (box: SealedBox) => makeListSecrets({ options, rows: sealedRows, others: [], box })();
const later = (seconds: number): void => {
  now = new Date(now.getTime() + seconds * 1_000);
};

beforeEach(async () => {
  now = new Date('2026-11-25T20:00:00Z');
  options = new FakeSiteOptions();
  audit = new FakeAuditLog();
  counter = 0;
  rows = new Map();
  isBroken = false;
  const publicUrl = new URL('https://agents.example.org/');
  await makePairSite(deps(boxOf(1)))({ publicUrl, actor: OPERATOR });
});

describe('rotating a bridge key', () => {
  it('puts the new one in front and lets the old one live for ten minutes', async () => {
    const [old] = await ring();
    const made = await rotate('bridge_key_to_sidecar');
    const keys = await ring();
    expect(keys.map(({ id }) => id)).toEqual([made.id, old?.id]);
    expect(made.oldValidUntil).toEqual(new Date('2026-11-25T20:10:00Z'));
    later(599);
    expect(await ring()).toHaveLength(2);
    later(1);
    expect((await ring()).map(({ id }) => id)).toEqual([made.id]);
  });

  it('shows no secret, and writes the rotation down without one', async () => {
    const made = await rotate('bridge_key_to_sidecar');
    const [key] = await ring();
    expect(made.revealed).toBeNull();
    const [entry] = (await audit.after(3, 10)).map(({ kind, detail }) => ({ kind, detail }));
    expect(entry).toMatchObject({
      kind: 'secret.rotated',
      detail: { name: 'bridge_key_to_sidecar', id: made.id, fingerprint: made.fingerprint, overlapSeconds: 600 },
    });
    expect(JSON.stringify([made, audit.rows])).not.toContain(
      Buffer.from(key?.secret.reveal() ?? []).toString('base64'),
    );
  });

  it('is refused while an overlap runs, unless it is forced; then the oldest is dropped', async () => {
    const first = await rotate('bridge_key_to_sidecar');
    await expect(rotate('bridge_key_to_sidecar')).rejects.toMatchObject({ code: 'key_rotation_running' });
    const second = await rotate('bridge_key_to_sidecar', { force: true });
    expect((await ring()).map(({ id }) => id)).toEqual([second.id, first.id]);
    later(600);
    await rotate('bridge_key_to_sidecar');
  });

  it('kills a leaked one at once', async () => {
    const made = await rotate('bridge_key_to_sidecar', { overlapSeconds: 0 });
    expect((await ring()).map(({ id }) => id)).toEqual([made.id]);
    expect(made.oldValidUntil).toBeNull();
  });

  it.each(['kek_canary', 'nothing', '', '__proto__', 'toString'])('knows no rotation of %j', (name) => {
    expect(() => rotate(name)).toThrow('no secret of this name');
  });

  it('changes nothing when its entry cannot be written', async () => {
    const before = options.rows.get('ai_agent_key_to_sidecar');
    isBroken = true;
    await expect(rotate('bridge_key_to_sidecar')).rejects.toThrow('the log is full');
    expect(options.rows.get('ai_agent_key_to_sidecar')).toBe(before);
  });
});

describe('listing secrets', () => {
  it('names them with versions, ages, fingerprints and the key that sealed them, and never shows one', async () => {
    later(60);
    await rotate('bridge_key_to_sidecar');
    const view = await list(boxOf(1));
    expect(view.secrets.map(({ name, version, changedAt }) => [name, version, changedAt?.toISOString()])).toEqual([
      ['bridge_key_to_wordpress', 1, '2026-11-25T20:00:00.000Z'],
      ['bridge_key_to_sidecar', 2, '2026-11-25T20:01:00.000Z'],
      ['kek_canary', 1, '2026-11-25T20:00:00.000Z'],
    ]);
    expect(view.secrets[1]?.parts?.map(({ notAfter }) => notAfter?.toISOString() ?? null)).toEqual([
      null,
      '2026-11-25T20:11:00.000Z',
    ]);
    for (const key of await ring()) {
      for (const form of ['base64', 'hex', 'base64url'] as const)
        expect(JSON.stringify(view)).not.toContain(Buffer.from(key.secret.reveal()).toString(form));
    }
  });

  it('says which key-encryption keys sealed what, and which of them is missing', async () => {
    rows.set('key_a', boxOf(3).seal('x', { place: 'ai_agent_keys:key_a', version: 1 }));
    const view = await list(boxOf(2, 1));
    expect(view.keks).toEqual([
      { id: kekId(kekOf(2)), given: true, seals: true, values: 0 },
      { id: kekId(kekOf(1)), given: true, seals: false, values: 3 },
      { id: kekId(kekOf(3)), given: false, seals: false, values: 1 },
    ]);
    expect(missingKeks(view)).toContain(`${kekId(kekOf(3))} (1 value)`);
    expect(missingKeks(await list(boxOf(1, 3)))).toBeUndefined();
    expect((await list(boxOf(9))).secrets.map(({ parts }) => parts)).toEqual([null, null, null]);
  });
});

describe('rewrapping', () => {
  const rewrap = (box: SealedBox, seen: string[] = []) =>
    makeRewrap({ ...deps(box), rows: sealedRows, others: [] })({
      actor: OPERATOR,
      progress: ({ what, done }) => seen.push(`${what} ${done}`),
    });
  const seal = (box: SealedBox, id: string, plain = id): void =>
    void rows.set(id, box.seal(plain, { place: AGENT_KEYS.place(id), version: 1 }));

  it('seals everything under the first key, so that the old one can go', async () => {
    for (let index = 0; index < 250; index += 1) seal(boxOf(1), `key_${String(index).padStart(3, '0')}`);
    const before = await ring();
    const seen: string[] = [];
    expect(await rewrap(boxOf(2, 1), seen)).toEqual({ done: 253, failed: [] });
    expect(seen.slice(-3)).toEqual([100, 100, 50].map((count) => `ai_agent_keys.sealed_secret ${count}`));
    expect(missingKeks(await list(boxOf(2)))).toBeUndefined();
    expect((await ring(boxOf(2))).map(({ secret }) => secret.reveal())).toEqual(
      before.map(({ secret }) => secret.reveal()),
    );
    expect(boxOf(2).open(rows.get('key_007') ?? '', { place: 'ai_agent_keys:key_007', version: 1 })).toBe('key_007');
    const versions = (await list(boxOf(2))).secrets.map(({ version }) => version);
    expect(versions).toEqual([1, 1, 1]);
  });

  it('goes on where it was interrupted, and does nothing when all is done', async () => {
    for (let index = 0; index < 150; index += 1) seal(boxOf(1), `key_${String(index).padStart(3, '0')}`);
    const height = async (): Promise<number> => (await audit.head()).height;
    let batches = 0;
    const stopped = makeRewrap({ ...deps(boxOf(2, 1)), rows: sealedRows, others: [] })({
      actor: OPERATOR,
      progress: () => {
        batches += 1;
        if (batches === SECRET_NAMES.length + 1) throw new Error('pulled the plug');
      },
    });
    await expect(stopped).rejects.toThrow('pulled the plug');
    expect(await rewrap(boxOf(2, 1))).toEqual({ done: 50, failed: [] });
    const entries = await height();
    expect(await rewrap(boxOf(2, 1))).toEqual({ done: 0, failed: [] });
    expect(await height()).toBe(entries);
  });

  it('leaves what does not open as it is, names it, and goes on', async () => {
    seal(boxOf(1), 'key_a');
    seal(boxOf(7), 'key_b');
    rows.set('key_c', rows.get('key_a') ?? '');
    const kept = [rows.get('key_b'), rows.get('key_c')];
    const { done, failed } = await rewrap(boxOf(2, 1));
    expect([done, failed]).toEqual([4, ['ai_agent_keys.sealed_secret key_b', 'ai_agent_keys.sealed_secret key_c']]);
    expect([rows.get('key_b'), rows.get('key_c')]).toEqual(kept);
  });
});
