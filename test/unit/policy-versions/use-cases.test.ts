import { createHash } from 'node:crypto';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { OPERATOR, type Actor } from '../../../src/audit/audit-entry.js';
import type { PolicyVersion, WpUserId } from '../../../src/kernel/ids.js';
import { NO_TERM_LISTS, type TermLists } from '../../../src/policy/term-lists.js';
import { evaluate } from '../../../src/policy/evaluate.js';
import { makeActivatePolicy } from '../../../src/policy-versions/activate-policy.js';
import { makeActivePolicy } from '../../../src/policy-versions/active-policy.js';
import { makeReadPolicies } from '../../../src/policy-versions/read-policies.js';
import { makeSavePolicy, type SavePolicyInput } from '../../../src/policy-versions/save-policy.js';
import { makeValidatePolicy } from '../../../src/policy-versions/validate-policy.js';
import { FakePolicyTransaction } from '../../support/fakes/fake-policy-transaction.js';
import { someFacts } from '../../support/policies.js';

const NOW = new Date('2026-11-22T20:00:00Z');
const ADMIN: Actor = { userId: 1 as WpUserId, agentId: null, credential: 'bridge', ip: '198.51.100.4' };
const versionOf = (number: number): PolicyVersion => number as PolicyVersion;
const blocking = (list: string): string =>
  JSON.stringify({
    formatVersion: 1,
    tools: [{ id: 'all', effect: 'allow' }],
    content: [{ id: 'words', termLists: [list], severity: 'high' }],
  });
const allowing = (tool: string): string =>
  `{ "formatVersion": 1, /* ${tool} */ "tools": [{ "id": "a", "match": { "tools": ["${tool}"] }, "effect": "allow" }], }`;

let fake: FakePolicyTransaction;
let lists: TermLists;
let save: (input?: Partial<SavePolicyInput>) => ReturnType<ReturnType<typeof makeSavePolicy>>;
let activate: (version: number, note?: string) => ReturnType<ReturnType<typeof makeActivatePolicy>>;

beforeEach(() => {
  fake = new FakePolicyTransaction();
  lists = NO_TERM_LISTS;
  const deps = {
    inTransaction: fake.inTransaction,
    clock: { now: () => NOW },
    termLists: () => Promise.resolve(lists),
  };
  const saver = makeSavePolicy({ ...deps, knownTools: ['posts.create', 'posts.list'] });
  save = (input = {}) => saver({ document: allowing('posts.*'), note: 'a note', actor: ADMIN, ...input });
  const activator = makeActivatePolicy(deps);
  activate = (version, note = 'go') => activator({ version: versionOf(version), note, actor: ADMIN });
});

describe('saving a policy', () => {
  it('keeps the text as written, under the next number, with its fingerprint, and writes it down', async () => {
    const document = allowing('posts.*');
    const sha256 = createHash('sha256').update(document).digest('hex');
    const summary = { version: 1, at: NOW, author: 1, note: 'a note', sha256 };
    expect(await save()).toEqual(summary);
    expect(await fake.policies.get(versionOf(1))).toEqual({ ...summary, document });
    expect(fake.entries).toEqual([
      { kind: 'policy.saved', at: NOW, actor: ADMIN, policyVersion: 1, detail: { note: 'a note', sha256 } },
    ]);
    expect(await fake.policies.active()).toBeUndefined();
  });

  it('keeps an object as JSON that people can read', async () => {
    await save({ document: { formatVersion: 1 }, actor: OPERATOR });
    expect(await fake.policies.get(versionOf(1))).toMatchObject({ document: '{\n  "formatVersion": 1\n}', author: 0 });
  });

  it.each([undefined, null, 0])('takes %s as the base of the first version', async (baseVersion) => {
    expect(await save({ baseVersion })).toMatchObject({ version: 1 });
  });

  it('takes only the newest version as the base', async () => {
    await save();
    expect(await save({ baseVersion: 1 })).toMatchObject({ version: 2 });
    for (const baseVersion of [undefined, null, 0, 1, 3, -1, 1.5]) {
      await expect(save({ baseVersion })).rejects.toMatchObject({
        code: 'policy_base_stale',
        extras: { members: { newestVersion: 2 } },
      });
    }
    expect(fake.entries).toHaveLength(2);
  });

  it('lets one of two authors win who save at once', async () => {
    const outcomes = await Promise.allSettled([save(), save()]);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  });

  it('activates in the same breath when asked to', async () => {
    await save({ activate: true });
    expect(await fake.policies.active()).toBe(1);
    expect(fake.entries.map(({ kind }) => kind)).toEqual(['policy.saved', 'policy.activated']);
  });

  it('refuses a document with mistakes and says where they are', async () => {
    await expect(save({ document: '{ "formatVersion": 2 }' })).rejects.toMatchObject({
      code: 'policy_invalid',
      extras: { members: { problems: [{ pointer: '/formatVersion', line: 1, column: 20 }] } },
    });
    await expect(save({ document: allowing('posts.creat') })).rejects.toMatchObject({ code: 'policy_invalid' });
    await expect(save({ document: undefined })).rejects.toMatchObject({ code: 'policy_invalid' });
    expect(await fake.policies.newest()).toBeUndefined();
  });

  it('refuses a note that its column could not keep', async () => {
    expect(await save({ note: '\u{1f600}'.repeat(500) })).toMatchObject({ version: 1 });
    for (const note of ['n'.repeat(501), 'a\ud83d']) {
      await expect(save({ note, baseVersion: 1 })).rejects.toMatchObject({ code: 'request_malformed' });
    }
  });

  it('stores nothing when it cannot be written down', async () => {
    fake.auditFailure = new Error('full');
    await expect(save({ activate: true })).rejects.toThrow('full');
    expect(await fake.policies.newest()).toBeUndefined();
    expect(await fake.policies.active()).toBeUndefined();
  });
});

describe('activating a policy', () => {
  it('adds an activation and says what was active before, for a rollback too', async () => {
    await save({ activate: true });
    await save({ baseVersion: 1, activate: true });
    expect(await activate(1, 'back')).toEqual({ version: 1, at: NOW, author: 1, note: 'back' });
    expect(await fake.policies.active()).toBe(1);
    expect(fake.entries.at(-1)).toEqual({
      kind: 'policy.activated',
      at: NOW,
      actor: ADMIN,
      policyVersion: 1,
      detail: { note: 'back', previousVersion: 2 },
    });
    expect((await fake.policies.activations(9)).map(({ version }) => version)).toEqual([1, 2, 1]);
  });

  it('refuses a version that does not exist, and one that cannot be read', async () => {
    await expect(activate(7)).rejects.toMatchObject({ code: 'not_found' });
    const broken = {
      version: versionOf(1),
      at: NOW,
      author: 0,
      note: '',
      sha256: '',
      document: '{ "formatVersion": 9 }',
    };
    await fake.policies.insert(broken);
    await expect(activate(1)).rejects.toMatchObject({ code: 'policy_invalid' });
    expect(await fake.policies.active()).toBeUndefined();
  });
});

describe('reading policies', () => {
  it('pages through the versions, newest first, and names the active one', async () => {
    for (const baseVersion of [0, 1, 2]) await save({ baseVersion });
    await activate(2);
    const read = makeReadPolicies({ policies: fake.policies });
    const page = await read.list({ limit: 2 });
    expect(page.policies.map(({ version }) => version)).toEqual([3, 2]);
    expect(page).toMatchObject({ activeVersion: 2, next: 2 });
    const rest = await read.list({ limit: 2, before: versionOf(2) });
    expect(rest.policies.map(({ version }) => version)).toEqual([1]);
    expect(rest.next).toBeNull();
    expect(await read.active()).toMatchObject({ version: 2, document: allowing('posts.*') });
    await expect(read.get(versionOf(9))).rejects.toMatchObject({ code: 'not_found' });
    expect((await read.list({ limit: -5 })).policies).toHaveLength(1);
  });

  it('says when no policy is active', async () => {
    const read = makeReadPolicies({ policies: fake.policies });
    expect(await read.list({ limit: 5 })).toEqual({ policies: [], activeVersion: null, next: null });
    await expect(read.active()).rejects.toMatchObject({ code: 'policy_missing' });
  });
});

describe('the active policy', () => {
  const decide = async (active: ReturnType<typeof makeActivePolicy>, tool: string): Promise<unknown> => {
    const policy = await active();
    const { effect, policyVersion } =
      policy === undefined ? { effect: 'none', policyVersion: 0 } : evaluate(policy, { tool, args: {} }, someFacts());
    return [effect, policyVersion];
  };

  it('is none at first, and follows every activation with the next decision', async () => {
    const active = makeActivePolicy({ policies: fake.policies, termLists: () => Promise.resolve(lists) });
    expect(await active()).toBeUndefined();
    await save({ activate: true });
    expect(await decide(active, 'posts.create')).toEqual(['allow', 1]);
    await save({ document: allowing('pages.*'), baseVersion: 1, activate: true });
    expect(await decide(active, 'posts.create')).toEqual(['deny', 2]);
    await activate(1);
    expect(await decide(active, 'posts.create')).toEqual(['allow', 1]);
  });

  it('compiles a version once', async () => {
    await save({ activate: true });
    const active = makeActivePolicy({ policies: fake.policies, termLists: () => Promise.resolve(lists) });
    const [first, second] = [await active(), await active()];
    expect(first).toBeDefined();
    expect(second).toBe(first);
    expect(fake.policies.reads).toBe(1);
  });

  it('uses the lists of terms as they are at the decision, and compiles anew for other ones alone', async () => {
    lists = new Map([['brand', { terms: ['scam'], digest: 'd1' }]]);
    await save({ document: blocking('brand'), activate: true });
    const active = makeActivePolicy({ policies: fake.policies, termLists: () => Promise.resolve(lists) });
    const first = await active();
    expect(first?.termLists).toEqual({ brand: 'd1' });
    expect(await active()).toBe(first);
    lists = new Map([['brand', { terms: ['spam'], digest: 'd2' }]]);
    const second = await active();
    const of = (title: string) => second && evaluate(second, { tool: 'posts.create', args: { title } }, someFacts());
    expect([of('scam')?.effect, of('spam')?.effect, of('spam')?.termLists]).toEqual(['allow', 'deny', { brand: 'd2' }]);
    lists = NO_TERM_LISTS;
    const third = await active();
    expect(third && evaluate(third, { tool: 'posts.create', args: {} }, someFacts())).toMatchObject({
      effect: 'deny',
      termLists: { brand: null },
      findings: [{ code: 'policy_evaluation_failed' }, {}],
    });
    expect(fake.policies.reads).toBe(1);
  });

  it('asks for no lists when the policy uses none', async () => {
    await save({ activate: true });
    const termLists = () => Promise.reject(new Error('the lists were asked for'));
    expect(await makeActivePolicy({ policies: fake.policies, termLists })()).toBeDefined();
  });

  it('a list that is not there is a problem when saving, when activating and when validating', async () => {
    const problem = { pointer: '/content/0/termLists/0' };
    const refused = { code: 'policy_invalid', extras: { members: { problems: [problem] } } };
    await expect(save({ document: blocking('brand') })).rejects.toMatchObject(refused);
    lists = new Map([['brand', { terms: [], digest: '' }]]);
    await save({ document: blocking('brand') });
    await activate(1);
    lists = NO_TERM_LISTS;
    await expect(activate(1)).rejects.toMatchObject(refused);
    const validate = makeValidatePolicy({
      knownTools: [],
      sketches: () => [],
      termLists: () => Promise.resolve(lists),
    });
    expect((await validate(blocking('brand'))).problems).toMatchObject([problem]);
  });

  it('decides nothing rather than something old when the active version cannot be read', async () => {
    await save({ activate: true });
    const active = makeActivePolicy({ policies: fake.policies, termLists: () => Promise.resolve(lists) });
    await active();
    await fake.policies.activate({ version: versionOf(2), at: NOW, author: 0, note: '' });
    await expect(active()).rejects.toMatchObject({ code: 'policy_evaluation_failed' });
    await fake.policies.insert({ version: versionOf(2), at: NOW, author: 0, note: '', sha256: '', document: '{' });
    await expect(active()).rejects.toMatchObject({ code: 'policy_evaluation_failed' });
  });
});

describe('validating', () => {
  it('lists problems, and none when all is well', async () => {
    const sketches = () => [{ name: 'posts.create', args: {}, touches: undefined }];
    const validate = makeValidatePolicy({ knownTools: ['posts.create'], sketches });
    expect(await validate(allowing('posts.*'))).toEqual({ problems: [], warnings: [] });
    expect(await validate({ formatVersion: 1 })).toMatchObject({ problems: [], warnings: [{ pointer: '' }] });
    expect(await validate(allowing('posts.nope'))).toMatchObject({
      problems: [{ pointer: '/tools/0/match/tools/0' }],
      warnings: [],
    });
  });
});
