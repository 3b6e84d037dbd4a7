import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { pairedSite, type PairedSite } from '../support/paired-site.js';

interface Entry {
  readonly userId: number;
  readonly detail: { readonly name: string };
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
