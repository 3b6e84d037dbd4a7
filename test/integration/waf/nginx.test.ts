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

  it('refuses XML-RPC, and limits logins and the REST API under both of its addresses', async () => {
    expect((await to('www', { method: 'POST', path: '/xmlrpc.php', body: '<x/>' })).status).toBe(403);
    expect((await to('www', { path: '/wp-json/wp/v2/posts' })).status).toBe(200);
    expect((await to('www', { path: '/?rest_route=/wp/v2/posts&per_page=1' })).body).toHaveLength(1);
    const many = async (path: string, count: number) =>
      (await Promise.all(Array.from({ length: count }, () => to('www', { path })))).map(({ status }) => status);
    expect(await many('/wp-login.php', 12)).toContain(429);
    expect(await many('/?rest_route=/ai-agent/v1/none', 60)).toContain(429);
    expect(await many('/wp-json/ai-agent/v1/none', 20)).toContain(429);
    expect((await to('www', { path: '/wp-includes/css/dashicons.min.css' })).status).toBe(200);
  }, 60_000);
});
