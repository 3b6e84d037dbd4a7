import { beforeEach, describe, expect, it } from '@jest/globals';
import { OPERATOR, type NewAuditEntry } from '../../../src/audit/audit-entry.js';
import type { PolicyVersion } from '../../../src/kernel/ids.js';
import { evaluate } from '../../../src/policy/evaluate.js';
import {
  makeEndShadow,
  makeSetShadow,
  makeWeighShadow,
  readShadow,
} from '../../../src/policy-versions/shadow-policy.js';
import { aPolicy, someFacts } from '../../support/policies.js';

const ACTIVE = aPolicy({ tools: [{ id: 'all', effect: 'allow' }] }, 1);
const ASKING = '{ "formatVersion": 1, "tools": [{ "id": "wait", "effect": "ask" }] }';
const call = { tool: 'posts.create', args: {} };
const START = new Date('2026-11-22T20:00:00Z');

let now: Date;
let option: string | undefined;
let reads: number;
let entries: NewAuditEntry[];
let broken: Error | undefined;
const clock = { now: () => now };
const options = {
  read: () => {
    reads += 1;
    return broken === undefined ? Promise.resolve(option) : Promise.reject(broken);
  },
  write: (_name: string, value: string) => {
    option = value;
    return Promise.resolve();
  },
};
const audit = {
  append: (added: readonly NewAuditEntry[]) => {
    entries.push(...added);
    return Promise.resolve([]);
  },
};
const deps = {
  policies: { get: () => Promise.resolve(undefined) },
  knownTools: ['posts.create'],
  termLists: () => Promise.resolve(new Map()),
  inTransaction: <T>(work: (stores: { options: typeof options; audit: typeof audit }) => Promise<T>) =>
    work({ options, audit }),
  clock,
};
const later = (milliseconds: number): void => {
  now = new Date(now.getTime() + milliseconds);
};
const setFor = (milliseconds: number) =>
  makeSetShadow(deps)({ document: ASKING, until: new Date(now.getTime() + milliseconds), actor: OPERATOR });
const weighed = (weigh: ReturnType<typeof makeWeighShadow>) => {
  const facts = someFacts({ now });
  return weigh(call, facts, evaluate(ACTIVE, call, facts));
};

beforeEach(() => {
  now = START;
  option = undefined;
  reads = 0;
  entries = [];
  broken = undefined;
});

describe('a shadow', () => {
  it('is set and ended with audit entries', async () => {
    await setFor(60_000);
    expect(await readShadow(options)).toEqual({
      version: null,
      document: ASKING,
      since: START,
      until: new Date('2026-11-22T20:01:00Z'),
      by: null,
    });
    await makeEndShadow(deps)(OPERATOR);
    expect(await readShadow(options)).toBeUndefined();
    expect(entries.map(({ kind, detail }) => [kind, detail])).toEqual([
      ['settings.changed', { name: 'policy_shadow', version: null, until: '2026-11-22T20:01:00.000Z' }],
      ['settings.changed', { name: 'policy_shadow', version: null, until: null }],
    ]);
    await expect(makeEndShadow(deps)(OPERATOR)).rejects.toMatchObject({ code: 'not_found' });
  });

  it('lasts at most ninety days, and has to be a sound policy', async () => {
    await expect(setFor(0)).rejects.toMatchObject({ code: 'request_malformed' });
    await expect(setFor(91 * 86_400_000)).rejects.toMatchObject({ code: 'request_malformed' });
    const until = new Date(now.getTime() + 1_000);
    const set = makeSetShadow(deps);
    await expect(set({ document: '{}', until, actor: OPERATOR })).rejects.toMatchObject({ code: 'policy_invalid' });
    await expect(set({ version: 9 as PolicyVersion, until, actor: OPERATOR })).rejects.toMatchObject({
      code: 'not_found',
    });
    await expect(set({ until, actor: OPERATOR })).rejects.toMatchObject({ code: 'request_malformed' });
    expect(option).toBeUndefined();
  });

  it('says where it differs, and nothing where it does not or is over', async () => {
    await setFor(60_000);
    const weigh = makeWeighShadow({ ...deps, options });
    expect(await weighed(weigh)).toEqual({ version: null, effect: 'ask', rules: ['wait'] });
    const facts = someFacts({ now });
    const asking = evaluate(aPolicy({ tools: [{ id: 'x', effect: 'ask' }] }), call, facts);
    expect(await weigh(call, facts, asking)).toBeUndefined();
    later(60_000);
    expect(await weighed(weigh)).toBeUndefined();
  });

  it('costs nothing but a look every other second while none is set', async () => {
    const weigh = makeWeighShadow({ ...deps, options });
    for (let count = 0; count < 1_000; count += 1) expect(await weighed(weigh)).toBeUndefined();
    expect(reads).toBe(1);
    await setFor(60_000);
    later(2_000);
    expect(await weighed(weigh)).toBeDefined();
    expect(reads).toBe(2);
  });

  it('never throws: what goes wrong is a failure of the shadow', async () => {
    await setFor(60_000);
    const weigh = makeWeighShadow({ ...deps, options });
    broken = new Error('the database is gone');
    expect(await weighed(weigh)).toEqual({ version: null, failed: true });
    broken = undefined;
    option = JSON.stringify({ ...(JSON.parse(String(option)) as object), document: '{ "formatVersion": 9 }' });
    expect(await weighed(makeWeighShadow({ ...deps, options }))).toEqual({ version: null, failed: true });
    option = 'not JSON';
    expect(await weighed(makeWeighShadow({ ...deps, options }))).toBeUndefined();
  });
});
