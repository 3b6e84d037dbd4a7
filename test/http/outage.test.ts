import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createOwnDatabase } from '../../dev/databases.js';
import { dumpDatabase, restoreDatabase } from '../../dev/database-copy.js';
import { startMariaDb, type MariaDb, type MariaDbOptions } from '../../dev/mariadb.js';
import { until } from '../../dev/proc.js';
import type { Knex } from 'knex';
import { readConfig } from '../../src/config.js';
import { connect } from '../../src/db/connect.js';
import { Secret } from '../../src/kernel/secret.js';
import { startCli } from '../support/built-cli.js';
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

interface Beside {
  readonly own: MariaDb;
  readonly place: MariaDbOptions;
  readonly url: string;
  readonly sidecar: TestSidecar;
  readonly stop: () => Promise<void>;
}

/** The site on another database from now on. */
function moveSite(to: {
  readonly host: string;
  readonly name: string;
  readonly user: string;
  readonly password: string;
}) {
  const file = join(paired.site.path, 'wp-config.php');
  const before = readFileSync(file, 'utf8');
  const values = { DB_HOST: to.host, DB_NAME: to.name, DB_USER: to.user, DB_PASSWORD: to.password };
  const moved = Object.entries(values).reduce(
    (text, [name, value]) => text.replace(new RegExp(`'${name}', '[^']*'`), `'${name}', '${value}'`),
    before,
  );
  writeFileSync(file, moved);
  return () => {
    writeFileSync(file, before);
  };
}

/** Site and sidecar on the site's tables, copied into a server that a test may kill or fill. */
async function besides(extraArgs: readonly string[] = []): Promise<Beside> {
  const name = `outage${randomBytes(4).toString('hex')}`;
  const place: MariaDbOptions = { dataDir: join(runFolder(), name), stackFolder: runFolder(), durable: false };
  const own = await startMariaDb({ ...place, extraArgs });
  const { admin } = await sharedMariaDb();
  const { user, password, port } = await createOwnDatabase(own, name);
  await restoreDatabase(own.admin, name, await dumpDatabase(admin, paired.site.database.name));
  const url = `mysql://${user}:${password}@127.0.0.1:${port}/${name}`;
  const moveBack = moveSite({ host: `127.0.0.1:${port}`, name, user, password });
  const config = readConfig({ ...paired.environment, CHAPERONE_DATABASE_URL: url });
  const sidecar = await startSidecar(config, 0, undefined, paired.url);
  const stop = async (): Promise<void> => {
    moveBack();
    await sidecar.close();
  };
  return { own, place, url, sidecar, stop };
}

describe('with a full disk under its database', () => {
  let own: MariaDb;
  let sidecar: TestSidecar;
  let db: Knex;
  let place: MariaDbOptions;
  let stop: () => Promise<void>;
  /** All tables in one file that may not grow beyond this: what InnoDB answers then is what it answers on a full disk (1114). */
  const upTo = (size: string): readonly string[] => [
    '--innodb-file-per-table=0',
    `--innodb-data-file-path=ibdata1:12M:autoextend:max:${size}`,
  ];
  beforeAll(async () => {
    let url: string;
    ({ own, sidecar, url, place, stop } = await besides(upTo('48M')));
    db = connect({ url: new Secret(url), tablePrefix: 'wp_', poolSize: 1 });
  }, 90_000);
  afterAll(async () => {
    await db.destroy();
    await stop();
    await own.kill();
  });

  const fill = async (): Promise<void> => {
    await db.raw('CREATE TABLE filler (id INT AUTO_INCREMENT PRIMARY KEY, stuffing LONGBLOB)');
    for (const size of [500_000, 50_000, 5_000, 500]) {
      const full = async (): Promise<boolean> => {
        try {
          await db('filler').insert({ stuffing: Buffer.alloc(size) });
          return false;
        } catch (error) {
          if ((error as { errno?: number }).errno !== 1114) throw error;
          return true;
        }
      };
      while (!(await full()));
    }
  };
  const drafts = async (): Promise<number> => Number(await paired.site.php('return (int) wp_count_posts()->draft;'));

  it('nothing is done that can’t be written down, and it goes on when there is room again', async () => {
    expect(codeOf(await executeAt(sidecar))).toBe('executed');
    await fill();
    const before = await drafts();
    const answers: TestAnswer[] = [];
    // There may be room for some entries in pages that are begun.
    const isFull = (): boolean => answers.slice(-5).filter(({ status }) => status === 503).length === 5;
    while (!isFull() && answers.length < 400) answers.push(await executeAt(sidecar));
    expect(isFull()).toBe(true);
    const codes = new Set(answers.map(codeOf));
    for (const code of codes) {
      expect(['executed', 'audit_unavailable', 'database_unavailable', 'outcome_unknown']).toContain(code);
    }
    const of = (code: string): number => answers.filter((each) => codeOf(each) === code).length;
    await own.kill();
    own = await startMariaDb({ ...place, port: own.port, extraArgs: upTo('512M') });
    // Of those whose outcome is unknown, WordPress may have had room for some.
    const made = (await drafts()) - before;
    expect(made).toBeGreaterThanOrEqual(of('executed'));
    expect(made).toBeLessThanOrEqual(of('executed') + of('outcome_unknown'));
    expect(await until(async () => codeOf(await executeAt(sidecar)) === 'executed', 15_000)).toBe(true);
    const verified = await sidecar.send({ path: '/v1/audit/verify', user: paired.site.users.admin });
    expect(verified.body).toMatchObject({ ok: true });
  }, 120_000);
});

describe('without its database', () => {
  let own: MariaDb;
  let sidecar: TestSidecar;
  let url: string;
  let stop: () => Promise<void>;

  beforeAll(async () => {
    ({ own, sidecar, url, stop } = await besides());
  }, 90_000);
  afterAll(async () => {
    await stop();
    await own.kill();
  });

  it('it lives, is not ready, refuses calls with a code, and comes back by itself', async () => {
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

  it('a sidecar that starts before its database waits for it', async () => {
    await own.kill();
    const env = { ...paired.environment, CHAPERONE_DATABASE_URL: url, CHAPERONE_LISTEN: '127.0.0.1:0' };
    const process = await startCli(['serve'], { cwd: runFolder(), env });
    const address = (): string => /"address":"(http:\/\/[^"]+)"/.exec(process.output())?.[1] ?? '';
    expect(await until(() => Promise.resolve(address() !== ''), 30_000)).toBe(true);
    const asked = async (path: string): Promise<number> => (await fetch(address() + path)).status;
    expect([await asked('/livez'), await asked('/readyz')]).toEqual([200, 503]);
    await own.restart();
    expect(await until(async () => (await asked('/readyz')) === 200, 15_000)).toBe(true);
    process.signal('SIGTERM');
    expect((await process.ended).code).toBe(0);
  }, 90_000);
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
