import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { WORDPRESS_VERSIONS } from '../../../dev/wordpress-files.js';
import type { TestUser } from '../../support/stack.js';
import { loginCookie } from './login-cookie.js';
import { startFakeSidecar, type FakeSidecar } from './fake-sidecar.js';
import { basic, createPairedSite, ownLinesOfLog, type PairedSite } from './paired-site.js';
import { sessionHeaders } from '../../support/logged-in.js';

describe.each(WORDPRESS_VERSIONS)('what WordPress %s sends to the sidecar', (version) => {
  let site: PairedSite;
  let sidecar: FakeSidecar;
  beforeAll(async () => {
    site = await createPairedSite({ version });
    sidecar = await startFakeSidecar(site);
  }, 120_000);
  beforeEach(() => {
    sidecar.heard.length = 0;
    sidecar.answer = () => ({ body: '{}' });
  });
  afterAll(async () => {
    await sidecar.stop();
    await site.stop();
  });

  const ask = async (user: TestUser | undefined, path: string, init: RequestInit = {}) => {
    const headers = {
      ...(user === undefined ? {} : basic(user)),
      ...(init.headers as Record<string, string> | undefined),
    };
    const reply = await fetch(`${site.url}/wp-json/ai-agent/v1${path}`, { ...init, headers });
    return { status: reply.status, body: await reply.json(), headers: reply.headers };
  };
  const json = (body: unknown, more: Record<string, string> = {}): RequestInit => ({
    method: 'POST',
    headers: { 'content-type': 'application/json', ...more },
    body: JSON.stringify(body),
  });

  it('is signed for the user who asks, and handed back as it is', async () => {
    sidecar.answer = () => ({ status: 201, body: '{"version":3,"empty":{},"list":[],"text":"ü"}' });
    const { editor, admin } = site.users;
    const made = await ask(admin, '/policies', json({ document: { a: {} }, note: 'Ä' }, { 'idempotency-key': 'k-1' }));
    expect(made).toMatchObject({ status: 201, body: { version: 3, empty: {}, list: [], text: 'ü' } });
    expect(Array.isArray((made.body as { empty: unknown }).empty)).toBe(false);
    expect(sidecar.heard).toMatchObject([
      { verdict: 'ok', method: 'POST', target: '/v1/policies', body: '{"document":{"a":{}},"note":"Ä"}' },
    ]);
    expect(sidecar.heard[0]?.headers).toMatchObject({
      'ai-agent-acting-user': String(admin.id),
      'idempotency-key': 'k-1',
      'content-type': 'application/json',
      'signature-input': expect.stringContaining('"idempotency-key" "ai-agent-acting-user")'),
    });
    expect(sidecar.heard[0]?.headers).not.toHaveProperty('authorization');
    expect(sidecar.heard[0]?.headers).not.toHaveProperty('cookie');
    await ask(editor, '/policies/active');
    expect(sidecar.heard[1]).toMatchObject({
      verdict: 'ok',
      target: '/v1/policies/active',
      headers: { 'ai-agent-acting-user': String(editor.id) },
    });
  });

  it("can be narrowed and wrapped by WordPress's own parameters", async () => {
    sidecar.answer = () => ({ body: '{"a":1,"b":{"c":{}},"d":4}' });
    const wrapped = await ask(site.users.admin, '/policies?_fields=a,b.c&_embed=1&_envelope=1');
    expect(wrapped).toMatchObject({ status: 200, body: { status: 200, body: { a: 1, b: { c: {} } } } });
    expect((wrapped.body as { body: object }).body).not.toHaveProperty('d');
    expect(sidecar.heard).toMatchObject([{ target: '/v1/policies' }]);
  });

  it('keeps the query, and drops what was for WordPress', async () => {
    await ask(
      site.users.admin,
      `/audit?tool=posts.*&from=2026-01-01T00%3A00%3A00%2B01%3A00&q=a%20b%26c&_locale=user&_fields=a,b.c&_embed=1`,
    );
    expect(sidecar.heard).toMatchObject([
      { verdict: 'ok', target: '/v1/audit?tool=posts.%2A&from=2026-01-01T00%3A00%3A00%2B01%3A00&q=a%20b%26c' },
    ]);
    expect(await ask(site.users.admin, '/audit?a[]=1')).toMatchObject({
      status: 400,
      body: { code: 'request_malformed' },
    });
    expect(sidecar.heard).toHaveLength(1);
  });

  it.each<['GET' | 'POST', string, string]>([
    ['GET', '/policies', 'ai_agent_read_policies'],
    ['GET', '/policies/active', 'ai_agent_read_policies'],
    ['GET', '/policies/12', 'ai_agent_read_policies'],
    ['GET', '/policies/diff?from=1&to=2', 'ai_agent_read_policies'],
    ['POST', '/policies', 'ai_agent_manage_policies'],
    ['POST', '/policies/12/activate', 'ai_agent_manage_policies'],
    ['POST', '/policies/validate', 'ai_agent_read_policies'],
    ['POST', '/policies/test', 'ai_agent_read_policies'],
    ['POST', '/policies/replay', 'ai_agent_manage_policies'],
    ['GET', '/audit', 'ai_agent_view_logs'],
    ['GET', '/audit/7', 'ai_agent_view_logs'],
    ['GET', '/audit/verify', 'ai_agent_view_logs'],
  ])('needs, for %s %s, the capability %s', async (method, path, capability) => {
    const init = method === 'POST' ? json({}) : {};
    const user = await site.createUser({ role: 'subscriber' });
    expect(await ask(undefined, path, init)).toMatchObject({ status: 401, body: { code: 'credentials_missing' } });
    expect(await ask(user, path, init)).toMatchObject({ status: 403, body: { code: 'capability_missing' } });
    await site.php('( new WP_User( $args[0] ) )->add_cap( $args[1] );', [user.id, capability]);
    expect(await ask(user, path, init)).toMatchObject({ status: 200 });
    expect(sidecar.heard).toMatchObject([{ verdict: 'ok', method, target: `/v1${path}` }]);
    await site.bind(user, true);
    expect(await ask(user, path, init)).toMatchObject({ status: 403 });
    expect(sidecar.heard).toHaveLength(1);
  });

  it.each([
    '/agents',
    `/agents/agt_${'a'.repeat(20)}/password`,
    `/agents/agt_${'a'.repeat(20)}/keys`,
    `/agents/agt_${'a'.repeat(20)}/keys/key_a/rotate`,
    `/agents/agt_${'a'.repeat(20)}/keys/key_a/revoke`,
    '/secrets/bridge_key_to_sidecar/rotate',
    '/webhook-sources',
    '/webhook-endpoints/whe_a/rotate',
  ])(
    'makes and replaces keys and secrets for those who are logged in, not with an application password: %s',
    async (path) => {
      const { admin } = site.users;
      expect(await ask(admin, path, json({}))).toMatchObject({ status: 403, body: { code: 'login_required' } });
      const { cookie, ...nonce } = await sessionHeaders(site, admin);
      expect((await ask(undefined, path, json({}, { cookie }))).status).toBe(401);
      expect((await ask(admin, path, json({}, { cookie }))).status).toBeGreaterThanOrEqual(401);
      expect(sidecar.heard).toEqual([]);
      expect((await ask(undefined, path, json({}, { cookie, ...nonce }))).status).toBe(200);
      expect(sidecar.heard).toMatchObject([{ verdict: 'ok', target: `/v1${path}` }]);
    },
  );

  it('asks for the login however the address is written: WordPress takes capitals too', async () => {
    const reply = await fetch(`${site.url}/wp-json/AI-Agent/v1/agents`, { ...json({}, basic(site.users.admin)) });
    expect({ status: reply.status, body: await reply.json() }).toMatchObject({
      status: 403,
      body: { code: 'login_required' },
    });
    expect(sidecar.heard).toEqual([]);
  });

  it.each(['/execute', '/policies/0', '/policies/1/other', '/secrets/Bridge-Key/rotate', '/pairing'])(
    'is nothing for %s',
    async (path) => {
      expect(await ask(site.users.admin, path)).toMatchObject({ status: 404, body: { code: 'rest_no_route' } });
      expect(sidecar.heard).toHaveLength(0);
    },
  );

  it('is nothing for the sidecar itself: it would ask in a circle', async () => {
    expect(await site.call({ path: '/wp-json/ai-agent/v1/policies', as: site.users.admin.id })).toMatchObject({
      status: 401,
    });
    expect(sidecar.heard).toHaveLength(0);
  });

  it('takes a cookie with its nonce, and no cookie without', async () => {
    const cookie = await loginCookie(site);
    expect(await ask(undefined, '/policies', { headers: { cookie } })).toMatchObject({ status: 401 });
    const page = await (await fetch(`${site.url}/wp-admin/post-new.php`, { headers: { cookie } })).text();
    const nonce = /createNonceMiddleware\( "([0-9a-f]+)"/.exec(page)?.[1] ?? '';
    expect(await ask(undefined, '/policies', { headers: { cookie, 'x-wp-nonce': nonce } })).toMatchObject({
      status: 200,
    });
    expect(sidecar.heard).toMatchObject([
      { verdict: 'ok', headers: { 'ai-agent-acting-user': String(site.users.admin.id) } },
    ]);
  });

  it('hands problems on with their status', async () => {
    const problem = { type: 'about:blank', title: 'x', status: 429, code: 'rate_limited' };
    const headers = {
      'content-type': 'application/problem+json',
      'retry-after': '7',
      ratelimit: '"a";r=0;t=7',
      'set-cookie': 'a=b',
    };
    sidecar.answer = () => ({ status: 429, headers, body: JSON.stringify(problem) });
    const answer = await ask(site.users.admin, '/policies');
    expect(answer).toMatchObject({ status: 429, body: problem });
    expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expect(answer.headers.get('retry-after')).toBe('7');
    expect(answer.headers.get('set-cookie')).toBeNull();
  });

  it('follows no redirect, and takes nothing for an answer that is none', async () => {
    const elsewhere = { location: `${sidecar.url}/v1/elsewhere`, 'content-type': 'text/html' };
    sidecar.answer = () => ({ status: 302, headers: elsewhere, body: '<p>' });
    expect(await ask(site.users.admin, '/policies')).toMatchObject({
      status: 502,
      body: { code: 'sidecar_answer_unknown' },
    });
    sidecar.answer = () => ({ headers: { 'content-type': 'text/html' }, body: '{}' });
    expect(await ask(site.users.admin, '/policies')).toMatchObject({
      status: 502,
      body: { code: 'sidecar_answer_unknown' },
    });
    sidecar.answer = () => ({ headers: { 'content-type': 'application/json' }, body: '{' });
    expect(await ask(site.users.admin, '/policies')).toMatchObject({
      status: 502,
      body: { code: 'sidecar_answer_unknown' },
    });
    expect(sidecar.heard).toHaveLength(3);
  });

  const health = (test: 'test_pairing' | 'test_sidecar' | 'test_application_passwords', as = site.users.admin.id) =>
    site.php(
      `wp_set_current_user( $args['as'] );
       require_once ABSPATH . 'wp-admin/includes/admin.php';
       $tests = WP_Site_Health::get_tests();
       foreach ( array( 'direct', 'async' ) as $kind ) { foreach ( $tests[ $kind ] as $test ) {
         $callback = $test['async_direct_test'] ?? $test['test'];
         if ( is_array( $callback ) && $args['test'] === $callback[1] && 0 === strpos( get_class( $callback[0] ), 'Chaperone' ) ) { return call_user_func( $callback ); }
       } }`,
      { test, as },
    );

  it('complains of nothing in the check that WP-Cron makes, where nobody is logged in', async () => {
    const counts = await site.php(
      `add_filter( 'site_status_tests', function ( $tests ) {
         foreach ( array( 'direct', 'async' ) as $kind ) {
           $tests[ $kind ] = array_filter( $tests[ $kind ], function ( $name ) { return 0 === strpos( $name, 'ai_agent_' ); }, ARRAY_FILTER_USE_KEY );
         }
         return $tests;
       }, PHP_INT_MAX );
       require_once ABSPATH . 'wp-admin/includes/class-wp-site-health.php';
       wp_set_current_user( 0 );
       WP_Site_Health::get_instance()->wp_cron_scheduled_check();
       return json_decode( get_transient( 'health-check-site-status-result' ) );`,
    );
    expect(counts).toEqual({ good: 2, recommended: 0, critical: 0 });
    expect(await health('test_sidecar', 0)).toMatchObject({
      status: 'good',
      label: expect.stringContaining('not asked'),
    });
    expect(sidecar.heard).toEqual([]);
  });

  it('shows in Site Health', async () => {
    const now = (shift = 0) =>
      JSON.stringify({ ok: true, time: new Date(Date.now() + shift * 1000).toISOString(), version: '0.1.0' });
    sidecar.answer = () => ({ body: now() });
    expect(await health('test_pairing')).toMatchObject({ status: 'good' });
    expect(await health('test_application_passwords')).toMatchObject({ status: 'good' });
    expect(await health('test_sidecar')).toMatchObject({ status: 'good' });
    expect(sidecar.heard).toMatchObject([{ verdict: 'ok', target: '/v1/pairing' }]);
    sidecar.answer = () => ({ body: now(-45) });
    expect(await health('test_sidecar')).toMatchObject({
      status: 'critical',
      description: expect.stringContaining('clocks'),
    });
    sidecar.answer = () => ({ status: 401, body: '{"code":"signature_invalid"}' });
    expect(await health('test_sidecar')).toMatchObject({
      status: 'critical',
      description: expect.stringContaining('doctor'),
    });
    const route = '/site-health/sidecar';
    expect(await ask(site.users.editor, route)).toMatchObject({ status: 403 });
    expect(await ask(site.users.admin, route)).toMatchObject({
      status: 200,
      body: { test: 'ai_agent_sidecar', status: 'critical' },
    });
  });

  it('shows in the debug information, without secrets', async () => {
    const section = JSON.stringify(
      await site.php(`require_once ABSPATH . 'wp-admin/includes/admin.php';
        if ( ! class_exists( 'WP_Debug_Data' ) ) { require_once ABSPATH . 'wp-admin/includes/class-wp-debug-data.php'; }
        return apply_filters( 'debug_information', array() );`),
    );
    const key = await site.key('to_sidecar');
    expect(section).toContain(key.id);
    expect(section).toContain(JSON.stringify(sidecar.url).slice(1, -1).replaceAll('/', '/'));
    expect(section).not.toContain(site.kek);
    if (key.algorithm === 'hmac-sha256')
      expect(section).not.toContain(Buffer.from(key.secret.reveal()).toString('base64'));
  });

  it('makes nothing of this plugin appear in the log of PHP', () => {
    expect(ownLinesOfLog(site)).toEqual([]);
  });

  it('is a clear refusal while nobody answers, and while nothing is paired', async () => {
    await sidecar.stop();
    expect(await ask(site.users.admin, '/policies')).toMatchObject({
      status: 502,
      body: { code: 'sidecar_unreachable', message: expect.stringContaining('chaperone doctor') },
    });
    expect(await health('test_sidecar')).toMatchObject({
      status: 'critical',
      description: expect.stringContaining('reached'),
    });
    const options = `${site.database.tablePrefix}options`;
    await site.knex.raw(
      "UPDATE ?? SET option_value = REPLACE(option_value, 'http://127.0.0.1', 'http://192.0.2.1') WHERE option_name = 'ai_agent_sidecar'",
      [options],
    );
    expect(await ask(site.users.admin, '/policies')).toMatchObject({
      status: 503,
      body: { code: 'sidecar_not_paired' },
    });
    expect(await health('test_pairing')).toMatchObject({
      status: 'critical',
      description: expect.stringContaining('https'),
    });
    await site.knex.raw("DELETE FROM ?? WHERE option_name LIKE 'ai\\_agent\\_k%'", [options]);
    expect(await health('test_pairing')).toMatchObject({
      status: 'recommended',
      description: expect.stringContaining('chaperone init'),
    });
    expect(await health('test_sidecar')).toMatchObject({ status: 'recommended' });
  });
});
