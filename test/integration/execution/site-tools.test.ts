import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { TestAnswer } from '../../support/http-request.js';
import { pairedSite, type PairedSite, type TestAgent } from '../../support/paired-site.js';

let paired: PairedSite;
/** An agent whose account is an editor too, one that is an author, and one that bears the role ai_agent alone. */
let editor: TestAgent;
let author: TestAgent;
let plain: TestAgent;

beforeAll(async () => {
  paired = await pairedSite({ workers: 4 });
  plain = paired.agent;
  const withRole = async (role: string): Promise<TestAgent> => {
    const account = await paired.site.createUser({ role });
    await paired.site.php("( new WP_User( $args ) )->add_role( 'ai_agent' ); return true;", account.id);
    return paired.newAgent(account);
  };
  [editor, author] = await Promise.all([withRole('editor'), withRole('author')]);
}, 90_000);
afterAll(() => paired.stop());

const as = (agent: TestAgent, tool: string, args: object = {}, more: object = {}): Promise<TestAnswer> =>
  paired.execute({ tool, args: args as never, ...more }, { key: agent.key });
const codeOf = ({ status, body }: TestAnswer): string => (status === 200 ? 'executed' : String(body?.code));

async function run(agent: TestAgent, tool: string, args: object = {}): Promise<Record<string, unknown>> {
  const answer = await as(agent, tool, args);
  expect([tool, answer.status, answer.body]).toMatchObject([tool, 200, { status: 'executed' }]);
  return answer.body.result as Record<string, unknown>;
}

async function outcomeOf(answer: TestAnswer): Promise<Record<string, unknown> | undefined> {
  const log = await paired.get(`/v1/audit?callId=${answer.body.callId}&kind=call.outcome`);
  return (log.body.items as Record<string, unknown>[])[0];
}

describe('pages', () => {
  it('are made, changed, put under each other, published, trashed and restored', async () => {
    const parent = await run(editor, 'pages.create', { title: 'About', content: '<p>Us</p>', slug: 'about' });
    expect(parent).toMatchObject({ type: 'page', status: 'draft', author: editor.userId, title: { raw: 'About' } });
    const child = await run(editor, 'pages.create', { title: 'Team', parent: parent['id'], menu_order: 3 });
    expect(child).toMatchObject({ parent: parent['id'], menu_order: 3 });
    const { id } = child;
    const changed = await as(editor, 'pages.update', { id, title: 'The team', menu_order: 4 });
    expect(changed.body.result).toMatchObject({ id, title: { raw: 'The team' }, menu_order: 4, parent: parent['id'] });
    expect(await outcomeOf(changed)).toMatchObject({ outcome: 'succeeded', entityType: 'page', entityId: id });
    expect(await run(editor, 'pages.publish', { id })).toMatchObject({ status: 'publish' });
    expect(await run(editor, 'pages.get', { id, context: 'edit' })).toMatchObject({ title: { raw: 'The team' } });
    expect(await run(editor, 'pages.list', { parent: parent['id'] })).toMatchObject({ total: 1, items: [{ id }] });
    expect(await run(editor, 'pages.trash', { id })).toMatchObject({ status: 'trash' });
    expect(await run(editor, 'pages.restore', { id })).toMatchObject({ status: 'draft' });
    expect(codeOf(await as(editor, 'pages.restore', { id }))).toBe('args_invalid');
  });

  it('need the capabilities of pages, whatever one may do with posts', async () => {
    const { id } = await run(editor, 'pages.create', { title: 'Theirs' });
    for (const agent of [author, plain]) {
      expect(codeOf(await as(agent, 'pages.create', { title: 'x' }))).toBe('capability_missing');
      expect(codeOf(await as(agent, 'pages.update', { id, title: 'x' }))).toBe('capability_missing');
      expect(codeOf(await as(agent, 'pages.publish', { id }))).toBe('capability_missing');
      expect(codeOf(await as(agent, 'pages.trash', { id }))).toBe('capability_missing');
      expect(codeOf(await as(agent, 'pages.list', { status: 'draft' }))).toBe('capability_missing');
    }
    expect(await run(plain, 'pages.list')).toMatchObject({ items: expect.any(Array) });
  });

  it('are no posts, nor the other way round', async () => {
    const page = await run(editor, 'pages.create', { title: 'A page' });
    const post = await run(editor, 'posts.create', { title: 'A post' });
    expect(codeOf(await as(editor, 'posts.update', { id: page['id'], title: 'x' }))).toBe('not_found');
    expect(codeOf(await as(editor, 'pages.update', { id: post['id'], title: 'x' }))).toBe('not_found');
  });

  it('are judged as pages by the policy, and by their own tools', async () => {
    const { id } = await run(editor, 'pages.create', { title: 'Judged' });
    await paired.allow({
      tools: [{ id: 'all', effect: 'allow' }],
      entities: [{ id: 'posts-only', types: ['post'] }],
    });
    const denied = await as(editor, 'pages.update', { id, title: 'x' });
    expect(denied.body).toMatchObject({ code: 'policy_entity_denied', unlock: { types: ['post'] } });
    expect(codeOf(await as(editor, 'pages.create', { title: 'x' }))).toBe('policy_entity_denied');
    await paired.allow({ tools: [{ id: 'posts', match: { tools: ['posts.*'] }, effect: 'allow' }] });
    expect(codeOf(await as(editor, 'pages.create', { title: 'x' }))).toBe('policy_tool_denied');
    await paired.allow();
  });
});

describe('comments', () => {
  const commentOn = (post: unknown, fields: object = {}): Promise<unknown> =>
    paired.site.php(
      "return wp_insert_comment( array_merge( array( 'comment_content' => 'Nice', 'comment_author' => 'Bob', 'comment_author_email' => 'bob@example.org', 'comment_author_IP' => '192.0.2.1', 'comment_approved' => 0 ), $args ) );",
      { comment_post_ID: post, ...fields },
    );
  const statusOf = (id: unknown) => paired.site.php('return wp_get_comment_status( $args );', id);

  it('are listed without anybody’s address, and moderated in every way', async () => {
    const post = await run(editor, 'posts.create', { title: 'Talk', status: 'publish' });
    const id = await commentOn(post['id']);
    const held = await run(editor, 'comments.list', { status: 'hold', post: post['id'] });
    expect(held).toMatchObject({ total: 1, items: [{ id, status: 'hold', author_name: 'Bob' }] });
    const full = await run(editor, 'comments.list', { status: 'all', post: post['id'], context: 'edit' });
    expect(full).toMatchObject({ items: [{ id, content: { raw: 'Nice' } }] });
    expect(JSON.stringify([held, full])).not.toMatch(/bob@|192\.0\.2\.1/);
    for (const [status, inCore] of [
      ['approved', 'approved'],
      ['spam', 'spam'],
      ['hold', 'unapproved'],
      ['trash', 'trash'],
      ['approved', 'approved'],
      ['hold', 'unapproved'],
    ] as const) {
      const answer = await as(editor, 'comments.moderate', { id, status });
      expect([status, answer.body]).toMatchObject([status, { status: 'executed', result: { id, status } }]);
      expect(await statusOf(id)).toBe(inCore);
      expect(await outcomeOf(answer)).toMatchObject({ outcome: 'succeeded', entityType: 'comment', entityId: id });
      expect(codeOf(await as(editor, 'comments.moderate', { id, status }))).toBe('args_invalid');
    }
    expect(await run(plain, 'comments.list', { post: post['id'] })).toMatchObject({ total: 0 });
  });

  it('are judged by who may edit their post, as in wp-admin', async () => {
    const [theirs, own] = [
      await run(editor, 'posts.create', { title: 'Theirs', status: 'publish' }),
      await run(author, 'posts.create', { title: 'Own', status: 'publish' }),
    ];
    const [onTheirs, onOwn] = [await commentOn(theirs['id']), await commentOn(own['id'])];
    expect(codeOf(await as(author, 'comments.moderate', { id: onOwn, status: 'approved' }))).toBe('executed');
    for (const agent of [author, plain]) {
      expect(codeOf(await as(agent, 'comments.moderate', { id: onTheirs, status: 'approved' }))).toBe(
        'capability_missing',
      );
    }
    expect(codeOf(await as(author, 'comments.list', { context: 'edit' }))).toBe('capability_missing');
    expect(codeOf(await as(editor, 'comments.moderate', { id: 999_999, status: 'spam' }))).toBe('not_found');
    expect(await statusOf(onTheirs)).toBe('unapproved');
  });

  it('are held to their status by the policy', async () => {
    const post = await run(editor, 'posts.create', { title: 'Talk', status: 'publish' });
    const id = await commentOn(post['id']);
    await paired.allow({
      tools: [{ id: 'all', effect: 'allow' }],
      entities: [{ id: 'no-trash', match: { tools: ['comments.*'] }, statuses: ['hold', 'approved', 'spam'] }],
    });
    const denied = await as(editor, 'comments.moderate', { id, status: 'trash' });
    expect(denied.body).toMatchObject({ code: 'policy_entity_denied' });
    expect(codeOf(await as(editor, 'comments.moderate', { id, status: 'spam' }))).toBe('executed');
    await paired.allow();
  });
});

describe('users', () => {
  it('are listed as far as WordPress shows them, and never with an address', async () => {
    await run(editor, 'posts.create', { title: 'Published', status: 'publish' });
    const shown = await run(plain, 'users.list');
    expect((shown['items'] as { id: number }[]).map(({ id }) => id)).toContain(editor.userId);
    expect(codeOf(await as(plain, 'users.list', { context: 'edit' }))).toBe('capability_missing');
    expect(codeOf(await as(editor, 'users.list', { roles: ['editor'] }))).toBe('capability_missing');
    const account = await paired.site.createUser({ role: 'administrator' });
    await paired.site.php("( new WP_User( $args ) )->add_role( 'ai_agent' ); return true;", account.id);
    const all = await run(await paired.newAgent(account), 'users.list', { context: 'edit', roles: ['author'] });
    expect(all).toMatchObject({ total: 1, items: [{ id: author.userId, username: author.login }] });
    expect(JSON.stringify([shown, all])).not.toMatch(/@|capabilities/);
  });
});

/** A taxonomy with a REST base and a capability of its own, which a filter gives to one user. */
const GENRES = `<?php
add_action( 'init', function () {
  register_taxonomy( 'genre', 'post', array(
    'label' => 'Genres', 'hierarchical' => true, 'show_in_rest' => true, 'rest_base' => 'genres',
    'capabilities' => array( 'edit_terms' => 'edit_genres', 'assign_terms' => 'edit_posts' ),
  ) );
  register_taxonomy( 'hidden', 'post' );
} );
add_filter( 'user_has_cap', function ( $all, $caps, $args ) {
  return in_array( 'edit_genres', $caps, true ) ? array( 'edit_genres' => AUTHOR === (int) $args[1] ) + $all : $all;
}, 10, 3 );
`;

describe('terms', () => {
  it('of categories and tags are made, listed and changed', async () => {
    const news = await run(editor, 'terms.create', {
      taxonomy: 'category',
      name: 'News & more',
      description: 'All of it',
    });
    expect(news).toMatchObject({ taxonomy: 'category', slug: 'news-more', description: 'All of it', parent: 0 });
    const local = await as(editor, 'terms.create', { taxonomy: 'category', name: 'Local', parent: news['id'] });
    expect(local.body.result).toMatchObject({ parent: news['id'] });
    expect(await outcomeOf(local)).toMatchObject({ entityType: 'term', entityId: local.body.result.id });
    const { id } = local.body.result as { id: number };
    expect(await run(editor, 'terms.update', { taxonomy: 'category', id, slug: 'near' })).toMatchObject({
      id,
      name: 'Local',
      slug: 'near',
    });
    expect(
      await run(plain, 'terms.list', { taxonomy: 'category', parent: news['id'], hide_empty: false }),
    ).toMatchObject({ total: 1, items: [{ id, slug: 'near' }] });
    expect(await run(editor, 'terms.create', { taxonomy: 'post_tag', name: 'hot' })).toMatchObject({ slug: 'hot' });
    const twice = await as(editor, 'terms.create', { taxonomy: 'post_tag', name: 'hot' });
    expect(twice.body).toMatchObject({ code: 'upstream_refused', upstream: { code: 'term_exists' } });
  });

  it('need what core asks for: to edit categories, to assign tags', async () => {
    const { id } = await run(editor, 'terms.create', { taxonomy: 'category', name: 'Guarded' });
    expect(codeOf(await as(author, 'terms.create', { taxonomy: 'category', name: 'x' }))).toBe('capability_missing');
    expect(codeOf(await as(author, 'terms.update', { taxonomy: 'category', id, name: 'x' }))).toBe(
      'capability_missing',
    );
    expect(codeOf(await as(author, 'terms.create', { taxonomy: 'post_tag', name: 'by author' }))).toBe('executed');
    expect(codeOf(await as(editor, 'terms.update', { taxonomy: 'post_tag', id, name: 'x' }))).toBe('not_found');
    expect(codeOf(await as(editor, 'terms.list', { taxonomy: 'nothing' }))).toBe('not_found');
    const parented = await as(editor, 'terms.create', { taxonomy: 'post_tag', name: 'x', parent: id });
    expect(codeOf(parented)).toBe('args_invalid');
  });

  it('of a taxonomy of the site’s own go by its own address and its own capabilities', async () => {
    const folder = join(paired.site.path, 'wp-content', 'mu-plugins');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'genre.php'), GENRES.replace('AUTHOR', String(author.userId)));
    const noir = await run(author, 'terms.create', { taxonomy: 'genre', name: 'Noir' });
    expect(noir).toMatchObject({ taxonomy: 'genre', slug: 'noir' });
    expect(codeOf(await as(editor, 'terms.create', { taxonomy: 'genre', name: 'x' }))).toBe('capability_missing');
    expect(await run(plain, 'terms.list', { taxonomy: 'genre', hide_empty: false })).toMatchObject({ total: 1 });
    expect(codeOf(await as(editor, 'terms.list', { taxonomy: 'hidden' }))).toBe('capability_missing');
  });

  it('are judged by their type and their taxonomy', async () => {
    await paired.allow({
      tools: [
        {
          id: 'tags',
          match: { tools: ['terms.*'], args: [{ path: '/taxonomy', equals: 'post_tag' }] },
          effect: 'allow',
        },
      ],
    });
    expect(codeOf(await as(editor, 'terms.create', { taxonomy: 'post_tag', name: 'fine' }))).toBe('executed');
    expect(codeOf(await as(editor, 'terms.create', { taxonomy: 'category', name: 'no' }))).toBe('policy_tool_denied');
    await paired.allow({ tools: [{ id: 'all', effect: 'allow' }], entities: [{ id: 'posts', types: ['post'] }] });
    expect(codeOf(await as(editor, 'terms.create', { taxonomy: 'post_tag', name: 'x' }))).toBe('policy_entity_denied');
    await paired.allow();
  });
});
