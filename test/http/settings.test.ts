import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { pairedSite, type PairedSite } from '../support/paired-site.js';

interface Entry {
  readonly userId: number;
  readonly detail: { readonly name: string };
}

interface Decided {
  readonly detail: { readonly termLists: { readonly brand: string | null } };
}

let paired: PairedSite;
beforeAll(async () => {
  paired = await pairedSite();
}, 90_000);
afterAll(() => paired.stop());

const put = (body: object) => paired.send({ method: 'PUT', path: '/v1/settings', body, user: paired.site.users.admin });
const current = async () => (await paired.get('/v1/settings')).body as { readonly version: number };

describe('settings over HTTP', () => {
  it('are shown with what fixes them, beside the kill switch', async () => {
    expect(await current()).toMatchObject({
      version: 0,
      settings: { termLists: {}, publicUrl: `${paired.url}/`, limitStore: 'database' },
      about: {
        termLists: { locked: false, by: null, default: {} },
        publicUrl: { locked: true, by: 'CHAPERONE_PUBLIC_URL' },
      },
      killSwitch: { on: false },
    });
  });

  it('let one of many who change the same version through, and write one entry', async () => {
    const { version } = await current();
    const answers = await Promise.all(
      Array.from({ length: 12 }, (_, index) => put({ version, settings: { termLists: { list: [`term ${index}`] } } })),
    );
    const ends = answers.map(({ status, body }) => (status === 200 ? 'changed' : String(body.code)));
    expect(ends.sort()).toEqual(['changed', ...Array<string>(11).fill('settings_stale')]);
    const { items } = (await paired.get('/v1/audit?kind=settings')).body as { readonly items: readonly Entry[] };
    const changes = items.filter(({ detail }) => detail.name === 'settings');
    expect(changes.map(({ userId }) => userId)).toEqual([paired.site.users.admin.id]);
    expect((await current()).version).toBe(version + 1);
  });

  it.each([
    [{ settings: {} }, 'version'],
    [{ version: 1 }, 'settings'],
    [{ version: 1, settings: {}, more: 1 }, 'more'],
    [{ version: 1, settings: [] }, 'settings'],
  ])('say what a request lacks: %j', async (body, what) => {
    const answer = await put(body);
    expect([answer.status, answer.body.code]).toEqual([400, 'request_malformed']);
    expect(answer.body.detail).toContain(what);
  });

  it('are stored with autoload off', async () => {
    const rows: unknown = await paired.db('wp_options').where({ option_name: 'ai_agent_settings' }).select('autoload');
    expect(rows).toEqual([{ autoload: 'off' }]);
  });
});

describe('lists of terms', () => {
  const lists = async (termLists: object) =>
    put({ version: (await current()).version, settings: { termLists } }).then(({ status }) => status);
  const USING = {
    tools: [{ id: 'all', effect: 'allow' }],
    content: [{ id: 'brand', fields: ['/title'], termLists: ['brand'], severity: 'high' }],
  };
  const dryRun = { dryRun: true, tool: 'posts.create', args: { title: 'An aardvark and a zebra' } };

  it('decide in every replica from the next decision on, and the log says which they were', async () => {
    expect(await lists({ brand: ['okapi'] })).toBe(200);
    await paired.allow(USING);
    const replica = await paired.replica();
    const asked = { method: 'POST', path: '/v1/execute', body: dryRun, key: paired.agent.key };
    const ask = async () => {
      const answers = [await paired.send(asked), await replica.send(asked)];
      for (const { text } of answers) expect(text).not.toMatch(/okapi|aardvark.*aardvark|[0-9a-f]{64}/);
      return answers.map(({ body }) => String(body.decision?.effect ?? body.code));
    };
    const digests = new Set<string>();
    for (const [terms, effect] of [
      [['okapi'], 'allow'],
      [['aardvark'], 'deny'],
      [['okapi', 'zebra'], 'deny'],
      [[], 'allow'],
    ] as const) {
      expect(await lists({ brand: terms })).toBe(200);
      expect(await ask()).toEqual([effect, effect]);
      const { items } = (await paired.get('/v1/audit?kind=call.decision&limit=2')).body as {
        readonly items: readonly Decided[];
      };
      expect(items[0]?.detail.termLists.brand).toBe(items[1]?.detail.termLists.brand);
      digests.add(items[0]?.detail.termLists.brand ?? '');
    }
    expect(digests.size).toBe(4);
    expect(await lists({})).toBe(200);
    expect(await ask()).toEqual(['deny', 'deny']);
  });

  it('are known when a policy is saved, tested and compared with the past', async () => {
    expect(await lists({ brand: ['aardvark'] })).toBe(200);
    const post = (path: string, body: object) =>
      paired.send({ method: 'POST', path, body, user: paired.site.users.admin });
    const document = { formatVersion: 1, ...USING };
    const other = { ...document, content: [{ id: 'brand', termLists: ['nobody'], severity: 'high' }] };
    expect((await post('/v1/policies/validate', { document: other })).body.problems).toMatchObject([
      { pointer: '/content/0/termLists/0', message: expect.stringContaining('"nobody"') as unknown },
    ]);
    const tested = await post('/v1/policies/test', { document, calls: [{ tool: 'posts.create', args: dryRun.args }] });
    expect(tested.body.decisions).toMatchObject([
      { effect: 'deny', termLists: { brand: expect.stringMatching(/^[0-9a-f]{64}$/) as unknown } },
    ]);
    const replayed = (await post('/v1/policies/replay', { document, last: 4 })).body;
    expect(replayed).toMatchObject({ replayed: 4, counts: { 'allow to deny': 2 } });
    expect(replayed.changed[0]).toMatchObject({ was: 'allow', becomes: 'deny', changedLists: ['brand'] });
  });
});
