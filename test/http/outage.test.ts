import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createOwnDatabase } from '../../dev/databases.js';
import { dumpDatabase, restoreDatabase } from '../../dev/database-copy.js';
import { startMariaDb, type MariaDb } from '../../dev/mariadb.js';
import { until } from '../../dev/proc.js';
import { readConfig } from '../../src/config.js';
import { httpRequest, type TestAnswer } from '../support/http-request.js';
import { pairedSite, startSidecar, type PairedSite, type TestSidecar } from '../support/paired-site.js';
import { runFolder, sharedMariaDb } from '../support/stack.js';
import { lyingServer, type LyingServer } from '../unit/execution/wordpress/lying-server.js';

let paired: PairedSite;
beforeAll(async () => {
  paired = await pairedSite();
}, 90_000);
afterAll(() => paired.stop());

const CREATE = { tool: 'posts.create', args: { title: 'x' } };
const executeAt = (sidecar: TestSidecar, idempotencyKey?: string): Promise<TestAnswer> =>
  sidecar.send({
    method: 'POST',
    path: '/v1/execute',
    body: CREATE,
    key: paired.agent.key,
    ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
  });
const codeOf = ({ status, body }: TestAnswer): string => (status === 200 ? 'executed' : String(body?.code));

describe('without its database', () => {
  let own: MariaDb;
  let sidecar: TestSidecar;

  /** The site's tables copied into a server that this test may kill. */
  beforeAll(async () => {
    const folder = join(runFolder(), 'outage');
    own = await startMariaDb({ dataDir: folder, stackFolder: runFolder(), durable: false });
    const { admin } = await sharedMariaDb();
    const { name, user, password, port } = await createOwnDatabase(own, `outage${randomBytes(4).toString('hex')}`);
    await restoreDatabase(own.admin, name, await dumpDatabase(admin, paired.site.database.name));
    const url = `mysql://${user}:${password}@127.0.0.1:${port}/${name}`;
    const config = readConfig({ ...paired.environment, CHAPERONE_DATABASE_URL: url });
    sidecar = await startSidecar(config, 0, undefined, paired.url);
  }, 90_000);
  afterAll(async () => {
    await sidecar.close();
    await own.kill();
  });

  it('it lives, is not ready, refuses calls with a code, and comes back by itself', async () => {
    // WordPress keeps the server that it has, so what runs here runs for real.
    expect(codeOf(await executeAt(sidecar))).toBe('executed');
    expect((await sidecar.send({ path: '/readyz' })).status).toBe(200);

    await own.kill();
    const begun = performance.now();
    const [alive, ready, call, list] = await Promise.all([
      sidecar.send({ path: '/livez' }),
      sidecar.send({ path: '/readyz' }),
      executeAt(sidecar),
      sidecar.send({ path: '/v1/audit', user: paired.site.users.admin }),
    ]);
    expect(performance.now() - begun).toBeLessThan(10_000);
    expect(alive).toMatchObject({ status: 200, body: { status: 'alive' } });
    expect(ready).toMatchObject({ status: 503, body: { status: 'not_ready' } });
    expect(ready.body.checks.database).not.toBe('ok');
    expect([call.status, codeOf(call)]).toEqual([503, 'database_unavailable']);
    expect([list.status, codeOf(list)]).toEqual([503, 'database_unavailable']);
    expect((await sidecar.send({ path: '/openapi.json' })).status).toBe(200);

    await own.restart();
    expect(await until(async () => (await sidecar.send({ path: '/readyz' })).status === 200, 15_000)).toBe(true);
    expect(codeOf(await executeAt(sidecar))).toBe('executed');
    const verified = await sidecar.send({ path: '/v1/audit/verify', user: paired.site.users.admin });
    expect(verified.body).toMatchObject({ ok: true });
  }, 60_000);
});

describe('without WordPress', () => {
  let liar: LyingServer;
  let sidecar: TestSidecar;
  let silent = false;
  /** Hands everything on to the real site, or keeps silent. */
  beforeAll(async () => {
    liar = await lyingServer((request, response) => {
      if (silent) return;
      const { body = '' } = liar.arrived.at(-1) ?? {};
      const pairs = request.rawHeaders.flatMap((name, at) =>
        at % 2 === 0 ? [[name, request.rawHeaders[at + 1] ?? ''] as const] : [],
      );
      void httpRequest(paired.site.url, {
        method: request.method ?? 'GET',
        path: request.url ?? '/',
        contentType: null,
        body: Buffer.from(body),
        headers: pairs.filter(([name]) => !/^(content-length|connection)$/i.test(name)),
      }).then((answer) => {
        response.writeHead(answer.status, { 'Content-Type': answer.headers['content-type'] ?? '' }).end(answer.text);
      });
    });
    const config = readConfig({ ...paired.environment, CHAPERONE_WORDPRESS_URL: liar.url.href });
    sidecar = await startSidecar(config, 0, undefined, paired.url);
  });
  afterAll(async () => {
    await sidecar.close();
    await liar.close();
  });
  const drafts = () => paired.site.php('return (int) wp_count_posts()->draft;');

  it('silent: a call that needs its answer first is refused, and nothing runs', async () => {
    silent = true;
    const before = await drafts();
    const ready = await sidecar.send({ path: '/readyz' });
    expect(ready).toMatchObject({
      status: 503,
      body: { checks: { database: 'ok', wordpress: 'no answer in 3 seconds' } },
    });
    silent = false;
    expect((await sidecar.send({ path: '/readyz' })).status).toBe(200);
    expect(await drafts()).toBe(before);
  });

  it('gone: upstream_unavailable, no draft, an outcome in the log; and the same call goes through when it is back', async () => {
    const before = await drafts();
    await liar.close();
    const answer = await executeAt(sidecar, 'gone');
    expect([answer.status, codeOf(answer)]).toEqual([502, 'upstream_unavailable']);
    expect(await drafts()).toBe(before);
    const { body } = await paired.get(`/v1/audit?callId=${answer.body.callId}`);
    const items = body.items as Record<string, string>[];
    expect(items.map(({ kind, outcome }) => `${kind} ${outcome}`)).toEqual([
      'call.outcome failed',
      'call.intent null',
      'call.decision null',
    ]);
    expect(codeOf(await executeAt(sidecar, 'gone'))).toBe('upstream_unavailable');
    const real = await startSidecar(readConfig(paired.environment), 0, undefined, paired.url);
    expect(codeOf(await executeAt(real, 'gone, again'))).toBe('executed');
    await real.close();
  });
});
