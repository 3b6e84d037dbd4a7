import { mkdtempSync } from 'node:fs';
import { createServer, connect, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { projectRoot } from '../../../dev/paths.js';
import { freePort } from '../../../dev/ports.js';
import { until } from '../../../dev/proc.js';
import { run } from '../../../dev/processes.js';
import { VERSION } from '../../../src/version.js';
import { builtCli, runCli, startCli, type CliRun } from '../../support/built-cli.js';
import { createDatabase, runFolder } from '../../support/stack.js';

const KEK = Buffer.alloc(32, 7).toString('base64');
let cwd: string;
let port: number;
const settings = (): Record<string, string> => ({
  CHAPERONE_DATABASE_URL: `mysql://u:secret-word@127.0.0.1:${port}/name`,
  CHAPERONE_WORDPRESS_URL: 'http://127.0.0.1:1',
  CHAPERONE_PUBLIC_URL: 'http://127.0.0.1:8787',
  CHAPERONE_KEK: KEK,
});
const chaperone = (args: readonly string[], env: Record<string, string> = {}): Promise<CliRun> =>
  runCli(args, { cwd, env });

beforeAll(async () => {
  await builtCli();
  cwd = mkdtempSync(join(runFolder(), 'nowhere-'));
  port = await freePort();
}, 90_000);

describe('the command line', () => {
  it('names its version and its commands', async () => {
    expect(await chaperone(['--version'])).toEqual({ code: 0, stdout: `${VERSION}\n`, stderr: '' });
    const help = await chaperone(['--help']);
    expect(help.code).toBe(0);
    for (const name of ['serve', 'migrate', 'init', 'doctor', 'call', 'policy', 'agent', 'errors'])
      expect(help.stdout).toContain(`  ${name}`);
  }, 30_000);

  it('is there as npx chaperone in the clone, without asking any registry', async () => {
    const env = { npm_config_registry: 'http://127.0.0.1:1/', npm_config_fetch_retries: '0', npm_config_yes: 'true' };
    const { stdout } = await run('npx', ['chaperone', '--version'], { cwd: projectRoot(), env });
    expect(stdout.trim()).toBe(VERSION);
  }, 60_000);

  it.each([
    [['frobnicate']],
    [['policy', 'validate']],
    [['agent', 'create']],
    [['init']],
    [['doctor', '--colour']],
    [['call']],
    [['policy', 'activate', 'newest']],
    [['doctor', '--env-file', 'missing.env']],
    [['doctor']],
  ])(
    '%j is misused: exit code 2, words on standard error, JSON when it was asked for',
    async (args) => {
      const { code, stdout, stderr } = await chaperone([...args, '--json']);
      expect(code).toBe(2);
      expect(stderr.length).toBeGreaterThan(10);
      expect(JSON.parse(stdout)).toMatchObject({ code: 'usage', detail: expect.any(String) });
    },
    30_000,
  );

  it('says that the tables are missing', async () => {
    const database = await createDatabase();
    const { code, stderr } = await chaperone(['policy', 'list'], {
      ...settings(),
      CHAPERONE_DATABASE_URL: database.url,
    });
    await database.drop();
    expect(code).toBe(1);
    expect(stderr).toContain('chaperone migrate');
    expect(stderr).not.toContain('select');
  }, 30_000);

  it('explains every error as data too', async () => {
    const { stdout } = await chaperone(['errors', '--json']);
    expect(JSON.parse(stdout)).toMatchObject({ errors: { kill_switch_on: { status: 403 } } });
  }, 30_000);
});

/** Hands connections on to the database once there is one to reach. */
function proxy(listenOn: number, target: URL): Promise<{ server: Server; sockets: Socket[] }> {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    const upstream = connect(Number(target.port), target.hostname);
    for (const each of [socket, upstream]) sockets.push(each.on('error', () => undefined));
    socket.pipe(upstream).pipe(socket);
  });
  return new Promise((resolve) => server.listen(listenOn, '127.0.0.1', () => resolve({ server, sockets })));
}

describe('serve with a database that comes later', () => {
  it('starts, is alive and not ready, and sees the database when it is there', async () => {
    const database = await createDatabase();
    const late = new URL(database.url);
    late.port = String(port);
    const env = { ...settings(), CHAPERONE_DATABASE_URL: late.href, CHAPERONE_LISTEN: '127.0.0.1:0' };
    const sidecar = await startCli(['serve'], { cwd, env });
    const checks = async (): Promise<Record<string, string>> => {
      const body = (await (await fetch(`${address}/readyz`)).json()) as { checks: Record<string, string> };
      return body.checks;
    };
    expect(await until(() => sidecar.output().includes('"listening"'), 20_000)).toBe(true);
    const { address = '' } = JSON.parse(
      sidecar
        .output()
        .split('\n')
        .find((line) => line.includes('"listening"')) ?? '{}',
    ) as Record<string, string>;
    expect((await fetch(`${address}/livez`)).status).toBe(200);
    expect((await fetch(`${address}/readyz`)).status).toBe(503);
    expect((await checks())['database']).not.toBe('ok');
    const { server, sockets } = await proxy(port, new URL(database.url));
    expect((await checks())['database']).toBe('ok');
    sidecar.signal('SIGTERM');
    expect((await sidecar.ended).code).toBe(0);
    for (const socket of sockets) socket.destroy();
    server.close();
    await database.drop();
  }, 90_000);
});
