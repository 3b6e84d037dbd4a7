import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { nginxProgram } from '../../../dev/nginx.js';
import { projectRoot } from '../../../dev/paths.js';
import { freePort } from '../../../dev/ports.js';
import { until } from '../../../dev/proc.js';
import { start, type Running } from '../../../dev/processes.js';
import { httpRequest, type TestAnswer, type TestRequest } from '../../support/http-request.js';
import { pairedSite, type PairedSite } from '../../support/paired-site.js';
import { runFolder } from '../../support/stack.js';

/** docs/waf/nginx.conf as it stands, in a real nginx, before a real sidecar and a real WordPress. */
describe('the nginx of docs/waf.md', () => {
  let site: PairedSite;
  let nginx: Running;
  const ports = { agents: 0, www: 0 };

  beforeAll(async () => {
    const [program, paired] = await Promise.all([
      nginxProgram(),
      pairedSite({ sidecarEnv: { CHAPERONE_TRUSTED_PROXIES: '127.0.0.1/32' } }),
    ]);
    site = paired;
    ports.agents = await freePort();
    ports.www = await freePort();
    mkdirSync(join(runFolder(), 'nginx'), { recursive: true });
    const folder = mkdtempSync(join(runFolder(), 'nginx', 'server-'));
    writeFileSync(join(folder, 'nginx.conf'), configuration(folder));
    const log = join(folder, 'log');
    nginx = start(runFolder(), program, ['-p', folder, '-c', join(folder, 'nginx.conf'), '-e', log], { log });
    const answers = (): Promise<boolean> =>
      to('agents', { path: '/' }).then(
        () => true,
        () => false,
      );
    if (!(await until(answers, 10_000))) throw new Error(readFileSync(log, 'utf8'));
  }, 120_000);
  afterAll(async () => {
    await nginx.stop(5_000);
    await site.stop();
  });

  /** The file with this test's addresses in place of its examples; nothing else is changed. */
  function configuration(folder: string): string {
    const listening = [ports.agents, ports.www];
    const snippet = readFileSync(join(projectRoot(), 'docs', 'waf', 'nginx.conf'), 'utf8')
      .replaceAll(/listen 443 ssl;/g, () => `listen 127.0.0.1:${listening.shift() ?? 0};`)
      .replaceAll(/ *ssl_certificate(_key)? .*\n/g, '')
      .replace('server 127.0.0.1:8787;', `server ${new URL(site.url).host};`)
      .replace('server 127.0.0.1:8080;', `server ${new URL(site.site.url).host};`);
    const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
      (name) => `${name}_temp_path ${join(folder, name)};`,
    );
    return [
      'daemon off; master_process off;',
      `pid ${join(folder, 'pid')};`,
      'events { worker_connections 256; }',
      `http { access_log off; ${temporary.join(' ')}`,
      snippet,
      '}',
    ].join('\n');
  }

  /** As a browser or agent would send it: to nginx, with the Host that stands before everything. */
  function to(server: keyof typeof ports, request: TestRequest): Promise<TestAnswer> {
    const behind = server === 'agents' ? site.url : site.site.url;
    return httpRequest(`http://127.0.0.1:${ports[server]}`, {
      ...request,
      signedFor: behind,
      unsigned: [['Host', new URL(behind).host], ...(request.unsigned ?? [])],
    });
  }
  const call = (body: unknown, more: Partial<TestRequest> = {}): Promise<TestAnswer> =>
    to('agents', { method: 'POST', path: '/v1/execute', key: site.agent.key, body, ...more });

  it('hands a signed call on with host and body untouched, and never a claimed address', async () => {
    const made = await call(
      { tool: 'posts.create', args: { title: 'Ümläut & "quotes"', status: 'draft' } },
      { unsigned: [['X-Forwarded-For', '203.0.113.66']] },
    );
    expect(made).toMatchObject({ status: 200, body: { status: 'executed' } });
    const { callId } = made.body as { callId: string };
    const log = await site.get(`/v1/audit?callId=${callId}&kind=call.intent`);
    expect((log.body as { items: { ip: string }[] }).items[0]?.ip).toBe('127.0.0.1');
  });

  it('answers 413 before the sidecar reads on, and takes files where calls may bring them', async () => {
    const big = { method: 'POST', user: site.site.users.admin, body: 'x'.repeat(3_000_000) };
    expect(await to('agents', { ...big, path: '/v1/policies' })).toMatchObject({
      status: 413,
      body: { code: 'request_too_large' },
    });
    expect((await call('x'.repeat(3_000_000))).body).toMatchObject({ code: 'request_malformed' });
    expect((await call('x'.repeat(9_000_000))).status).toBe(413);
  });

  it('keeps metrics and health for the inside', async () => {
    for (const path of ['/metrics', '/readyz', '/livez', '/']) {
      expect((await to('agents', { path })).status).toBe(404);
    }
    expect((await to('agents', { path: '/openapi.json' })).status).toBe(200);
  });

  it('answers 429 with the time to wait to who sends too much, and lets them in again afterwards', async () => {
    const flood = await Promise.all(Array.from({ length: 80 }, () => to('agents', { path: '/v1/tools' })));
    const refused = flood.filter(({ status }) => status === 429);
    expect(refused.length).toBeGreaterThan(10);
    expect(refused[0]).toMatchObject({ headers: { 'retry-after': '1' }, body: { code: 'too_many_attempts' } });
    expect(flood.some(({ status }) => status === 401)).toBe(true);
    expect(await until(async () => (await call({ tool: 'site.info', args: {} })).status === 200, 5_000)).toBe(true);
  }, 30_000);

  const many = async (request: TestRequest, count: number): Promise<readonly number[]> =>
    (await Promise.all(Array.from({ length: count }, () => to('www', request)))).map(({ status }) => status);

  it.each([
    '/xmlrpc.php',
    '//xmlrpc.php',
    '/xmlrpc.php/x',
    '/xmlrpc.php%2Fx',
    '/xmlrpc.php?rsd',
    '/%78mlrpc.php/',
    '/XMLRPC.php',
  ])('refuses XML-RPC at %s', async (path) => {
    expect((await to('www', { method: 'POST', path, body: '<x/>' })).status).toBe(403);
  });

  it.each(['/wp-login.php', '/wp-login.php/x', '/wp-login.php/x/y.css', '//wp-login.php', '/wp-log%69n.php/?x=1'])(
    'limits logins at %s',
    async (path) => {
      const sent = await many({ path }, 12);
      expect(sent).toContain(429);
      // One rate for all spellings: hardly any is let in after the first.
      expect(sent.filter((status) => status === 429).length).toBeGreaterThanOrEqual(6);
    },
  );

  const form = { method: 'POST', contentType: 'application/x-www-form-urlencoded' };
  const rest: readonly (readonly [string, (route: string) => TestRequest])[] = [
    ['/wp-json/', (route) => ({ path: `/wp-json${route}` })],
    ['/wp-json/ with an encoded letter', (route) => ({ path: `/%77p-json${route}` })],
    ['//wp-json/', (route) => ({ path: `//wp-json${route}` })],
    ['/index.php/wp-json/', (route) => ({ path: `/index.php/wp-json${route}` })],
    ...[
      'rest_route=',
      'x=1&rest_route=',
      'rest%5Froute=',
      'rest%5froute=',
      'rest.route=',
      'rest%2Eroute=',
      'rest[route=',
      'rest%5Broute=',
      'rest+route=',
      'rest%20route=',
      '+rest_route=',
      '%20%20rest_route=',
      '%72est_rout%65=',
    ].map((name) => [`/?${name}`, (route: string) => ({ path: `/?${name}${route}` })] as const),
    ['/index.php?rest_route=', (route) => ({ path: `/index.php?rest_route=${route}` })],
    ['rest_route in the body of a POST', (route) => ({ ...form, path: '/', body: `rest_route=${route}` })],
  ];

  it.each(rest)(
    'limits the REST API at %s',
    async (_, at) => {
      // WordPress by itself takes it for the REST API: the answer is REST's own.
      const asked = await httpRequest(site.site.url, at('/chaperone-none/v1/none'));
      expect(asked).toMatchObject({ status: 404, body: { code: 'rest_no_route' } });
      expect(await many(at('/chaperone-none/v1/none'), 60)).toContain(429);
    },
    60_000,
  );

  // Where PATH_INFO is set, WordPress decodes it a second time (WP::parse_request). The router of these tests sets none.
  it('limits what stands behind a file, however it is encoded', async () => {
    expect(await many({ path: '/index.php/%2577p-json/chaperone-none/v1/none' }, 60)).toContain(429);
    expect(await many({ path: '/wp-trackback.php/%2577p-json/' }, 60)).toContain(429);
  }, 60_000);

  it('answers the REST API, and counts no pages and files', async () => {
    for (const path of ['/wp-json/wp/v2/posts?per_page=1', '/?rest_route=/wp/v2/posts&per_page=1']) {
      let answer: TestAnswer | undefined;
      await until(async () => (answer = await to('www', { path })).status !== 429, 10_000);
      expect(answer).toMatchObject({ status: 200, body: [{ type: 'post' }] });
    }
    expect(await many({ path: '/?p=1' }, 60)).not.toContain(429);
    expect(await many({ path: '/wp-includes/css/dashicons.min.css' }, 60)).not.toContain(429);
  }, 60_000);
});
