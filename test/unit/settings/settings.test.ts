import { beforeEach, describe, expect, it } from '@jest/globals';
import { OPERATOR } from '../../../src/audit/audit-entry.js';
import type { Json, JsonObject } from '../../../src/kernel/json.js';
import { makeChangeSettings, type ChangeSettings } from '../../../src/settings/change-settings.js';
import { makeReadSettings } from '../../../src/settings/read-settings.js';
import { SETTING_NAMES, SETTINGS } from '../../../src/settings/registry/index.js';
import { showSettings, type FixedSettings } from '../../../src/settings/show-settings.js';
import { parseStored, SETTINGS_OPTION } from '../../../src/settings/stored-settings.js';
import { FakeAuditLog } from '../../support/fakes/fake-audit-log.js';
import { FakeSiteOptions } from '../../support/fakes/fake-site-options.js';

const NOW = new Date('2026-11-22T12:00:00Z');
const FIXED: FixedSettings = {
  publicUrl: { value: 'https://a.example/', by: 'CHAPERONE_PUBLIC_URL', description: 'Where.' },
};

let options: FakeSiteOptions;
let audit: FakeAuditLog;
let change: ChangeSettings;
beforeEach(() => {
  options = new FakeSiteOptions();
  audit = new FakeAuditLog();
  change = makeChangeSettings({
    inTransaction: (work) => audit.inTransaction(({ audit: log }) => work({ options, audit: log })),
    clock: { now: () => NOW },
    fixed: FIXED,
  });
});
const set = (version: number, settings: JsonObject) => change({ version, settings, actor: OPERATOR });
const shown = () => showSettings(parseStored(options.rows.get(SETTINGS_OPTION)), FIXED);
const store = (text: string) => options.write(SETTINGS_OPTION, text);

describe('settings', () => {
  it('have their defaults, which fit their schemas, until somebody sets them', () => {
    for (const name of SETTING_NAMES) {
      expect(SETTINGS[name].schema.safeParse(SETTINGS[name].default).success).toBe(true);
      expect(shown().settings[name]).toEqual(SETTINGS[name].default);
      expect(shown().about[name]).toMatchObject({ locked: false, by: null, unreadable: false });
    }
    expect(shown().version).toBe(0);
  });

  it('change in part, count their versions, and go back to the default by null', async () => {
    expect((await set(0, { termLists: { brand: ['scam'] } })).version).toBe(1);
    expect(shown()).toMatchObject({ version: 1, settings: { termLists: { brand: ['scam'] } } });
    expect((await set(1, {})).settings).toEqual(shown().settings);
    expect(shown().version).toBe(1);
    await set(1, { termLists: null });
    expect(shown()).toMatchObject({ version: 2, settings: { termLists: {} } });
  });

  it('refuse who saw another version, and write nothing', async () => {
    await set(0, { termLists: { a: ['x'] } });
    const writes = options.writes;
    for (const version of [0, 2]) {
      await expect(set(version, { termLists: {} })).rejects.toMatchObject({
        code: 'settings_stale',
        extras: { members: { version: 1 } },
      });
    }
    expect([options.writes, audit.rows.length]).toEqual([writes, 1]);
  });

  it('write nothing when nothing changes', async () => {
    await set(0, { termLists: { a: ['x'], b: [] } });
    await set(1, { termLists: { b: [], a: ['x'] } });
    expect([shown().version, audit.rows.length]).toEqual([1, 1]);
  });

  it.each<[Json, string]>([
    [{ 'Brand!': ['x'] }, '/settings/termLists/Brand!'],
    [{ brand: 'x' }, '/settings/termLists/brand'],
    [{ brand: ['ok', ' '] }, '/settings/termLists/brand/1'],
    [{ brand: ['\ud800'] }, '/settings/termLists/brand/0'],
    [{ brand: ['x'.repeat(501)] }, '/settings/termLists/brand/0'],
    [['brand'], '/settings/termLists'],
  ])('name what does not fit: %j', async (termLists, pointer) => {
    await expect(set(0, { termLists })).rejects.toMatchObject({
      code: 'settings_invalid',
      extras: { members: { problems: [{ pointer }] } },
    });
  });

  it.each(['terms', 'toString', 'constructor'])('do not know %s', async (name) => {
    await expect(set(0, { [name]: 1 })).rejects.toMatchObject({
      code: 'settings_invalid',
      extras: { members: { problems: [{ pointer: `/settings/${name}` }] } },
    });
  });

  it('show what the environment fixes and leave it alone', async () => {
    expect(shown().settings['publicUrl']).toBe('https://a.example/');
    expect(shown().about['publicUrl']).toMatchObject({ locked: true, by: 'CHAPERONE_PUBLIC_URL' });
    await expect(set(0, { publicUrl: 'https://b.example/' })).rejects.toMatchObject({
      code: 'settings_locked',
      message: 'publicUrl is fixed by CHAPERONE_PUBLIC_URL.',
    });
  });

  it('say in the log what changed', async () => {
    await set(0, { termLists: { brand: ['a', 'b'], empty: [] } });
    await set(1, { termLists: { brand: ['b', 'c', 'd'] } });
    expect((await audit.after(0, 10)).map(({ kind, detail }) => [kind, detail])).toEqual([
      [
        'settings.changed',
        {
          name: 'settings',
          version: 1,
          changed: {
            termLists: {
              brand: { list: 'created', terms: 2, added: 2, removed: 0, firstAdded: ['a', 'b'], firstRemoved: [] },
              empty: { list: 'created', terms: 0, added: 0, removed: 0, firstAdded: [], firstRemoved: [] },
            },
          },
        },
      ],
      [
        'settings.changed',
        {
          name: 'settings',
          version: 2,
          changed: {
            termLists: {
              brand: { list: 'changed', terms: 3, added: 2, removed: 1, firstAdded: ['c', 'd'], firstRemoved: ['a'] },
              empty: { list: 'deleted', terms: 0, added: 0, removed: 0, firstAdded: [], firstRemoved: [] },
            },
          },
        },
      ],
    ]);
  });
});

describe('a row that does not fit', () => {
  it.each(['', 'null', '{"version":1}', '{"version":3,"values":{"termLists":{"a":[7]}}}'])(
    'is never taken for the defaults: %s',
    async (text) => {
      await store(text);
      const settings = await makeReadSettings(options)();
      expect(() => settings.of('termLists')).toThrow(expect.objectContaining({ code: 'settings_unreadable' }));
      expect(shown().about['termLists']?.unreadable).toBe(true);
      await set(shown().version, { termLists: null });
      expect((await makeReadSettings(options)()).of('termLists')).toEqual({});
    },
  );

  it('keeps the settings of a later version of Chaperone', async () => {
    await store('{"version":3,"values":{"later":[1]}}');
    await set(3, { termLists: { a: ['é'] } });
    expect(options.rows.get(SETTINGS_OPTION)).toBe(
      '{"version":4,"values":{"later":[1],"termLists":{"a":["\\u00e9"]}}}',
    );
    expect((await makeReadSettings(options)()).of('termLists')).toEqual({ a: ['é'] });
  });
});

describe('reading settings', () => {
  it('gives the same value as long as nothing changes, and the new one at once', async () => {
    const read = makeReadSettings(options);
    expect((await read()).of('termLists')).toEqual({});
    await set(0, { termLists: { a: ['x'] } });
    const first = (await read()).of('termLists');
    expect(first).toEqual({ a: ['x'] });
    expect((await read()).of('termLists')).toBe(first);
    await set(1, { termLists: { a: ['y'] } });
    expect((await read()).of('termLists')).toEqual({ a: ['y'] });
    options.rows.clear();
    expect((await read()).of('termLists')).toEqual({});
  });
});
