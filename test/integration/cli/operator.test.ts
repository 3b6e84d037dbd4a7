import { chmodSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { until } from '../../../dev/proc.js';
import type { CliProcess } from '../../support/built-cli.js';
import { edit, makeCliSite, type CliSite } from './cli-site.js';

const POLICY =
  '{ "formatVersion": 1, "tools": [{ "id": "look", "match": { "tools": ["site.info"] }, "effect": "allow" }] }';
const modeOf = (file: string): string => (statSync(file).mode & 0o777).toString(8);

let cli: CliSite;
let sidecar: CliProcess | undefined;
const wordpressHas = (file: string): boolean => existsSync(join(cli.site.path, file));

beforeAll(async () => {
  cli = await makeCliSite();
}, 120_000);

afterAll(async () => {
  sidecar?.signal('SIGTERM');
  await sidecar?.ended;
  await cli.stop();
}, 60_000);

describe('chaperone init', () => {
  it('refuses a folder without WordPress, and a wp-config.php that does not spell things out, before it writes anything', async () => {
    const nowhere = await cli.run(['init', '--wp-path', cli.folder, '--json']);
    expect(nowhere.code).toBe(2);
    expect(JSON.parse(nowhere.stdout)).toMatchObject({ code: 'usage' });
    const before = readFileSync(cli.wpConfig, 'utf8');
    edit(cli.wpConfig, (text) =>
      text.replace(/define\( 'DB_PASSWORD', .*/, "define( 'DB_PASSWORD', getenv( 'DB_PASSWORD' ) );"),
    );
    const computed = await cli.init();
    expect(computed).toMatchObject({ code: 2, stdout: '' });
    expect(computed.stderr).toContain('CHAPERONE_DATABASE_URL');
    writeFileSync(cli.wpConfig, before);
    expect(readdirSync(cli.folder)).toEqual([]);
  }, 60_000);

  it('never runs wp-config.php to read it', async () => {
    const before = readFileSync(cli.wpConfig, 'utf8');
    edit(cli.wpConfig, (text) => `${text.replace('<?php', "<?php touch( __DIR__ . '/was-run' );")}\nthis is no PHP`);
    const { code } = await cli.init('--php', join(cli.folder, 'no-php-here'));
    expect(code).not.toBe(0);
    expect(wordpressHas('was-run')).toBe(false);
    writeFileSync(cli.wpConfig, before);
  }, 60_000);

  it('is mended by running it again: here it ended before the plugin could be activated', async () => {
    chmodSync(cli.wpConfig, 0o640);
    const interrupted = await cli.init('--php', join(cli.folder, 'no-php-here'));
    expect(interrupted.code).toBe(2);
    expect(interrupted.stderr).toContain('run init again');
    expect(existsSync(cli.agentFile)).toBe(false);
    const kek = cli.readEnv()['CHAPERONE_KEK'];
    const done = await cli.init();
    expect(done).toMatchObject({ code: 0, stderr: '' });
    expect(done.stdout).toContain(`Next: chaperone serve --env-file ${cli.envFile}`);
    expect(cli.readEnv()['CHAPERONE_KEK']).toBe(kek);
  }, 120_000);

  it('keeps the secrets where they belong', () => {
    const agent = JSON.parse(readFileSync(cli.agentFile, 'utf8')) as Record<string, string>;
    expect(agent).toMatchObject({ algorithm: 'hmac-sha256', login: 'ai-agent', url: `${cli.publicUrl}/` });
    expect(Buffer.from(agent['secret'] ?? '', 'base64')).toHaveLength(32);
    expect([modeOf(cli.agentFile), modeOf(cli.envFile), modeOf(cli.wpConfig)]).toEqual(['600', '600', '640']);
    const env = cli.readEnv();
    expect(readFileSync(cli.wpConfig, 'utf8')).toContain(`define( 'CHAPERONE_KEK', '${env['CHAPERONE_KEK']}' );`);
    expect(env).toMatchObject({ CHAPERONE_WORDPRESS_URL: cli.site.url, CHAPERONE_PUBLIC_URL: cli.publicUrl });
    expect(readdirSync(join(cli.site.path, 'wp-content/plugins/chaperone')).sort()).toEqual(
      expect.arrayContaining(['chaperone.php', 'includes', 'uninstall.php']),
    );
    for (const file of ['tests', 'vendor', 'bin', 'tools', 'composer.json', 'phpcs.xml.dist'])
      expect(wordpressHas(`wp-content/plugins/chaperone/${file}`)).toBe(false);
  });

  it('changes nothing when it is run again', async () => {
    const files = (): readonly string[] =>
      [cli.envFile, cli.wpConfig, cli.agentFile].map((file) => readFileSync(file, 'utf8'));
    const before = files();
    const { code, stdout } = await cli.init('--json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ settings: cli.envFile, agent: null });
    expect(files()).toEqual(before);
    expect((await cli.json(['agent', 'list'])).body['items']).toHaveLength(1);
  }, 60_000);

  it('refuses another key than the site’s before it writes anything', async () => {
    const before = [readFileSync(cli.wpConfig, 'utf8'), readFileSync(cli.envFile, 'utf8')];
    const other = Buffer.alloc(32, 9).toString('base64');
    edit(cli.wpConfig, (text) => text.replace(/define\( 'CHAPERONE_KEK'.*\n/, ''));
    edit(cli.envFile, (text) => text.replace(/CHAPERONE_KEK=.*/, `CHAPERONE_KEK=${other}`));
    const [config, env] = [readFileSync(cli.wpConfig, 'utf8'), readFileSync(cli.envFile, 'utf8')];
    const { code, stderr } = await cli.init();
    expect(code).toBe(2);
    expect(stderr).toContain('nothing was changed');
    expect(stderr).not.toContain(other);
    expect([readFileSync(cli.wpConfig, 'utf8'), readFileSync(cli.envFile, 'utf8')]).toEqual([config, env]);
    writeFileSync(cli.wpConfig, before[0] ?? '');
    writeFileSync(cli.envFile, before[1] ?? '');
  }, 60_000);
});

describe('the commands of an operator', () => {
  const policyFile = (text: string): string => {
    const file = join(cli.folder, 'policy.jsonc');
    writeFileSync(file, text);
    return file;
  };

  it('doctor says what is missing, with exit code 1', async () => {
    const { code, body } = await cli.json(['doctor']);
    expect(code).toBe(1);
    expect(body).toMatchObject({
      ok: false,
      checks: { database: 'ok', migrations: 'ok', keys: 'ok', wordpress: 'ok', agents: 'ok' },
    });
    expect((body['checks'] as Record<string, string>)['policy']).toContain('chaperone policy save');
  }, 60_000);

  it('migrate has nothing left to do', async () => {
    expect(await cli.json(['migrate'])).toMatchObject({ code: 0, body: { migrated: [] } });
  }, 60_000);

  it('policy validate lists every mistake with its line and column, and needs no settings', async () => {
    const file = policyFile('{\n  "formatVersion": 2,\n  "tols": []\n}');
    const words = await cli.run(['policy', 'validate', file]);
    expect(words).toMatchObject({ code: 1, stdout: '' });
    expect(words.stderr).toContain(`${file}:2:20`);
    expect(words.stderr).toContain(`${file}:3:3`);
    const json = await cli.run(['--json', 'policy', 'validate', '-'], { input: '{' });
    expect(json.code).toBe(1);
    expect(JSON.parse(json.stdout)).toMatchObject({ code: 'policy_invalid', problems: [{ line: 1 }] });
    expect(await cli.run(['policy', 'validate', policyFile(POLICY)])).toEqual({
      code: 0,
      stdout: 'No problems.\n',
      stderr: '',
    });
  }, 60_000);

  it('policy save, activate, show and list keep versions', async () => {
    const file = policyFile(POLICY);
    expect(await cli.json(['policy', 'show'])).toMatchObject({ code: 1, body: { code: 'policy_missing' } });
    expect(await cli.json(['policy', 'save', file, '--note', 'first'])).toMatchObject({
      code: 0,
      body: { version: 1, active: false },
    });
    expect(await cli.json(['policy', 'save', file, '--base', '0'])).toMatchObject({
      code: 1,
      body: { code: 'policy_base_stale' },
    });
    expect(await cli.json(['policy', 'save', file, '--base', 'one'])).toMatchObject({
      code: 2,
      body: { code: 'usage' },
    });
    expect(await cli.json(['policy', 'save', file, '--activate'])).toMatchObject({
      code: 0,
      body: { version: 2, active: true },
    });
    expect(await cli.json(['policy', 'activate', '1'])).toMatchObject({ code: 0, body: { version: 1, active: true } });
    expect(await cli.json(['policy', 'activate', '9'])).toMatchObject({ code: 1, body: { code: 'not_found' } });
    expect(await cli.json(['policy', 'show'])).toMatchObject({
      code: 0,
      body: { version: 1, document: POLICY, note: 'first' },
    });
    const { body } = await cli.json(['policy', 'list']);
    expect(body).toMatchObject({
      activeVersion: 1,
      items: [
        { version: 2, active: false },
        { version: 1, active: true },
      ],
    });
  }, 120_000);

  it('agent create makes no agent when its secrets would have no place, or half of it is wrong', async () => {
    const before = readFileSync(cli.agentFile, 'utf8');
    const create = (...args: readonly string[]) =>
      cli.json(['agent', 'create', '--name', 'Second', '--login', 'second', ...args]);
    const taken = await create('--agent-file', cli.agentFile);
    expect(taken).toMatchObject({ code: 2, body: { code: 'usage' } });
    expect(taken.stderr).toContain('exists already');
    expect(readFileSync(cli.agentFile, 'utf8')).toBe(before);
    expect(await create('--public-key', 'c2hvcnQ=')).toMatchObject({ code: 2 });
    const nobody = join(cli.folder, 'nobody.json');
    expect(await create('--user', '1', '--agent-file', nobody)).toMatchObject({ code: 2, body: { code: 'usage' } });
    expect(await create('--user', '99999', '--agent-file', nobody, '--yes')).toMatchObject({
      code: 1,
      body: { code: 'args_invalid' },
    });
    expect(await create('--user', 'admin')).toMatchObject({ code: 2 });
    expect(existsSync(nobody)).toBe(false);
    expect((await cli.json(['agent', 'list'])).body['items']).toHaveLength(1);
    expect(await cli.site.php("return username_exists( 'second' );")).toBe(false);
  }, 120_000);

  it('agent create binds a user that is there, once, with secrets in a file alone', async () => {
    const user = await cli.site.createUser({ role: 'author' });
    const file = join(cli.folder, 'second.json');
    const create = ['agent', 'create', '--name', 'Second', '--user', String(user.id), '--yes'];
    const made = await cli.json([...create, '--agent-file', file]);
    expect(made).toMatchObject({ code: 0, body: { agent: { userId: user.id, algorithm: 'hmac-sha256' } } });
    expect(Object.keys(made.body['agent'] as object)).not.toEqual(expect.arrayContaining(['secret']));
    expect(modeOf(file)).toBe('600');
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ userId: user.id, applicationPassword: null });
    expect(await cli.json(create)).toMatchObject({ code: 1, body: { code: 'args_invalid' } });
    expect((await cli.json(['agent', 'list'])).body['items']).toHaveLength(2);
  }, 120_000);
});

describe('chaperone serve and call', () => {
  const call = (...args: readonly string[]) => cli.run(['call', ...args, '--agent-file', cli.agentFile, '--json']);

  it('call says when nobody answers', async () => {
    expect(await call('site.info')).toMatchObject({ code: 1, stdout: expect.stringContaining('no answer') });
  }, 60_000);

  it('serve prints its address as a line of JSON and answers there', async () => {
    sidecar = await cli.serve();
    expect(await until(() => sidecar?.output().includes('"listening"') === true, 20_000)).toBe(true);
    const line = JSON.parse(sidecar.output().split('\n')[0] ?? '') as Record<string, string>;
    expect(line).toMatchObject({ msg: 'listening', address: cli.publicUrl, publicUrl: `${cli.publicUrl}/` });
    expect((await fetch(`${line['address']}/readyz`)).status).toBe(200);
    expect(await cli.json(['doctor'])).toMatchObject({ code: 0, body: { ok: true } });
  }, 60_000);

  it('call runs what is allowed, and a refusal has exit code 1', async () => {
    const executed = await call('site.info');
    expect(executed).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(executed.stdout)).toMatchObject({
      status: 'executed',
      decision: { effect: 'allow', policyVersion: 1 },
    });
    const dry = await call('site.info', '--dry-run', '--reason', 'to see');
    expect(JSON.parse(dry.stdout)).toMatchObject({ status: 'dry_run' });
    const refused = await call('posts.create', '--args', '{"title":"x"}');
    expect(refused.code).toBe(1);
    expect(JSON.parse(refused.stdout)).toMatchObject({ code: 'policy_tool_denied', status: 403 });
    const words = await cli.run(['call', 'posts.create', '--args', '{"title":"x"}', '--agent-file', cli.agentFile]);
    expect(words.stdout).toContain('The policy allows this tool to nobody like you.');
  }, 60_000);

  it('call with a wrong key is refused, and with a wrong command line it is not sent', async () => {
    const wrong = join(cli.folder, 'wrong.json');
    const agent = JSON.parse(readFileSync(cli.agentFile, 'utf8')) as object;
    writeFileSync(wrong, JSON.stringify({ ...agent, secret: Buffer.alloc(32, 1).toString('base64') }));
    const refused = await cli.run(['call', 'site.info', '--json', '--agent-file', wrong]);
    expect(refused.code).toBe(1);
    expect(JSON.parse(refused.stdout)).toMatchObject({ code: 'signature_invalid' });
    for (const args of [
      ['--args', '[]'],
      ['--args', '{"a":1,"a":2}'],
      ['--args', '@missing.json'],
      ['--agent-file', 'none'],
    ]) {
      const misuse = await cli.run(['call', 'site.info', '--json', '--agent-file', cli.agentFile, ...args]);
      expect(misuse.code).toBe(2);
      expect(JSON.parse(misuse.stdout)).toMatchObject({ code: 'usage' });
    }
  }, 60_000);

  it('a second one takes a free port, or says at once that its port is taken', async () => {
    const replica = await cli.serve('--listen', '127.0.0.1:0');
    expect(await until(() => replica.output().includes('"listening"'), 20_000)).toBe(true);
    const { address = '' } = JSON.parse(replica.output().split('\n')[0] ?? '') as Record<string, string>;
    expect(address).toMatch(/^http:\/\/127\.0\.0\.1:[1-9]\d*$/);
    expect(address).not.toBe(cli.publicUrl);
    expect((await fetch(`${address}/livez`)).status).toBe(200);
    replica.signal('SIGTERM');
    expect((await replica.ended).code).toBe(0);
    const begun = Date.now();
    const taken = await (await cli.serve()).ended;
    expect(taken.code).toBe(1);
    expect(taken.stderr).toContain('EADDRINUSE');
    expect(taken.stderr).toContain(new URL(cli.publicUrl).host);
    expect(Date.now() - begun).toBeLessThan(15_000);
  }, 90_000);

  it('refuses to start with another key than the site’s', async () => {
    const env = { CHAPERONE_KEK: Buffer.alloc(32, 9).toString('base64') };
    const { code, stdout, stderr } = await cli.run(['serve', '--env-file', cli.envFile, '--listen', '127.0.0.1:0'], {
      env,
    });
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain("CHAPERONE_KEK isn't the key");
  }, 60_000);

  it('seals nothing with another key than the site’s, which would open nowhere and keep replicas from starting', async () => {
    const env = { CHAPERONE_KEK: Buffer.alloc(32, 9).toString('base64') };
    interface Listed {
      readonly items: readonly { readonly id: string; readonly state?: string }[];
    }
    const list = async (...args: string[]): Promise<Listed> =>
      JSON.parse((await cli.run([...args, '--json', '--env-file', cli.envFile])).stdout) as Listed;
    const agent = (await list('agent', 'list')).items[0]?.id ?? '';
    const keys = (): Promise<Listed> => list('key', 'list', agent);
    const key = (await keys()).items.find(({ state }) => state === 'active')?.id ?? '';
    const found = async (): Promise<unknown> => {
      const { items } = await list('secrets', 'list');
      return [await list('agent', 'list'), await keys(), items.map((each) => ({ ...each, ageSeconds: 0 }))];
    };
    // Its key is made with the first one, which the sidecar that serves here would otherwise make at some moment of its own.
    expect((await cli.run(['audit', 'checkpoint', '--env-file', cli.envFile])).code).toBe(0);
    const before = await found();
    for (const args of [
      ['key', 'rotate', agent, key, '--overlap', '0', '--force', '--yes'],
      ['agent', 'create', '--name', 'Another', '--login', 'another'],
      ['audit', 'checkpoint'],
      ['webhook', 'endpoint', 'create', 'https://example.com/notices'],
    ]) {
      const { code, stdout, stderr } = await cli.run([...args, '--env-file', cli.envFile], { env });
      expect({ args, code, stdout }).toEqual({ args, code: 1, stdout: '' });
      expect(stderr).toContain("CHAPERONE_KEK isn't the key");
    }
    expect(await found()).toEqual(before);
  }, 120_000);

  it('refuses control characters in a name, and keeps those of a note away from the terminal', async () => {
    const create = ['agent', 'create', '--login', 'odd', '--agent-file', join(cli.folder, 'odd.json')];
    const named = await cli.run([...create, '--name', 'a\u001b[31mb\u202Ed', '--env-file', cli.envFile]);
    expect(named).toMatchObject({ code: 2, stdout: '' });
    expect(named.stderr).toContain('--name must have 1 to 190 characters, none of them a control character');
    const file = join(cli.folder, 'noted.jsonc');
    writeFileSync(file, '{ "formatVersion": 1, "name": "Noted" }');
    const saved = await cli.run(['policy', 'save', file, '--note', 'a\u001b[31mb\u202Ed', '--env-file', cli.envFile]);
    expect(saved.code).toBe(0);
    const { stdout } = await cli.run(['policy', 'list', '--env-file', cli.envFile]);
    expect(stdout).toContain('a�[31mb�d');
  }, 60_000);

  it('erases nothing of people without --yes, and has no dry run that could', async () => {
    const erase = ['audit', 'erase', '--user', '1'];
    const asked = await cli.run([...erase, '--env-file', cli.envFile]);
    expect(asked).toMatchObject({ code: 2, stdout: '' });
    expect(asked.stderr).toContain('repeat it with --yes.');
    expect((await cli.run([...erase, '--dry-run', '--yes', '--env-file', cli.envFile])).code).toBe(2);
    const { stdout } = await cli.run(['audit', 'list', '--kind', 'audit.erased', '--json', '--env-file', cli.envFile]);
    expect((JSON.parse(stdout) as { items: unknown[] }).items).toEqual([]);
  }, 60_000);

  describe('a dry run', () => {
    const dry = async (...args: string[]) => {
      const { code, stdout } = await cli.run([...args, '--dry-run', '--json', '--env-file', cli.envFile]);
      const body = JSON.parse(stdout) as { code?: string; dryRun?: boolean };
      return { code, says: body.code ?? body.dryRun };
    };
    const list = async <T>(...args: string[]): Promise<T> => {
      const { stdout } = await cli.run([...args, '--json', '--env-file', cli.envFile]);
      return (JSON.parse(stdout) as { items: T }).items;
    };
    const agentAndKey = async (): Promise<readonly [string, string]> => {
      const agent = (await list<{ id: string }[]>('agent', 'list'))[0]?.id ?? '';
      const keys = await list<{ id: string; state: string }[]>('key', 'list', agent);
      return [agent, keys.find(({ state }) => state === 'active')?.id ?? ''];
    };

    it('is refused where the deed would be', async () => {
      const [agent] = await agentAndKey();
      const nobody = 'key_aaaaaaaaaaaaaaaa';
      expect(await dry('key', 'rotate', agent, nobody)).toEqual({ code: 1, says: 'not_found' });
      expect(await dry('key', 'revoke', agent, nobody)).toEqual({ code: 1, says: 'not_found' });
      expect(await dry('key', 'activate', agent, nobody)).toEqual({ code: 1, says: 'not_found' });
      expect(await dry('webhook', 'source', 'rotate', 'nobody')).toEqual({ code: 1, says: 'not_found' });
      expect(await dry('webhook', 'source', 'remove', 'nobody')).toEqual({ code: 1, says: 'not_found' });
      expect(await dry('agent', 'create', '--name', 'Twice', '--login', 'ai-agent')).toEqual({
        code: 1,
        says: 'args_invalid',
      });
    }, 120_000);

    it('says the same as the deed while an overlap runs, and changes nothing', async () => {
      const rotate = ['secrets', 'rotate', 'bridge_key_to_wordpress'];
      expect(await dry(...rotate)).toEqual({ code: 0, says: true });
      // The sidecar of these tests makes the key of the log when it signs its first checkpoint, at any time.
      const bridgeKeys = async (): Promise<object[]> =>
        (await list<{ name: string }[]>('secrets', 'list'))
          .filter(({ name }) => name.startsWith('bridge_key'))
          .map((each) => ({ ...each, ageSeconds: 0 }));
      const before = await bridgeKeys();
      expect(before).toHaveLength(2);
      expect(await dry(...rotate)).toEqual({ code: 0, says: true });
      expect(await bridgeKeys()).toEqual(before);
      expect((await cli.run([...rotate, '--yes', '--env-file', cli.envFile])).code).toBe(0);
      expect(await dry(...rotate)).toEqual({ code: 1, says: 'key_rotation_running' });
      expect(await dry(...rotate, '--force')).toEqual({ code: 0, says: true });
    }, 120_000);

    it('of a key keeps the key, and of what would go on needs no --yes', async () => {
      const [agent, key] = await agentAndKey();
      expect(await dry('key', 'rotate', agent, key)).toEqual({ code: 0, says: true });
      expect(await dry('key', 'revoke', agent, key)).toEqual({ code: 0, says: true });
      expect(await agentAndKey()).toEqual([agent, key]);
      const resumed = await cli.run(['agent', 'resume', agent, '--env-file', cli.envFile]);
      expect(resumed).toMatchObject({ code: 2, stdout: '' });
      expect(resumed.stderr).toContain('repeat it with --yes');
    }, 120_000);
  });
});
