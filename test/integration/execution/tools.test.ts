import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { TestAnswer } from '../../support/http-request.js';
import { addMischief } from '../../support/mischief.js';
import { pairedSite, type PairedSite, type TestAgent } from '../../support/paired-site.js';

let paired: PairedSite;
/** An agent whose account is an editor too, and one that bears the role ai_agent alone. */
let editor: TestAgent;
let plain: TestAgent;
let administrator: TestAgent;

beforeAll(async () => {
  paired = await pairedSite({ workers: 6 });
  addMischief(paired.site);
  plain = paired.agent;
  const accounts = await Promise.all(['editor', 'administrator'].map((role) => paired.site.createUser({ role })));
  [editor, administrator] = (await Promise.all(
    accounts.map(async (account) => {
      await paired.site.php("( new WP_User( $args ) )->add_role( 'ai_agent' ); return true;", account.id);
      return paired.newAgent(account);
    }),
  )) as [TestAgent, TestAgent];
}, 90_000);
afterAll(() => paired.stop());

const as = (agent: TestAgent, tool: string, args: object = {}, more: object = {}): Promise<TestAnswer> =>
  paired.execute({ tool, args: args as never, ...more }, { key: agent.key });
const codeOf = ({ status, body }: TestAnswer): string => (status === 200 ? 'executed' : String(body?.code));
const rawPost = (id: number) =>
  paired.site.php('return get_post( $args, ARRAY_A );', id) as Promise<Record<string, unknown>>;

async function draftOf(agent: TestAgent, fields: object = {}): Promise<number> {
  const answer = await as(agent, 'posts.create', { title: 'A draft', ...fields });
  expect(codeOf(answer)).toBe('executed');
  return Number(answer.body.result.id);
}

interface Entry {
  readonly kind: string;
  readonly outcome: string | null;
  readonly entityId: number | null;
  readonly userId: number;
  readonly beforeDigest: string | null;
  readonly afterDigest: string | null;
}

async function entriesOf({ body }: TestAnswer): Promise<readonly Entry[]> {
  const log = await paired.get(`/v1/audit?callId=${body.callId}`);
  return [...(log.body.items as Entry[])].reverse();
}

describe('posts, by an agent that is an editor as well', () => {
  it('a draft is the agent’s own, with everything that was asked for, and its entries say so', async () => {
    const [category, tag] = (await paired.site.php(
      "return array( wp_create_category( 'News' ), wp_insert_term( 'hot', 'post_tag' )['term_id'] );".replace(
        'return',
        "require_once ABSPATH . 'wp-admin/includes/taxonomy.php'; return",
      ),
    )) as [number, number];
    const answer = await as(editor, 'posts.create', {
      title: 'Füße & <b>"Schuhe"</b> 🦶',
      content: '<!-- wp:paragraph --><p>\\ and "quotes" \' </p><!-- /wp:paragraph -->',
      excerpt: 'Short',
      slug: 'feet-and-shoes',
      categories: [category],
      tags: [tag],
      comment_status: 'closed',
      format: 'aside',
      sticky: true,
      date: '2026-11-01T08:30:00',
    });
    expect(codeOf(answer)).toBe('executed');
    const { result } = answer.body;
    expect(result).toMatchObject({
      status: 'draft',
      author: editor.userId,
      title: { raw: 'Füße & <b>"Schuhe"</b> 🦶' },
      categories: [category],
      tags: [tag],
      comment_status: 'closed',
      format: 'aside',
      sticky: true,
      date: '2026-11-01T08:30:00',
    });
    expect(await rawPost(result.id)).toMatchObject({
      post_author: String(editor.userId),
      post_status: 'draft',
      post_content: '<!-- wp:paragraph --><p>\\ and "quotes" \' </p><!-- /wp:paragraph -->',
      post_name: 'feet-and-shoes',
    });
    const entries = await entriesOf(answer);
    expect(entries.map(({ kind }) => kind)).toEqual(['call.decision', 'call.intent', 'call.outcome']);
    expect(new Set(entries.map(({ userId }) => userId))).toEqual(new Set([editor.userId]));
    expect(entries[2]).toMatchObject({ outcome: 'succeeded', entityId: result.id, beforeDigest: null });
    expect(entries[2]?.afterDigest).toMatch(/^[0-9a-f]{64}$/);
  });

  it('an update changes what it names; its digests chain from call to call', async () => {
    const id = await draftOf(editor, { excerpt: 'Stays' });
    const first = await as(editor, 'posts.update', { id, title: 'One' });
    const second = await as(editor, 'posts.update', { id, title: 'Two' });
    expect(second.body.result).toMatchObject({ id, title: { raw: 'Two' }, excerpt: { raw: 'Stays' } });
    const [one, two] = [(await entriesOf(first)).at(-1), (await entriesOf(second)).at(-1)];
    expect(one?.beforeDigest).not.toBe(one?.afterDigest);
    expect(two?.beforeDigest).toBe(one?.afterDigest);
    // WordPress moves a draft's floating date with each change; a published post's date stays.
    await as(editor, 'posts.publish', { id });
    const nothing = (await entriesOf(await as(editor, 'posts.update', { id, title: 'Two' }))).at(-1);
    expect(nothing?.afterDigest).toBe(nothing?.beforeDigest);
  });

  it('publish, trash and restore: there and back, with its slug', async () => {
    const id = await draftOf(editor, { title: 'Round trip', slug: 'round-trip' });
    const published = await as(editor, 'posts.publish', { id });
    expect(published.body.result).toMatchObject({ id, status: 'publish', slug: 'round-trip' });
    const comment = await paired.site.php(
      "return wp_insert_comment( array( 'comment_post_ID' => $args, 'comment_content' => 'x', 'comment_approved' => 1 ) );",
      id,
    );
    const trashed = await as(editor, 'posts.trash', { id });
    expect(trashed.body.result).toMatchObject({ id, status: 'trash' });
    expect(await rawPost(id)).toMatchObject({ post_status: 'trash' });
    expect(codeOf(await as(editor, 'posts.trash', { id }))).toBe('upstream_refused');

    const restored = await as(editor, 'posts.restore', { id });
    expect(restored.body.result).toMatchObject({
      id,
      status: 'draft',
      slug: 'round-trip',
      title: { raw: 'Round trip' },
    });
    expect(await paired.site.php('return wp_get_comment_status( (int) $args );', comment)).toBe('approved');
    expect(await paired.site.php("return get_post_meta( $args, '_wp_trash_meta_status' );", id)).toEqual([]);
    expect(codeOf(await as(editor, 'posts.restore', { id }))).toBe('args_invalid');
  });

  it('get and list show what the user may see', async () => {
    const id = await draftOf(editor, { title: 'Findable needle' });
    expect((await as(editor, 'posts.get', { id })).body.result).toMatchObject({ id, status: 'draft' });
    expect((await as(editor, 'posts.get', { id, context: 'edit' })).body.result.title).toMatchObject({
      raw: 'Findable needle',
    });
    const { result } = (
      await as(editor, 'posts.list', { search: 'needle', status: ['draft', 'publish'], author: [editor.userId, 1] })
    ).body;
    expect(result).toMatchObject({ total: 1, totalPages: 1, items: [{ id }] });
    expect((await as(editor, 'posts.list', { per_page: 1, page: 1, status: 'any' })).body.result.items).toHaveLength(1);
    const beyond = await as(editor, 'posts.list', { page: 900 });
    expect(codeOf(beyond)).toBe('upstream_refused');
    expect(beyond.body.upstream.code).toBe('rest_post_invalid_page_number');
  });

  it('dryRun decides and changes nothing', async () => {
    const id = await draftOf(editor);
    const before = await rawPost(id);
    const count = () => paired.site.php('return array_sum( (array) wp_count_posts() );');
    const posts = await count();
    for (const [tool, args] of [
      ['posts.create', { title: 'x' }],
      ['posts.update', { id, title: 'y' }],
      ['posts.publish', { id }],
      ['posts.trash', { id }],
    ] as const) {
      const answer = await as(editor, tool, args, { dryRun: true });
      expect(answer.body).toMatchObject({ status: 'dry_run', decision: { effect: 'allow' } });
      expect((await entriesOf(answer)).map(({ kind }) => kind)).toEqual(['call.decision']);
    }
    expect(await rawPost(id)).toEqual(before);
    expect(await count()).toBe(posts);
  });

  it('what WordPress refuses is failed, with its own words, and leaves nothing', async () => {
    const answer = await as(editor, 'posts.create', { title: 'x', date: '2026-13-45T00:00:00' });
    expect(answer.body).toMatchObject({
      code: 'upstream_refused',
      upstream: { status: 400, code: 'rest_invalid_param' },
    });
    expect((await entriesOf(answer)).at(-1)).toMatchObject({ outcome: 'failed' });
  });

  it.each([
    ['[die]', 'a fatal error after the deed'],
    ['[page]', 'a page with 200 after the deed'],
    ['[cut]', 'a server that dies after the deed'],
  ])('%s: %s is unknown, is not tried again, and the key keeps the answer', async (word) => {
    const title = `${word} ${String(performance.now())}`;
    const call = { tool: 'posts.create', args: { title } };
    const answer = await paired.execute(call, { key: editor.key, idempotencyKey: title });
    expect([answer.status, codeOf(answer)]).toEqual([504, 'outcome_unknown']);
    const again = await paired.execute(call, { key: editor.key, idempotencyKey: title });
    expect(again.body).toEqual(answer.body);
    expect(
      await paired.site.php(
        'global $wpdb; return (int) $wpdb->get_var( $wpdb->prepare( "SELECT COUNT(*) FROM $wpdb->posts WHERE post_title = %s AND post_type = \'post\'", $args ) );',
        title,
      ),
    ).toBe(1);
    expect((await paired.send({ path: `/v1/calls/${answer.body.callId}`, key: editor.key })).body).toMatchObject({
      state: 'unknown',
    });
  });
});

describe('an agent with the role ai_agent alone', () => {
  it('writes drafts and submits them, and no more', async () => {
    const id = await draftOf(plain, { status: 'pending', author: plain.userId });
    expect(codeOf(await as(plain, 'posts.update', { id, title: 'y' }))).toBe('executed');
    expect(codeOf(await as(plain, 'posts.create', { title: 'x', status: 'publish' }))).toBe('capability_missing');
    expect(codeOf(await as(plain, 'posts.publish', { id }))).toBe('capability_missing');
    expect(codeOf(await as(plain, 'posts.create', { title: 'x', author: 1 }))).toBe('capability_missing');
    expect(codeOf(await as(plain, 'posts.create', { title: 'x', sticky: true }))).toBe('capability_missing');
    expect(codeOf(await as(plain, 'settings.get'))).toBe('capability_missing');
    expect(codeOf(await as(plain, 'settings.update', { title: 'x' }))).toBe('capability_missing');
    expect(codeOf(await as(plain, 'posts.trash', { id }))).toBe('executed');
  });

  it('another author’s post is capability_missing, one that is not there not_found', async () => {
    const id = await draftOf(editor);
    const before = await rawPost(id);
    for (const [tool, args] of [
      ['posts.update', { title: 'mine' }],
      ['posts.publish', {}],
      ['posts.trash', {}],
      ['posts.restore', {}],
      ['posts.get', {}],
      ['posts.get', { context: 'edit' }],
    ] as const) {
      expect([tool, codeOf(await as(plain, tool, { id, ...args }))]).toEqual([tool, 'capability_missing']);
      expect([tool, codeOf(await as(plain, tool, { id: 999_999, ...args }))]).toEqual([tool, 'not_found']);
    }
    expect(await rawPost(id)).toEqual(before);
    expect(codeOf(await as(plain, 'posts.get', { id: Number.MAX_SAFE_INTEGER }))).toBe('not_found');
  });

  it('a page is no post, whatever its id', async () => {
    const id = Number(
      await paired.site.php(
        "return wp_insert_post( array( 'post_type' => 'page', 'post_title' => 'P', 'post_status' => 'publish' ) );",
      ),
    );
    expect(codeOf(await as(editor, 'posts.update', { id, title: 'x' }))).toBe('not_found');
  });

  it('a custom field that it may not write is refused after the post is stored, and the outcome says so', async () => {
    const count = () => paired.site.php('return (int) wp_count_posts()->draft;');
    const before = await count();
    await paired.site.php(
      `file_put_contents( WPMU_PLUGIN_DIR . '/guarded.php', "<?php add_action( 'init', function () { register_post_meta( 'post', 'guarded', array( 'type' => 'string', 'single' => true, 'show_in_rest' => true, 'auth_callback' => '__return_false' ) ); } );" ); return true;`,
    );
    const answer = await as(plain, 'posts.create', { title: 'half', meta: { guarded: 'x' } });
    // WordPress stores the post before it asks about its fields: whoever is told `failed` would think that there is none.
    expect([answer.status, codeOf(answer)]).toEqual([504, 'outcome_unknown']);
    expect(answer.body.detail).toContain('rest_cannot_update');
    expect((await entriesOf(answer)).at(-1)).toMatchObject({ outcome: 'unknown' });
    expect(await count()).toBe(Number(before) + 1);
  });
});

describe('the site', () => {
  it('site.info', async () => {
    const { result } = (await as(plain, 'site.info')).body;
    expect(result).toMatchObject({ name: 'Test', url: paired.site.url, home: paired.site.url });
  });

  it('settings, by an agent whose account is an administrator: read, change, and no setting that is not named', async () => {
    const { result } = (await as(administrator, 'settings.get')).body;
    expect(result).toMatchObject({ title: 'Test', posts_per_page: 10 });
    expect(result).not.toHaveProperty('email');
    expect(result).not.toHaveProperty('url');
    const answer = await as(administrator, 'settings.update', { description: 'Changed', posts_per_page: 7 });
    expect(answer.body.result).toMatchObject({ title: 'Test', description: 'Changed', posts_per_page: 7 });
    expect(
      await paired.site.php("return array( get_option( 'blogdescription' ), (int) get_option( 'posts_per_page' ) );"),
    ).toEqual(['Changed', 7]);
    const outcome = (await entriesOf(answer)).at(-1);
    expect(outcome?.beforeDigest).not.toBe(outcome?.afterDigest);
    expect(codeOf(await as(administrator, 'settings.update', { email: 'x@example.org' }))).toBe('args_invalid');
  });
});

describe('the policy, on real posts', () => {
  const under = async (policy: object, call: () => Promise<TestAnswer>): Promise<TestAnswer> => {
    await paired.allow({ tools: [{ id: 'all', effect: 'allow' }], ...policy });
    try {
      return await call();
    } finally {
      await paired.allow();
    }
  };

  it('denies by what the post is now, and by what it would become', async () => {
    const id = await draftOf(editor);
    const draftsOnly = { entities: [{ id: 'drafts', types: ['post'], statuses: ['draft', 'pending'] }] };
    const publish = await under(draftsOnly, () => as(editor, 'posts.publish', { id }));
    expect(publish.body).toMatchObject({ code: 'policy_entity_denied', unlock: { statuses: ['draft', 'pending'] } });
    expect(publish.body.findings[0]).toMatchObject({ rule: 'drafts', effect: 'deny' });
    expect(await rawPost(id)).toMatchObject({ post_status: 'draft' });
    expect(codeOf(await as(editor, 'posts.publish', { id }))).toBe('executed');
    expect(codeOf(await under(draftsOnly, () => as(editor, 'posts.update', { id, title: 'x' })))).toBe(
      'policy_entity_denied',
    );
  });

  it('denies a field, and lets the rest through', async () => {
    const id = await draftOf(editor);
    const policy = { entities: [{ id: 'no-author', denyFields: ['/author'] }] };
    const answer = await under(policy, () => as(editor, 'posts.update', { id, author: 1 }));
    expect(answer.body).toMatchObject({ code: 'policy_field_denied', unlock: { leaveOut: '/author' } });
    expect(codeOf(await under(policy, () => as(editor, 'posts.update', { id, title: 'y' })))).toBe('executed');
  });

  it('denies by the hour, and says when to come back', async () => {
    const [first, after] = [1, 2].map((days) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10));
    const later = { id: 'later', allow: [{ from: `${first}T00:00`, to: `${after}T00:00` }] };
    const answer = await under({ time: [later] }, () => as(plain, 'posts.create', { title: 'x' }));
    expect(answer.body).toMatchObject({ code: 'policy_time_denied', unlock: { at: `${first}T00:00:00.000Z` } });
  });
});

describe('in the end', () => {
  it('the log’s chain holds, and a row that was changed is named', async () => {
    const verify = async () => (await paired.get('/v1/audit/verify')).body as { ok: boolean; entries: number };
    const whole = await verify();
    expect(whole.ok).toBe(true);
    expect(whole.entries).toBeGreaterThan(100);
    const rows = () => paired.db(`${paired.config.tablePrefix}ai_agent_audit_log`).where({ id: 50 });
    const { verdict, tool } = (await rows().first()) as { verdict: string | null; tool: string | null };
    await rows().update({ tool: 'posts.list', verdict: 'deny' });
    expect(await verify()).toMatchObject({ ok: false, firstBad: { id: 50 } });
    await rows().update({ tool, verdict });
    expect((await verify()).ok).toBe(true);
  });
});
