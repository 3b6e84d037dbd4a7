import { inspect } from 'node:util';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { OPERATOR } from '../../../src/audit/audit-entry.js';
import { Secret } from '../../../src/kernel/secret.js';
import { readBridgeKeys } from '../../../src/secrets/bridge-keys.js';
import { kekCanaryOpens } from '../../../src/secrets/kek-canary.js';
import { makePairSite } from '../../../src/secrets/pair-site.js';
import { makeSealedBox, SealedBoxError, type SealedBox } from '../../../src/secrets/sealed-box.js';
import { makeSealedOptions, type SealedOptions } from '../../../src/secrets/sealed-options.js';
import { FakeAuditLog } from '../../support/fakes/fake-audit-log.js';
import { FakeSiteOptions } from '../../support/fakes/fake-site-options.js';

const NOW = new Date('2026-11-22T20:00:00Z');
const URL_OF_SIDECAR = new URL('https://agents.example.org/');

const OPTION_A = 'ai_agent_key_to_wordpress';
const OPTION_B = 'ai_agent_key_to_sidecar';

let options: FakeSiteOptions;
let audit: FakeAuditLog;
let counter: number;
const random = (count: number): Uint8Array => {
  counter += 1;
  return new Uint8Array(count).fill(counter);
};
const boxOf = (...bytes: number[]): SealedBox =>
  makeSealedBox(
    bytes.map((byte) => new Secret(new Uint8Array(32).fill(byte))),
    random,
  );
const sealedBy = (box: SealedBox): SealedOptions => makeSealedOptions(options, box);
const pair = (box = boxOf(1), publicUrl = URL_OF_SIDECAR): Promise<void> =>
  makePairSite({
    inTransaction: (work) => audit.inTransaction((stores) => work({ ...stores, options })),
    box,
    clock: { now: () => NOW },
    random,
  })({ publicUrl, actor: OPERATOR });

beforeEach(() => {
  options = new FakeSiteOptions();
  audit = new FakeAuditLog();
  counter = 0;
});

describe('pairing a site', () => {
  it('makes a canary, a key for each direction, and the address, and writes each down', async () => {
    await pair();
    expect([...options.rows.keys()].sort()).toEqual([
      'ai_agent_kek_canary',
      'ai_agent_key_to_sidecar',
      'ai_agent_key_to_wordpress',
      'ai_agent_sidecar',
    ]);
    expect(await kekCanaryOpens(sealedBy(boxOf(1)))).toBe(true);
    expect(JSON.parse(options.rows.get('ai_agent_sidecar') ?? '')).toEqual({
      publicUrl: 'https://agents.example.org/',
    });
    const entries = await audit.after(0, 10);
    expect(entries.map(({ kind, detail }) => [kind, detail])).toEqual([
      ['secret.created', { name: 'bridge_key_to_wordpress' }],
      ['secret.created', { name: 'bridge_key_to_sidecar' }],
      ['settings.changed', { name: 'sidecar', publicUrl: 'https://agents.example.org/' }],
    ]);
  });

  it('gives each direction a key of its own', async () => {
    await pair();
    const [there, back] = await Promise.all(
      (['to_wordpress', 'to_sidecar'] as const).map((direction) => readBridgeKeys(sealedBy(boxOf(1)), direction, NOW)),
    );
    expect(there).toHaveLength(1);
    expect(back).toHaveLength(1);
    expect(there?.[0]?.id).toMatch(/^bridge_to_wordpress_[0-9a-f]{12}$/);
    expect(there?.[0]?.secret.reveal()).toHaveLength(32);
    expect(there?.[0]?.secret.reveal()).not.toEqual(back?.[0]?.secret.reveal());
  });

  it('changes nothing when it is done again', async () => {
    await pair();
    const [rows, writes] = [new Map(options.rows), options.writes];
    await pair();
    expect(options.rows).toEqual(rows);
    expect(options.writes).toBe(writes);
    expect((await audit.head()).height).toBe(3);
  });

  it('makes what is missing alone, and a new address', async () => {
    await pair();
    const kept = options.rows.get('ai_agent_key_to_wordpress');
    options.rows.delete('ai_agent_key_to_sidecar');
    await pair(boxOf(1), new URL('https://elsewhere.example.org/'));
    expect(options.rows.get('ai_agent_key_to_wordpress')).toBe(kept);
    expect(options.rows.has('ai_agent_key_to_sidecar')).toBe(true);
    expect((await audit.after(3, 10)).map(({ kind }) => kind)).toEqual(['secret.created', 'settings.changed']);
  });

  it.each([
    ['the canary', ['ai_agent_kek_canary', 'ai_agent_key_to_sidecar', 'ai_agent_key_to_wordpress', 'ai_agent_sidecar']],
    [
      'the keys, should the canary be gone',
      ['ai_agent_key_to_sidecar', 'ai_agent_key_to_wordpress', 'ai_agent_sidecar'],
    ],
  ])('stops at a key-encryption key that is not the site’s, by %s', async (_name, left) => {
    await pair();
    for (const name of [...options.rows.keys()]) if (!left.includes(name)) options.rows.delete(name);
    await expect(pair(boxOf(2))).rejects.toBeInstanceOf(SealedBoxError);
    expect((await audit.head()).height).toBe(3);
  });

  it('writes nothing at all with a wrong key', async () => {
    await pair();
    const [rows, writes] = [new Map(options.rows), options.writes];
    await expect(pair(boxOf(2))).rejects.toBeInstanceOf(SealedBoxError);
    expect(options.writes).toBe(writes);
    expect(options.rows).toEqual(rows);
  });

  it('goes on with a new first key while the old one still opens', async () => {
    await pair();
    await pair(boxOf(2, 1), new URL('https://elsewhere.example.org/'));
    expect(await kekCanaryOpens(sealedBy(boxOf(1)))).toBe(true);
  });
});

describe('sealed options', () => {
  it('count their versions, and an older row does not open as a newer one', async () => {
    const sealed = sealedBy(boxOf(1));
    await sealed.write(OPTION_A, 'one', NOW);
    const first = JSON.parse(options.rows.get(OPTION_A) ?? '') as { version: number; sealed: string };
    await sealed.write(OPTION_A, 'two', NOW);
    expect(JSON.parse(options.rows.get(OPTION_A) ?? '')).toMatchObject({ version: 2 });
    expect(await sealed.read(OPTION_A)).toBe('two');
    options.rows.set(OPTION_A, JSON.stringify({ ...first, version: 2 }));
    await expect(sealed.read(OPTION_A)).rejects.toBeInstanceOf(SealedBoxError);
  });

  it('do not open in another row', async () => {
    const sealed = sealedBy(boxOf(1));
    await sealed.write(OPTION_A, 'one', NOW);
    options.rows.set(OPTION_B, options.rows.get(OPTION_A) ?? '');
    await expect(sealed.read(OPTION_B)).rejects.toBeInstanceOf(SealedBoxError);
  });

  it.each([
    '',
    'text',
    'null',
    '[]',
    '{}',
    '{"version":"1","sealed":"v1"}',
    '{"version":1.5,"sealed":"v1"}',
    '{"version":1}',
  ])('refuse a row that holds %j, to read and to write over', async (row) => {
    options.rows.set(OPTION_A, row);
    await expect(sealedBy(boxOf(1)).read(OPTION_A)).rejects.toBeInstanceOf(SealedBoxError);
    await expect(sealedBy(boxOf(1)).write(OPTION_A, 'x', NOW)).rejects.toBeInstanceOf(SealedBoxError);
    expect(options.rows.get(OPTION_A)).toBe(row);
  });

  it('that are absent are undefined', async () => {
    expect(await sealedBy(boxOf(1)).read(OPTION_A)).toBeUndefined();
    expect(await kekCanaryOpens(sealedBy(boxOf(1)))).toBeUndefined();
    expect(await readBridgeKeys(sealedBy(boxOf(1)), 'to_sidecar', NOW)).toBeUndefined();
  });

  it.each(['{"keys":[]}', '{"keys":[{"id":"a b","secret":"AA=="}]}', '{"keys":[{"id":"a","secret":"*"}]}', '{}', 'x'])(
    'are no bridge keys when they hold %s',
    async (text) => {
      await sealedBy(boxOf(1)).write('ai_agent_key_to_sidecar', text, NOW);
      await expect(readBridgeKeys(sealedBy(boxOf(1)), 'to_sidecar', NOW)).rejects.toThrow();
    },
  );

  it('a canary that says something else is a wrong key; a database that fails is not', async () => {
    await sealedBy(boxOf(1)).write('ai_agent_kek_canary', 'sparrow', NOW);
    expect(await kekCanaryOpens(sealedBy(boxOf(1)))).toBe(false);
    expect(await kekCanaryOpens(sealedBy(boxOf(2)))).toBe(false);
    const broken = { ...sealedBy(boxOf(1)), read: () => Promise.reject(new Error('gone')) };
    await expect(kekCanaryOpens(broken)).rejects.toThrow('gone');
  });
});

describe('a bridge key', () => {
  it('is printed by nothing', async () => {
    await pair();
    const keys = await readBridgeKeys(sealedBy(boxOf(1)), 'to_wordpress', NOW);
    const secret = Buffer.from(keys?.[0]?.secret.reveal() ?? []);
    const printed = inspect(keys, { depth: 9, showHidden: true }) + JSON.stringify(keys) + String(keys?.[0]?.secret);
    expect(printed).toContain('[secret]');
    for (const form of ['base64', 'hex', 'latin1'] as const) expect(printed).not.toContain(secret.toString(form));
  });
});
