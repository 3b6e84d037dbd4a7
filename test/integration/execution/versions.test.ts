import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { pairedSite, type PairedSite } from '../../support/paired-site.js';
import type { TestSiteOptions } from '../../support/stack.js';

const SITES: readonly (readonly [string, TestSiteOptions])[] = [
  ['WordPress 6.8', { version: '6.8' }],
  ['WordPress 6.1', { version: '6.1' }],
  ['WordPress 7.1 with another table prefix', { tablePrefix: 'news_' }],
  ['a network of WordPress 7.1', { multisite: true }],
];

describe.each(SITES)('the main path on %s', (_name, options) => {
  let paired: PairedSite;
  beforeAll(async () => {
    paired = await pairedSite(options);
    await paired.site.php("( new WP_User( $args ) )->add_role( 'editor' ); return true;", paired.agent.userId);
  }, 90_000);
  afterAll(() => paired.stop());

  const run = async (tool: string, args: object): Promise<Record<string, unknown>> => {
    const answer = await paired.execute({ tool, args: args as never });
    expect({ tool, status: answer.status, body: answer.body }).toMatchObject({ tool, status: 200 });
    return answer.body.result as Record<string, unknown>;
  };

  it('creates, changes, publishes, lists, trashes and restores as the agent’s own user, and the log holds', async () => {
    const { id } = await run('posts.create', { title: 'A', content: 'B', meta: {} });
    await run('posts.update', { id, title: 'C' });
    expect(await run('posts.publish', { id })).toMatchObject({ status: 'publish', author: paired.agent.userId });
    expect(await run('posts.list', { author: paired.agent.userId })).toMatchObject({ total: 1, items: [{ id }] });
    expect(await run('posts.get', { id, context: 'edit' })).toMatchObject({ title: { raw: 'C' } });
    await run('posts.trash', { id });
    expect(await run('posts.restore', { id })).toMatchObject({ status: 'draft' });
    expect(await run('site.info', {})).toMatchObject({ url: paired.site.url });
    expect((await paired.execute({ tool: 'settings.get' })).body.code).toBe('capability_missing');
    expect((await paired.get('/v1/audit/verify')).body.ok).toBe(true);
    expect((await paired.send({ path: '/readyz' })).status).toBe(200);
  });

  it('posts are put back by undoing what was done to them', async () => {
    const done = async (tool: string, args: object): Promise<Record<string, unknown>> => {
      const answer = await paired.execute({ tool, args: args as never });
      expect([tool, answer.body]).toMatchObject([tool, { status: 'executed' }]);
      return answer.body as Record<string, unknown>;
    };
    const undone = async ({ callId }: Record<string, unknown>): Promise<unknown> => {
      const path = `/v1/calls/${String(callId)}/undo`;
      const answer = await paired.send({ method: 'POST', path, body: {}, key: paired.agent.key });
      expect([answer.status, answer.body]).toMatchObject([200, { status: 'executed' }]);
      return (answer.body as Record<string, unknown>)['result'];
    };
    const { id } = (await done('posts.create', { title: 'Undone', content: 'B' }))['result'] as { id: number };
    expect(await undone(await done('posts.publish', { id }))).toMatchObject({ status: 'draft', slug: '' });
    const changed = await done('posts.update', { id, title: 'C', content: 'D' });
    expect(await undone(changed)).toMatchObject({ title: { raw: 'Undone' }, content: { raw: 'B' } });
    await done('posts.publish', { id });
    expect(await undone(await done('posts.trash', { id }))).toMatchObject({ status: 'publish', slug: 'undone' });
    expect(await undone(await done('posts.create', { title: 'E' }))).toMatchObject({ status: 'trash' });
  });

  it('pages, files, terms, comments and users', async () => {
    const { id } = await run('pages.create', { title: 'A', menu_order: 1 });
    expect(await run('pages.update', { id, title: 'B' })).toMatchObject({ title: { raw: 'B' } });
    expect(await run('pages.publish', { id })).toMatchObject({ status: 'publish' });
    expect(await run('pages.list', {})).toMatchObject({ items: expect.any(Array) });
    expect(await run('pages.get', { id })).toMatchObject({ id });
    await run('pages.trash', { id });
    expect(await run('pages.restore', { id })).toMatchObject({ status: 'draft' });

    const text = { filename: 'a.txt', content: Buffer.from('Hello').toString('base64'), title: 'Greeting' };
    const file = await run('media.upload', text);
    expect(file).toMatchObject({ mime_type: 'text/plain', title: { raw: 'Greeting' } });
    expect(await run('media.update', { id: file['id'], caption: 'C' })).toMatchObject({ caption: { raw: 'C' } });
    expect(await run('media.get', { id: file['id'] })).toMatchObject({ id: file['id'] });

    const term = await run('terms.create', { taxonomy: 'category', name: 'News' });
    expect(await run('terms.update', { taxonomy: 'category', id: term['id'], slug: 'n' })).toMatchObject({ slug: 'n' });
    expect(await run('terms.list', { taxonomy: 'category', slug: 'n', hide_empty: false })).toMatchObject({ total: 1 });

    const post = await run('posts.create', { title: 'Talk', status: 'publish' });
    const comment = await paired.site.php(
      "return wp_insert_comment( array( 'comment_post_ID' => $args, 'comment_content' => 'x', 'comment_approved' => 0 ) );",
      post['id'],
    );
    for (const status of ['approved', 'spam', 'hold', 'trash']) {
      expect(await run('comments.moderate', { id: comment, status })).toMatchObject({ status });
    }
    expect(await run('comments.list', { status: 'trash', post: post['id'] })).toMatchObject({
      items: [{ id: comment }],
    });
    expect(await run('users.list', {})).toMatchObject({
      items: expect.arrayContaining([expect.objectContaining({ id: paired.agent.userId })]),
    });
  });

  it('with its own application password beside the signature, and not past the sidecar', async () => {
    const { agent, site } = paired;
    expect((await paired.execute({ tool: 'site.info' }, { user: agent })).status).toBe(200);
    const direct = await fetch(`${site.url}/?rest_route=/wp/v2/users/me`, {
      headers: {
        Authorization: `Basic ${Buffer.from(`${agent.login}:${agent.applicationPassword}`).toString('base64')}`,
      },
    });
    expect(direct.status).toBe(403);
    expect(await direct.json()).toMatchObject({ code: 'ai_agent_direct_use_refused' });
  });

  it('under plain permalinks as well', async () => {
    await paired.site.php("update_option( 'permalink_structure', '' ); return true;");
    const { id } = await run('posts.create', { title: 'plain' });
    expect(await run('posts.publish', { id })).toMatchObject({ link: `${paired.site.url}/?p=${String(id)}` });
  });
});

describe('a site whose trash is switched off', () => {
  let paired: PairedSite;
  beforeAll(async () => {
    paired = await pairedSite({ constants: { EMPTY_TRASH_DAYS: 0 } });
  }, 90_000);
  afterAll(() => paired.stop());

  it('refuses to trash, rather than delete for good', async () => {
    const { id } = (await paired.execute({ tool: 'posts.create', args: { title: 'x' } })).body.result as { id: number };
    const answer = await paired.execute({ tool: 'posts.trash', args: { id } });
    expect(answer.body).toMatchObject({ code: 'upstream_refused', upstream: { code: 'rest_trash_not_supported' } });
    expect(await paired.site.php('return get_post_status( $args );', id)).toBe('draft');
  });
});
