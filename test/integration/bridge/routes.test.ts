import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { WORDPRESS_VERSIONS } from '../../../dev/wordpress-files.js';
import { basic, createPairedSite, type PairedSite } from './paired-site.js';

const QUESTIONS = '/?rest_route=/ai-agent/v1/bridge/questions';
const ACCOUNTS = '/wp-json/ai-agent/v1/bridge/accounts';

describe.each(WORDPRESS_VERSIONS)("the bridge's routes on WordPress %s", (version) => {
  let site: PairedSite;
  beforeAll(async () => {
    site = await createPairedSite({
      version,
      timeZone: 'Europe/Berlin',
      constants: { WP_DEBUG_DISPLAY: true },
    });
  }, 120_000);
  afterAll(() => site.stop());

  it.each([
    '/bridge/status',
    '/bridge/questions',
    '/bridge/accounts',
    '/bridge/passwords',
    '/bridge/uploads',
    '/bridge/mail',
  ])('answer nobody but the sidecar at %s', async (route) => {
    const method = /status|uploads/.test(route) ? 'GET' : 'POST';
    const body = method === 'POST' ? { body: '{}' } : {};
    for (const headers of [{}, basic(site.users.admin)]) {
      const reply = await fetch(`${site.url}/wp-json/ai-agent/v1${route}`, {
        method,
        headers: { ...headers, 'content-type': 'application/json' },
        ...body,
      });
      expect(await reply.json()).toMatchObject(
        method === 'GET'
          ? { code: 'signature_missing', data: { status: 401 } }
          : { code: expect.stringMatching(/^(signature_missing|rest_missing_callback_param)$/) },
      );
      expect(reply.status).toBeGreaterThanOrEqual(400);
    }
  });

  it("tell the site's status", async () => {
    const before = Math.floor(Date.now() / 1000);
    const { status, body } = await site.call({ path: '/wp-json/ai-agent/v1/bridge/status' });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      bridgeVersion: '0.1.0',
      wordpressVersion: expect.stringMatching(new RegExp(`^${version.replace('.', '\\.')}`)),
      phpVersion: expect.stringMatching(/^\d+\.\d+/),
      multisite: false,
      environmentType: 'local',
      restRoot: `${site.url}/wp-json/`,
      timeZone: 'Europe/Berlin',
      applicationPasswordsAvailable: true,
      blogId: 1,
      tables: { users: 'wp_users', usermeta: 'wp_usermeta', options: 'wp_options', sitemeta: null },
      basePrefix: 'wp_',
      blogPrefix: 'wp_',
      superAdmins: [],
      objectCache: false,
    });
    const { time } = body as { time: number };
    expect(time - before).toBeGreaterThanOrEqual(0);
    expect(time - before).toBeLessThan(10);
  });

  it('answer questions per object, in order, and say no to what does not exist', async () => {
    const author = await site.createUser({ role: 'author' });
    const post = { title: 'Mine', status: 'draft' };
    const mine = (await site.call({ method: 'POST', path: '/wp-json/wp/v2/posts', as: author.id, body: post }))
      .body as { id: number };
    const theirs = (await site.call({ method: 'POST', path: '/wp-json/wp/v2/posts', as: 1, body: post })).body as {
      id: number;
    };
    const body = {
      questions: [
        {
          userId: author.id,
          checks: [
            { capability: 'edit_post', objects: [mine.id] },
            { capability: 'edit_post', objects: [theirs.id] },
            { capability: 'edit_post', objects: [999_999] },
            { capability: 'edit_post' },
            { capability: 'publish_posts', objects: [] },
            { capability: 'edit_user', objects: [author.id] },
            { capability: 'edit_term', objects: [1] },
            { capability: 'edit_post_meta', objects: [mine.id, 'some_key'] },
            { capability: 'no_such_capability' },
          ],
        },
        { userId: 999_999, checks: [{ capability: 'read' }, { capability: 'exist' }] },
        { userId: 1, checks: [{ capability: 'manage_options' }, { capability: 'do_not_allow' }] },
      ],
    };
    expect(await site.call({ method: 'POST', path: QUESTIONS, body })).toMatchObject({
      status: 200,
      body: {
        answers: [
          {
            exists: true,
            applicationPasswordsAvailable: true,
            checks: [true, false, false, false, true, true, false, true, false],
          },
          { exists: false, applicationPasswordsAvailable: false, checks: [false, false] },
          { exists: true, applicationPasswordsAvailable: true, checks: [true, false] },
        ],
      },
    });
  });

  it.each([
    ['none', {}],
    ['no list', { questions: 'all' }],
    ['too many', { questions: Array.from({ length: 101 }, () => ({ userId: 1, checks: [] })) }],
    [
      'too many checks',
      { questions: [{ userId: 1, checks: Array.from({ length: 51 }, () => ({ capability: 'read' })) }] },
    ],
    ['no user', { questions: [{ checks: [] }] }],
    ['a user that is no number', { questions: [{ userId: 'admin', checks: [] }] }],
    ['a check without a capability', { questions: [{ userId: 1, checks: [{}] }] }],
    ['an object that is a list', { questions: [{ userId: 1, checks: [{ capability: 'read', objects: [[1]] }] }] }],
    ['a member that is not known', { questions: [{ userId: 1, checks: [], more: 1 }] }],
  ])('refuse questions with %s', async (_what, body) => {
    const answer = await site.call({ method: 'POST', path: QUESTIONS, body });
    expect(answer).toMatchObject({
      status: 400,
      body: { code: expect.stringMatching(/^rest_(invalid|missing_callback)_param$/) },
    });
  });

  it('answer many questions at once', async () => {
    const checks = Array.from({ length: 50 }, () => ({ capability: 'edit_post', objects: [1] }));
    const body = { questions: Array.from({ length: 100 }, () => ({ userId: 1, checks })) };
    const { status, body: answer } = await site.call({ method: 'POST', path: QUESTIONS, body });
    expect(status).toBe(200);
    expect((answer as { answers: { checks: boolean[] }[] }).answers.flatMap((each) => each.checks).length).toBe(5_000);
  });

  it('make a service account, once', async () => {
    const account = { login: 'helper', displayName: 'The <b>helper</b>' };
    const made = await site.call({ method: 'POST', path: ACCOUNTS, body: account });
    expect(made).toMatchObject({
      status: 201,
      body: { login: 'helper', applicationPassword: expect.stringMatching(/^[A-Za-z0-9]{24}$/) },
    });
    expect(made.headers.get('cache-control')).toBe('no-store');
    const { userId, applicationPassword } = made.body as { userId: number; applicationPassword: string };
    expect(await site.php('$u = get_userdata( $args ); return array( $u->roles, $u->display_name );', userId)).toEqual([
      ['ai_agent'],
      'The helper',
    ]);
    const own = await site.php(
      'foreach ( WP_Application_Passwords::get_user_application_passwords( $args[0] ) as $item ) { return class_exists( "WP_Application_Passwords" ) && method_exists( "WP_Application_Passwords", "check_password" ) ? WP_Application_Passwords::check_password( $args[1], $item["password"] ) : wp_check_password( $args[1], $item["password"] ); }',
      [userId, applicationPassword],
    );
    expect(own).toBe(true);
    expect(await site.call({ method: 'POST', path: ACCOUNTS, body: account })).toMatchObject({
      status: 409,
      body: { code: 'account_exists' },
    });
    const sameAddress = { login: 'helper2', displayName: 'x', email: 'admin@example.org' };
    expect(await site.call({ method: 'POST', path: ACCOUNTS, body: sameAddress })).toMatchObject({
      status: 409,
      body: { code: 'account_exists' },
    });
  });

  it.each([
    ['a name with markup', { login: '<b>x</b>', displayName: 'x' }, 422],
    ['a name with an accent', { login: 'é', displayName: 'x' }, 422],
    ['an empty name', { login: '', displayName: 'x' }, 400],
    ['a name too long', { login: 'x'.repeat(61), displayName: 'x' }, 400],
    ['no display name', { login: 'helper3' }, 400],
    ['an address that is none', { login: 'helper3', displayName: 'x', email: 'x' }, 400],
  ])('refuse an account with %s', async (_what, body, status) => {
    expect(await site.call({ method: 'POST', path: ACCOUNTS, body })).toMatchObject({ status });
  });

  it('see application passwords being switched off, and questions that a plugin fails at', async () => {
    await site.php(
      `
      $folder = WP_CONTENT_DIR . '/mu-plugins';
      wp_mkdir_p( $folder );
      return file_put_contents( $folder . '/rude.php', $args );`,
      RUDE_PLUGIN,
    );
    const body = {
      questions: [
        { userId: 1, checks: ['rude_throws', 'rude_prints', 'manage_options'].map((capability) => ({ capability })) },
      ],
    };
    expect(await site.call({ method: 'POST', path: QUESTIONS, body })).toMatchObject({
      status: 200,
      body: { answers: [{ exists: true, applicationPasswordsAvailable: false, checks: [false, true, true] }] },
    });
    await site.php("return unlink( WP_CONTENT_DIR . '/mu-plugins/rude.php' );");
  });
});

const RUDE_PLUGIN = `<?php
add_filter( 'wp_is_application_passwords_available_for_user', '__return_false' );
add_filter( 'user_has_cap', function ( $all, $caps ) {
  if ( in_array( 'rude_throws', $caps, true ) ) { throw new Exception( 'no' ); }
  if ( in_array( 'rude_prints', $caps, true ) ) { echo '<b>Notice</b>'; trigger_error( 'rude' ); $all['rude_prints'] = true; }
  return $all;
}, 10, 2 );
`;
