import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { basic, type TestAnswer } from '../../support/http-request.js';
import { overTheBridge } from '../../support/over-the-bridge.js';
import { pairedSite, type PairedSite, type TestAgent } from '../../support/paired-site.js';

let paired: PairedSite;
/** Agents whose accounts are an editor and an administrator too. */
let editor: TestAgent;
let admin: TestAgent;

beforeAll(async () => {
  paired = await pairedSite({ workers: 4 });
  const withRole = async (role: string): Promise<TestAgent> => {
    const account = await paired.site.createUser({ role });
    await paired.site.php("( new WP_User( $args ) )->add_role( 'ai_agent' ); return true;", account.id);
    return paired.newAgent(account);
  };
  [editor, admin] = [await withRole('editor'), await withRole('administrator')];
}, 90_000);
afterAll(() => paired.stop());

type Answer = Record<string, unknown>;
const as = (agent: TestAgent, tool: string, args: object = {}): Promise<TestAnswer> =>
  paired.execute({ tool, args: args as never }, { key: agent.key });
const codeOf = ({ status, body }: TestAnswer): string => (status === 200 ? 'executed' : String(body?.code));
const undo = (callId: unknown, agent: TestAgent = editor, body: object = {}): Promise<TestAnswer> =>
  paired.send({ method: 'POST', path: `/v1/calls/${String(callId)}/undo`, body, key: agent.key });
const seen = async (callId: unknown, agent: TestAgent = editor): Promise<Answer> =>
  (await paired.send({ path: `/v1/calls/${String(callId)}`, key: agent.key })).body as Answer;
const entriesOf = async (callId: unknown): Promise<Answer[]> =>
  ((await paired.get(`/v1/audit?callId=${String(callId)}`)).body.items as Answer[]).reverse();

async function done(agent: TestAgent, tool: string, args: object): Promise<{ callId: string; result: Answer }> {
  const answer = await as(agent, tool, args);
  expect([tool, answer.status, answer.body]).toMatchObject([tool, 200, { status: 'executed' }]);
  return answer.body as { callId: string; result: Answer };
}

/** What an administrator is shown, without what moves with every change. */
async function state(route: string): Promise<Answer> {
  const reply = await fetch(`${paired.site.url}/wp-json${route}?context=edit`, {
    headers: { authorization: basic(paired.site.users.admin) },
  });
  const shown = (await reply.json()) as Answer;
  // Core writes its own address into every comment that is changed over REST (prepare_item_for_database).
  const moving = ['modified', 'modified_gmt', '_links', 'permalink_template', 'guid', 'author_ip', 'author_user_agent'];
  return Object.fromEntries(Object.entries(shown).filter(([name]) => !moving.includes(name)));
}

/** Carries a call out, takes it back, and expects everything to be as it was before, once. */
async function thereAndBack(
  route: string,
  tool: string,
  args: object,
  agent: TestAgent = editor,
  dated = true,
): Promise<void> {
  const datesOf = ({ date: _date, date_gmt: _gmt, ...rest }: Answer): Answer => rest;
  const shown = async () => (dated ? state(route) : datesOf(await state(route)));
  const before = await shown();
  const { callId } = await done(agent, tool, args);
  expect(await shown()).not.toEqual(before);
  expect(await seen(callId, agent)).toMatchObject({ undo: { possible: true } });
  const back = await undo(callId, agent);
  expect([tool, back.status, back.body]).toMatchObject([tool, 200, { status: 'executed' }]);
  expect(await shown()).toEqual(before);
  expect(await seen(callId, agent)).toMatchObject({
    undo: { possible: false, reason: 'It is undone already.', callId: back.body.callId },
  });
  const again = await undo(callId, agent, { reason: 'twice' });
  expect([again.body, again.headers['idempotency-replayed']]).toEqual([back.body, 'true']);
  expect(await shown()).toEqual(before);
}

describe('what is put back', () => {
  it('a draft’s fields, its custom fields and terms with them', async () => {
    const { result } = await done(editor, 'posts.create', {
      ...{
        title: 'One & <em>two</em>',
        content: '<p>\\ "old"</p>',
        excerpt: 'E',
        slug: 'one',
        date: '2026-01-02T03:04:05',
      },
    });
    const { id } = result;
    const category = (await done(editor, 'terms.create', { taxonomy: 'category', name: `c${String(id)}` })).result;
    const changes = {
      title: 'New',
      content: '',
      slug: 'new',
      categories: [category['id']],
      sticky: true,
      format: 'aside',
    };
    await thereAndBack(`/wp/v2/posts/${String(id)}`, 'posts.update', { id, ...changes, comment_status: 'closed' });
    await thereAndBack(`/wp/v2/posts/${String(id)}`, 'posts.update', { id, date: '2020-01-02T03:04:05' });
    await thereAndBack(`/wp/v2/posts/${String(id)}`, 'posts.update', { id, author: paired.site.users.admin.id });
  });

  it.each(['posts', 'pages'])('%s: the status, with date and slug', async (plural) => {
    const { result } = await done(editor, `${plural}.create`, { title: 'No date' });
    const { id } = result;
    const route = `/wp/v2/${plural}/${String(id)}`;
    const floats = () =>
      paired.site.php(
        'global $wpdb; return $wpdb->get_var( $wpdb->prepare( "SELECT post_date_gmt FROM $wpdb->posts WHERE ID = %d", $args ) );',
        id,
      );
    expect(await floats()).toBe('0000-00-00 00:00:00');
    await thereAndBack(route, `${plural}.publish`, { id }, editor, false);
    expect(await floats()).toBe('0000-00-00 00:00:00');
    await thereAndBack(route, `${plural}.trash`, { id }, editor, false);
    expect(await floats()).toBe('0000-00-00 00:00:00');
    await done(editor, `${plural}.update`, { id, status: 'publish', date: '2026-01-02T03:04:05', slug: `s-${plural}` });
    await thereAndBack(route, `${plural}.trash`, { id });
    if (plural === 'posts') await thereAndBack(route, 'posts.update', { id, status: 'private' });
    await done(editor, `${plural}.trash`, { id });
    await thereAndBack(route, `${plural}.restore`, { id }, editor, false);
  });

  it('what was created goes to the trash, and comes out again when that is undone', async () => {
    const { callId, result } = await done(editor, 'posts.create', { title: 'A mistake', status: 'publish' });
    const undone = await undo(callId);
    expect(undone.body).toMatchObject({ status: 'executed', result: { id: result['id'], status: 'trash' } });
    expect(await seen(undone.body.callId)).toMatchObject({
      tool: 'posts.trash',
      undoOf: callId,
      undo: { possible: true },
    });
    expect((await undo(undone.body.callId)).body.result).toMatchObject({ id: result['id'], status: 'publish' });
  });

  it('the texts of a file, a term, the status of a comment, settings', async () => {
    const file = { filename: 'a.txt', content: Buffer.from('Hello').toString('base64'), title: 'Greeting' };
    const media = await done(editor, 'media.upload', file);
    const post = (await done(editor, 'posts.create', { title: 'P', status: 'publish' })).result;
    const change = { id: media.result['id'], title: 'x', alt_text: 'y', caption: 'z', post: post['id'] };
    await thereAndBack(`/wp/v2/media/${String(media.result['id'])}`, 'media.update', change);
    expect(codeOf(await undo(media.callId))).toBe('undo_impossible');

    const term = await done(editor, 'terms.create', { taxonomy: 'category', name: 'A & B', description: 'D' });
    const { id } = term.result;
    const renamed = { taxonomy: 'category', id, name: 'C', slug: 'c', description: '' };
    await thereAndBack(`/wp/v2/categories/${String(id)}`, 'terms.update', renamed);
    expect(codeOf(await undo(term.callId))).toBe('undo_impossible');
    expect(await seen(term.callId)).toMatchObject({ undo: { possible: false } });

    const comment = await paired.site.php(
      "return wp_insert_comment( array( 'comment_post_ID' => $args, 'comment_content' => 'x', 'comment_approved' => 1, 'comment_author_IP' => '192.0.2.1', 'comment_agent' => 'x' ) );",
      post['id'],
    );
    for (const status of ['hold', 'spam', 'trash'])
      await thereAndBack(`/wp/v2/comments/${String(comment)}`, 'comments.moderate', { id: comment, status });

    const settings = {
      title: 'Ours & theirs',
      posts_per_page: 3,
      timezone: 'Europe/Berlin',
      site_logo: media.result['id'],
    };
    await done(admin, 'settings.update', { site_logo: 0 });
    await thereAndBack('/wp/v2/settings', 'settings.update', settings, admin);
  });
});

describe('an undo', () => {
  it('refuses with what changed, leaves everything as it is, and is in the log', async () => {
    const { result } = await done(editor, 'posts.create', { title: 'One', content: 'Text' });
    const { id } = result;
    const { callId } = await done(editor, 'posts.update', { id, title: 'Two' });
    await paired.site.php("return wp_update_post( array( 'ID' => $args, 'post_excerpt' => 'By hand' ) );", id);
    const before = await state(`/wp/v2/posts/${String(id)}`);
    const refused = await undo(callId);
    expect([refused.status, refused.body]).toMatchObject([409, { code: 'undo_conflict' }]);
    expect(refused.body.changed).toContain('excerpt');
    expect(refused.body.changed).not.toContain('title');
    expect(await state(`/wp/v2/posts/${String(id)}`)).toEqual(before);
    expect(await entriesOf(refused.body.callId)).toMatchObject([
      { kind: 'call.decision', verdict: 'deny', code: 'undo_conflict', detail: { undoOf: callId } },
    ]);
  });

  it('asks nobody twice about settings that it does not touch', async () => {
    const { callId } = await done(admin, 'settings.update', { posts_per_page: 5 });
    await done(admin, 'settings.update', { start_of_week: 2 });
    expect(codeOf(await undo(callId, admin))).toBe('executed');
  });

  it('is decided like every call, and may be tried again when it was denied', async () => {
    const { callId, result } = await done(editor, 'posts.create', { title: 'Denied' });
    await paired.allow({
      tools: [{ id: 'all-but', effect: 'allow', match: { tools: ['posts.create', 'posts.update'] } }],
    });
    const denied = await undo(callId);
    expect([denied.status, denied.body.code]).toEqual([403, 'policy_tool_denied']);
    expect(await entriesOf(denied.body.callId)).toMatchObject([
      { tool: 'posts.trash', verdict: 'deny', detail: { undoOf: callId } },
    ]);
    await paired.allow();
    const dry = await undo(callId, editor, { dryRun: true });
    expect(dry.body).toMatchObject({ status: 'dry_run', decision: { effect: 'allow' } });
    expect((await undo(callId)).body.result).toMatchObject({ id: result['id'], status: 'trash' });
    expect((await entriesOf((await undo(callId)).body.callId)).map(({ kind }) => kind)).toEqual([
      'call.decision',
      'call.intent',
      'call.outcome',
    ]);
  });

  it('waits for people where the policy says so; a person does it at once, under their own name, over the bridge', async () => {
    const [one, two] = [
      await done(editor, 'posts.create', { title: '1' }),
      await done(editor, 'posts.create', { title: '2' }),
    ];
    await paired.allow({ tools: [{ id: 'all', effect: 'allow' }], mode: 'review' });
    const held = await undo(one.callId);
    expect([held.status, held.body.status]).toEqual([202, 'pending_approval']);
    expect((await undo(one.callId)).body).toEqual(held.body);
    const approve = `/v1/approvals/${held.body.approval.id}/approve`;
    const approved = await paired.send({ method: 'POST', path: approve, body: {}, user: paired.site.users.editor });
    expect(approved.body).toMatchObject({ status: 'executed', result: { id: one.result['id'], status: 'trash' } });
    expect(await seen(one.callId)).toMatchObject({ undo: { possible: false, callId: held.body.callId } });
    expect(await seen(held.body.callId)).toMatchObject({ undo: { possible: true } });

    const bridge = overTheBridge(paired.site);
    const byAdmin = await bridge('POST', `/calls/${two.callId}/undo`, { reason: 'A mistake' });
    expect(byAdmin.body).toMatchObject({ status: 'executed', result: { status: 'trash' } });
    const entries = await entriesOf(byAdmin.body.callId);
    expect(new Set(entries.map(({ userId }) => userId))).toEqual(new Set([paired.site.users.admin.id]));
    expect(entries[0]).toMatchObject({ verdict: 'ask', detail: { reason: 'A mistake', undoOf: two.callId } });
    expect((await bridge('GET', `/calls/${two.callId}`)).body).toMatchObject({ undo: { possible: false } });
    await paired.allow();
  });

  it('is nobody else’s: another agent, somebody who only looks, an agent without a signature', async () => {
    const { callId } = await done(editor, 'posts.create', { title: 'Mine' });
    expect(codeOf(await undo(callId, admin))).toBe('not_found');
    const path = `/v1/calls/${callId}/undo`;
    const author = await paired.site.createUser({ role: 'author' });
    expect(codeOf(await paired.send({ method: 'POST', path, body: {}, user: author }))).toBe('capability_missing');
    const unsigned = { login: editor.login, applicationPassword: editor.applicationPassword };
    expect(codeOf(await paired.send({ method: 'POST', path, body: {}, user: unsigned }))).toBe('signature_missing');
    expect(codeOf(await undo('call_00000000000000000000'))).toBe('not_found');
    expect(codeOf(await undo('nonsense'))).toBe('not_found');
  });

  it('runs once, however many ask at the same time', async () => {
    const { callId, result } = await done(editor, 'posts.create', { title: 'Once' });
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, count) => undo(callId, editor, { reason: String(count) })),
    );
    const codes = answers.map(codeOf).filter((code) => code !== 'executed' && code !== 'idempotency_in_progress');
    expect(codes).toEqual([]);
    const ids = new Set(answers.filter(({ status }) => status === 200).map(({ body }) => body.callId as string));
    expect(ids.size).toBe(1);
    const log = await paired.get(`/v1/audit?tool=posts.trash&entityId=${String(result['id'])}&kind=call.intent`);
    expect(log.body.items).toHaveLength(1);
  });

  it('keeps nothing readable, forgets a person when asked, and forgets by itself', async () => {
    const table = paired.db(`${paired.config.tablePrefix}ai_agent_pre_images`);
    const { result } = await done(editor, 'posts.create', { title: 'Keep a secret', content: 'A very private word' });
    const { callId } = await done(editor, 'posts.update', { id: result['id'], content: 'Other' });
    const [row] = (await table.clone().where({ id: callId })) as { sealed: string }[];
    expect(row?.sealed).toMatch(/^v1\.[0-9a-f]{8}\./);
    expect(JSON.stringify(row)).not.toContain('private');
    await table
      .clone()
      .where({ id: callId })
      .update({ created_at: new Date(Date.now() - 31 * 86_400_000) });
    expect(await paired.sidecar.purgePreImages()).toBe(1);
    expect(codeOf(await undo(callId))).toBe('undo_impossible');
    const erased = await paired.send({
      method: 'POST',
      path: '/v1/audit/erase',
      body: { userId: editor.userId },
      user: paired.site.users.admin,
    });
    expect(erased.body).toMatchObject({ records: { preImages: expect.any(Number) } });
    expect(await table.clone().where({ user_id: editor.userId })).toEqual([]);
  });

  it('is told of by GET /v1/tools, for every tool that changes something', async () => {
    const { items } = (await paired.send({ path: '/v1/tools', key: editor.key })).body as { items: Answer[] };
    for (const { name, effect, undo: said } of items) {
      const expected = effect === 'read' ? null : { possible: expect.any(Boolean), how: expect.any(String) };
      expect([name, said]).toEqual([name, expected]);
    }
  });
});
