import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterAll, describe, expect, it } from '@jest/globals';
import { ConfigError, formatAddress, isLoopback, readConfig, type Config } from '../../../src/config.js';

const KEK = Buffer.alloc(32, 7).toString('base64');
const OTHER = Buffer.alloc(32, 8).toString('base64');
const PASSWORD = 'Gr%C3%BC%C3%9Fe%40%2F%3A%23';
const good = {
  CHAPERONE_DATABASE_URL: `mysql://user:${PASSWORD}@127.0.0.1:3307/wordpress`,
  CHAPERONE_WORDPRESS_URL: 'https://example.org/blog/',
  CHAPERONE_PUBLIC_URL: 'https://agents.example.org',
  CHAPERONE_KEK: KEK,
};
const folder = mkdtempSync(join(tmpdir(), 'chaperone-config-'));
const fileWith = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};
const problemsOf = (changes: Record<string, string | undefined>, file?: string): readonly string[] => {
  try {
    readConfig({ ...good, ...changes }, file);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
};

afterAll(() => rmSync(folder, { recursive: true }));

describe('the configuration', () => {
  it('reads what is given and has defaults for the rest', () => {
    const config = readConfig(good);
    expect(config).toMatchObject({
      tablePrefix: 'wp_',
      listen: { host: '127.0.0.1', port: 8787 },
      trustedProxies: [],
      logLevel: 'info',
    });
    expect(config.databaseUrl.reveal()).toBe(good.CHAPERONE_DATABASE_URL);
    expect(config.wordpressUrl.href).toBe('https://example.org/blog/');
    expect(config.keks.map((kek) => Buffer.from(kek.reveal()).toString('base64'))).toEqual([KEK]);
    expect(Object.isFrozen(config)).toBe(true);
  });

  it('reads everything that can be set', () => {
    const config = readConfig({
      ...good,
      CHAPERONE_TABLE_PREFIX: 'blog_7_',
      CHAPERONE_LISTEN: '[::1]:0',
      CHAPERONE_ADMIN_LISTEN: '127.0.0.1:9464',
      CHAPERONE_KEK: `${KEK}, ${OTHER}`,
      CHAPERONE_TRUSTED_PROXIES: '10.0.0.0/8, ::1, 2001:db8::/32,',
      CHAPERONE_LOG_LEVEL: 'debug',
    });
    expect(config).toMatchObject({
      tablePrefix: 'blog_7_',
      listen: { host: '::1', port: 0 },
      adminListen: { host: '127.0.0.1', port: 9464 },
      trustedProxies: ['10.0.0.0/8', '::1', '2001:db8::/32'],
      logLevel: 'debug',
    });
    expect(config.keks.map((kek) => Buffer.from(kek.reveal()).toString('base64'))).toEqual([KEK, OTHER]);
    expect(formatAddress(config.listen)).toBe('[::1]:0');
  });

  it('names every mistake at once', () => {
    const problems = problemsOf({
      CHAPERONE_DATABASE_URL: undefined,
      CHAPERONE_WORDPRESS_URL: 'ftp://example.org',
      CHAPERONE_PUBLIC_URL: 'http://agents.example.org',
      CHAPERONE_KEK: 'short',
      CHAPERONE_LISTEN: '8787',
      CHAPERONE_TABLE_PREFIX: 'wp-',
      CHAPERONE_TRUSTED_PROXIES: '10.0.0.0/33',
      CHAPERONE_LOG_LEVEL: 'loud',
      CHAPERONE_COLOUR: 'blue',
    });
    const named = problems.map((problem) => /^CHAPERONE_[A-Z_]+/.exec(problem)?.[0]).sort();
    expect(named).toEqual(
      [
        'COLOUR',
        'DATABASE_URL',
        'KEK',
        'LISTEN',
        'LOG_LEVEL',
        'PUBLIC_URL',
        'TABLE_PREFIX',
        'TRUSTED_PROXIES',
        'WORDPRESS_URL',
      ].map((name) => `CHAPERONE_${name}`),
    );
    expect(problems).toContain('CHAPERONE_DATABASE_URL is missing.');
  });

  it.each<[string, Record<string, string>]>([
    ['a database without a name', { CHAPERONE_DATABASE_URL: 'mysql://u:p@host' }],
    ['a database without a host', { CHAPERONE_DATABASE_URL: 'mysql:///name' }],
    ['a database of another kind', { CHAPERONE_DATABASE_URL: 'postgres://u:p@host/name' }],
    ['a database whose password is not escaped', { CHAPERONE_DATABASE_URL: 'mysql://u:100%zz@host/name' }],
    ['a database with options that nobody reads', { CHAPERONE_DATABASE_URL: 'mysql://u:p@host/name?ssl=true' }],
    ['a key that is too long', { CHAPERONE_KEK: Buffer.alloc(33).toString('base64') }],
    ['a key in hexadecimal', { CHAPERONE_KEK: 'ab'.repeat(32) }],
    ['a key without its padding', { CHAPERONE_KEK: KEK.slice(0, -1) }],
    ['a good key and an empty one', { CHAPERONE_KEK: `${KEK},` }],
    ['no key', { CHAPERONE_KEK: '' }],
    ['an address with a user', { CHAPERONE_WORDPRESS_URL: 'https://u:p@example.org' }],
    ['an address with a query', { CHAPERONE_PUBLIC_URL: 'https://example.org/?a=b' }],
    ['an address with a fragment', { CHAPERONE_PUBLIC_URL: 'https://example.org/#a' }],
    ['an address without a host', { CHAPERONE_PUBLIC_URL: 'https://' }],
    ['a port beyond all ports', { CHAPERONE_LISTEN: '127.0.0.1:65536' }],
    ['a v6 address without brackets', { CHAPERONE_LISTEN: '::1:8787' }],
    ['a proxy by name', { CHAPERONE_TRUSTED_PROXIES: 'loopback' }],
    ['a proxy range that is none', { CHAPERONE_TRUSTED_PROXIES: '10.0.0.0/8/8' }],
    ['an empty prefix', { CHAPERONE_TABLE_PREFIX: '' }],
    ['a prefix that is SQL', { CHAPERONE_TABLE_PREFIX: 'wp_`; --' }],
    ['an unknown name', { CHAPERONE_DATABASE: 'x' }],
    ['a file for what is no secret', { CHAPERONE_LISTEN_FILE: '/dev/null' }],
  ])('refuses %s, and quotes nothing of it', (_name, changes) => {
    const problems = problemsOf(changes);
    expect(problems).toHaveLength(1);
    for (const [name, value] of Object.entries(changes)) {
      expect(problems[0]).toContain(name);
      if (value.length > 3 && name !== 'CHAPERONE_DATABASE') expect(problems[0]).not.toContain(value);
    }
  });

  it.each([
    'http://localhost:8787',
    'http://127.0.0.1',
    'http://127.8.9.1:1',
    'http://[::1]:8787',
    'https://example.org',
  ])('takes the public address %s', (url) => {
    expect(problemsOf({ CHAPERONE_PUBLIC_URL: url })).toEqual([]);
  });

  it.each([
    'http://example.org',
    'http://10.0.0.1',
    'http://localhost.example.org',
    'http://127.0.0.1.nip.example',
    'http://[::2]',
    'http://0.0.0.0',
  ])('refuses the public address %s: over plain http it would be read along the way', (url) => {
    expect(problemsOf({ CHAPERONE_PUBLIC_URL: url })).toHaveLength(1);
  });

  it('knows what loopback is', () => {
    expect(['localhost', '127.0.0.1', '::1', '[::1]'].every(isLoopback)).toBe(true);
    expect(['128.0.0.1', '1127.0.0.1', 'localhost.', '', '::'].some(isLoopback)).toBe(false);
  });

  it('takes a secret from a file, without the line break behind it', () => {
    const { CHAPERONE_DATABASE_URL: url, CHAPERONE_WORDPRESS_URL, CHAPERONE_PUBLIC_URL } = good;
    const rest = { CHAPERONE_WORDPRESS_URL, CHAPERONE_PUBLIC_URL };
    const config = readConfig({
      ...rest,
      CHAPERONE_KEK_FILE: fileWith('kek', `${KEK}\n`),
      CHAPERONE_DATABASE_URL_FILE: fileWith('url', `${url}\r\n`),
    });
    expect(config.databaseUrl.reveal()).toBe(url);
    expect(Buffer.from(config.keks[0]?.reveal() ?? []).toString('base64')).toBe(KEK);
  });

  it('refuses a secret that is given twice, and a file that cannot be read', () => {
    expect(problemsOf({ CHAPERONE_KEK_FILE: fileWith('kek', KEK) })).toEqual([
      'CHAPERONE_KEK is set twice, once as a file.',
    ]);
    const rest = { ...good, CHAPERONE_KEK: undefined };
    let message = '';
    try {
      readConfig({ ...rest, CHAPERONE_KEK_FILE: OTHER });
    } catch (error) {
      message = String(error);
    }
    expect(message).toContain('CHAPERONE_KEK_FILE must name a file that can be read.');
    expect(message).not.toContain(OTHER);
  });

  it('lets the environment win over the file, and leaves the rest of the file alone', () => {
    const file = [
      '# the sidecar of the newsroom',
      `CHAPERONE_KEK='${OTHER}'`,
      'CHAPERONE_LOG_LEVEL=warn # quiet',
      'CHAPERONE_TABLE_PREFIX="file_"',
      'NODE_ENV=production',
    ].join('\n');
    const config = readConfig({ ...good, CHAPERONE_TABLE_PREFIX: 'env_', NODE_OPTIONS: '' }, file);
    expect(config).toMatchObject({ logLevel: 'warn', tablePrefix: 'env_' });
    expect(Buffer.from(config.keks[0]?.reveal() ?? []).toString('base64')).toBe(KEK);
  });

  it('refuses an unknown name in the file as well', () => {
    expect(problemsOf({}, 'CHAPERONE_LISTENS=127.0.0.1:1')).toHaveLength(1);
  });

  it('prints no secret, whichever way it is printed', () => {
    const config: Config = readConfig(good);
    const printed = [
      inspect(config, { depth: 9, showHidden: true }),
      JSON.stringify(config),
      String(config.databaseUrl),
    ].join();
    for (const secret of [PASSWORD, decodeURIComponent(PASSWORD), KEK]) expect(printed).not.toContain(secret);
  });
});
