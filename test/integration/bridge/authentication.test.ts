import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { WORDPRESS_VERSIONS } from '../../../dev/wordpress-files.js';
import { loginCookie } from './login-cookie.js';
import { basic, createPairedSite, send, strangersKey, type Call, type PairedSite } from './paired-site.js';

const me = '/wp-json/wp/v2/users/me?context=edit';

describe.each(WORDPRESS_VERSIONS)('signed requests to WordPress %s', (version) => {
  let site: PairedSite;
  beforeAll(async () => {
    site = await createPairedSite({ version });
  }, 120_000);
  afterAll(() => site.stop());

  const refused = (code: string, status = 401) => ({ status, body: { code, data: { status } } });

  it.each([
    '/wp-json/wp/v2/users/me?context=edit',
    '/?rest_route=/wp/v2/users/me&context=edit',
    '/index.php?rest_route=%2Fwp%2Fv2%2Fusers%2Fme',
  ])('act as exactly the user that they name, at %s', async (path) => {
    for (const user of [site.users.editor, site.users.admin]) {
      expect(await site.call({ path, as: user.id })).toMatchObject({ status: 200, body: { id: user.id } });
    }
  });

  it("are held to that user's capabilities, and write under its name", async () => {
    const author = await site.createUser({ role: 'author' });
    const post = { title: 'Rain & sun', content: '<p>Ä</p>', status: 'draft' };
    const made = await site.call({ method: 'POST', path: '/wp-json/wp/v2/posts', as: author.id, body: post });
    expect(made).toMatchObject({ status: 201, body: { author: author.id, status: 'draft' } });
    const { id } = made.body as { id: number };
    const reader = await site.createUser({ role: 'subscriber' });
    const denied = await site.call({
      method: 'POST',
      path: `/wp-json/wp/v2/posts/${id}`,
      as: reader.id,
      body: { title: 'x' },
    });
    expect(denied).toMatchObject({ status: 403, body: { code: 'rest_cannot_edit' } });
    expect(await site.call({ method: 'DELETE', path: `/wp-json/wp/v2/posts/${id}`, as: author.id })).toMatchObject({
      status: 200,
    });
  });

  it('are not taken for a cookie or a password that comes with them', async () => {
    const cookie = await loginCookie(site);
    const call: Call = { path: me, as: site.users.editor.id, unsigned: { cookie } };
    expect(await site.call(call)).toMatchObject({ status: 200, body: { id: site.users.editor.id } });
    const withWrongNonce: Call = { ...call, unsigned: { cookie, 'x-wp-nonce': 'wrong' } };
    expect(await site.call(withWrongNonce)).toMatchObject({ status: 200, body: { id: site.users.editor.id } });
    const covered = { path: me, as: site.users.editor.id, headers: basic(site.users.admin) };
    expect(await site.call(covered)).toMatchObject({ status: 200, body: { id: site.users.editor.id } });
    const stale = { ...call, created: Math.floor(Date.now() / 1000) - 400 };
    expect(await site.call(stale)).toMatchObject(refused('signature_stale'));
    expect(await site.call({ ...covered, key: strangersKey('other') })).toMatchObject(refused('signature_invalid'));
  });

  it('work once', async () => {
    const call: Call = { path: me, as: site.users.editor.id };
    const headers = site.sign(call);
    expect(await send(site.url, call, headers)).toMatchObject({ status: 200 });
    expect(await send(site.url, call, headers)).toMatchObject(refused('signature_replayed'));
    const rounds = await Promise.all(Array.from({ length: 8 }, async () => sendTwelve(call)));
    expect(rounds.map((statuses) => statuses.filter((status) => status === 200).length)).toEqual(Array(8).fill(1));
  });

  async function sendTwelve(call: Call): Promise<readonly number[]> {
    const headers = site.sign(call);
    const answers = await Promise.all(Array.from({ length: 3 }, () => send(site.url, call, headers)));
    return answers.map(({ status }) => status);
  }

  it('carry a call out once, while it runs, however often it is signed, and write down how it ended', async () => {
    const idOf = (letter: string): string => `call_${letter.repeat(19)}${version.replace(/\D/g, '').slice(-1)}`;
    const row = (letter: string, state: string): Promise<unknown> =>
      site.php(
        `global $wpdb; return $wpdb->query( $wpdb->prepare( "INSERT INTO {$wpdb->base_prefix}ai_agent_calls
          (id, agent_id, user_id, request_digest, tool, state, arrival, created_at, updated_at)
          VALUES (%s, 'a', 1, '', 'posts.create', %s, 'awaited', NOW(), NOW())", $args ) );`,
        [idOf(letter), state],
      );
    const create = (letter: string, as = site.users.editor.id): Call => ({
      method: 'POST',
      path: '/wp-json/wp/v2/posts',
      as,
      body: { title: idOf(letter) },
      headers: { 'ai-agent-call': idOf(letter) },
    });
    const posts = (letter: string) =>
      site.php(
        'return get_posts( array( "title" => $args, "post_status" => "any", "fields" => "ids" ) );',
        idOf(letter),
      ) as Promise<number[]>;
    const ended = (letter: string) =>
      site.php(
        `global $wpdb; return $wpdb->get_row( $wpdb->prepare( "SELECT arrival, wordpress_status AS status, wordpress_code AS code,
          wordpress_object AS object FROM {$wpdb->base_prefix}ai_agent_calls WHERE id = %s", $args ) );`,
        idOf(letter),
      );
    await row('a', 'running');
    const statuses = await Promise.all(Array.from({ length: 3 }, async () => (await site.call(create('a'))).status));
    expect(statuses.sort()).toEqual([201, 401, 401]);
    expect(await site.call(create('a'))).toMatchObject(refused('signature_replayed'));
    const made = await posts('a');
    expect(made).toHaveLength(1);
    expect(await ended('a')).toEqual({ arrival: 'ended', status: '201', code: null, object: String(made[0]) });
    await row('b', 'running');
    await site.call(create('b', (await site.createUser({ role: 'subscriber' })).id));
    expect(await ended('b')).toEqual({ arrival: 'ended', status: '403', code: 'rest_cannot_create', object: null });
    await row('c', 'unknown');
    for (const nobodyAwaits of ['c', 'd']) {
      expect(await site.call(create(nobodyAwaits))).toMatchObject(refused('signature_replayed'));
      expect(await posts(nobodyAwaits)).toEqual([]);
    }
  });

  it.each<[string, Partial<Call>, string]>([
    [
      'a call that the signature does not cover',
      { unsigned: { 'ai-agent-call': `call_${'8'.repeat(20)}` } },
      'signature_coverage',
    ],
    ['a call that is no id', { headers: { 'ai-agent-call': "call_' OR 1" } }, 'request_malformed'],
    ['an unknown key', { key: strangersKey('bridge_to_wordpress_0') }, 'signature_invalid'],
    ['an old signature', { created: Math.floor(Date.now() / 1000) - 331 }, 'signature_stale'],
    ['one from the future', { created: Math.floor(Date.now() / 1000) + 3_600 }, 'signature_stale'],
    ['no acting user', { as: undefined }, 'signature_coverage'],
    ['an acting user added later', { as: undefined, unsigned: { 'ai-agent-acting-user': '1' } }, 'signature_coverage'],
    ['two acting users', { unsigned: { 'ai-agent-acting-user': '1' } }, 'request_malformed'],
    ['an acting user that is no id', { as: '1 OR 1' }, 'request_malformed'],
    ['a negative acting user', { as: '-1' }, 'request_malformed'],
    ['an acting user that does not exist', { as: 999_999 }, 'credentials_invalid'],
    ['nobody as the acting user', { as: 0 }, 'request_malformed'],
    ['credentials added later', { unsigned: { authorization: 'Basic YTpi' } }, 'signature_coverage'],
    ['another method in a header', { unsigned: { 'x-http-method-override': 'DELETE' } }, 'request_malformed'],
    ['a second signature', { unsigned: { 'signature-input': 'b=("@method");tag="ai-agent"' } }, 'request_malformed'],
  ])('are refused with %s', async (_case, change, code) => {
    expect(await site.call({ path: me, as: site.users.admin.id, ...change })).toMatchObject(refused(code));
  });

  it.each<[string, (call: Call) => Call, string]>([
    ['method', (call) => ({ ...call, method: 'PUT' }), 'signature_invalid'],
    ['path', (call) => ({ ...call, path: call.path.replace('posts', 'pages') }), 'signature_invalid'],
    ['query', (call) => ({ ...call, path: `${call.path}&status=publish` }), 'signature_invalid'],
    ['body', (call) => ({ ...call, body: { title: 'two' } }), 'digest_mismatch'],
  ])('are refused when the %s was changed on the way', async (_what, change, code) => {
    const call: Call = {
      method: 'POST',
      path: '/wp-json/wp/v2/posts?context=edit',
      as: site.users.admin.id,
      body: { title: 'one' },
    };
    expect(await send(site.url, change(call), site.sign(call))).toMatchObject(refused(code));
  });

  it('are refused, and not taken for anonymous ones, on open routes too', async () => {
    const open = '/wp-json/wp/v2/posts';
    expect(await site.call({ path: open, as: 1, key: strangersKey('x') })).toMatchObject(refused('signature_invalid'));
    expect((await fetch(site.url + open)).status).toBe(200);
  });

  it('make nobody anyone outside the REST API', async () => {
    for (const path of ['/wp-admin/', '/wp-admin/profile.php', '/']) {
      const reply = await fetch(site.url + path, {
        redirect: 'manual',
        headers: site.sign({ path, as: site.users.admin.id }).map(([name, value]): [string, string] => [name, value]),
      });
      expect(reply.status).toBe(path === '/' ? 200 : 302);
      expect(await reply.text()).not.toContain('wpadminbar');
    }
  });

  it('leave signatures of other applications alone', async () => {
    const headers = { 'signature-input': 'a=("@method");tag="web-bot-auth"', signature: 'a=:AA==:' };
    expect((await fetch(`${site.url}/wp-json/wp/v2/posts`, { headers })).status).toBe(200);
    const reply = await fetch(`${site.url}${me}`, { headers: { ...headers, ...basic(site.users.editor) } });
    expect(await reply.json()).toMatchObject({ id: site.users.editor.id });
  });

  it('are refused when the nonces are out of reach, and when the keys are', async () => {
    const call: Call = { path: me, as: site.users.admin.id };
    const prefix = site.database.tablePrefix;
    await site.knex.raw(`RENAME TABLE ${prefix}ai_agent_nonces TO ${prefix}away`);
    expect(await site.call(call)).toMatchObject(refused('database_unavailable', 503));
    await site.knex.raw(`RENAME TABLE ${prefix}away TO ${prefix}ai_agent_nonces`);
    await site.knex.raw(
      `UPDATE ${prefix}options SET option_name = 'away' WHERE option_name = 'ai_agent_key_to_wordpress'`,
    );
    expect(await site.call(call)).toMatchObject(refused('signature_invalid'));
    await site.knex.raw(
      `UPDATE ${prefix}options SET option_name = 'ai_agent_key_to_wordpress' WHERE option_name = 'away'`,
    );
    expect(await site.call(call)).toMatchObject({ status: 200 });
  });

  it("can't be made with the key of the other direction", async () => {
    const key = await site.key('to_sidecar');
    expect(await site.call({ path: me, as: 1, key })).toMatchObject(refused('signature_invalid'));
  });
});
