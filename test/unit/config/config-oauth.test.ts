import { describe, expect, it } from '@jest/globals';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigError, readConfig } from '../../../src/config.js';

const BASE = {
  CHAPERONE_DATABASE_URL: 'mysql://u:p@127.0.0.1:3306/wp',
  CHAPERONE_WORDPRESS_URL: 'https://site.example',
  CHAPERONE_PUBLIC_URL: 'https://chaperone.example',
  CHAPERONE_KEK: Buffer.alloc(32).toString('base64'),
};
const ISSUER = { OAUTH_ISSUER: 'https://login.example/realms/site', OAUTH_AUDIENCE: 'chaperone' };

const read = (settings: Record<string, string>) =>
  readConfig({
    ...BASE,
    ...Object.fromEntries(Object.entries(settings).map(([name, value]) => [`CHAPERONE_${name}`, value])),
  }).oauth;

function problemsOf(settings: Record<string, string>): string {
  try {
    read(settings);
    return '';
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.problems.join('\n');
  }
}

describe('the authorization server in the configuration', () => {
  it('is off when it is not named', () => {
    expect(read({})).toBeUndefined();
  });

  it('takes asymmetric algorithms, bearer tokens and any login by default', () => {
    expect(read(ISSUER)).toMatchObject({
      issuer: 'https://login.example/realms/site',
      audience: 'chaperone',
      requireDpop: false,
      stepUpAcrValues: [],
    });
    const { algorithms = [], client } = read(ISSUER) ?? {};
    expect(algorithms.length).toBeGreaterThan(5);
    expect(algorithms.filter((name) => /^HS|none/i.test(name))).toEqual([]);
    expect(client).toBeUndefined();
  });

  it('reads everything, the secret from a file too, and prints no secret', () => {
    const file = join(mkdtempSync(join(tmpdir(), 'chaperone-')), 'secret');
    writeFileSync(file, 'hush-hush\n');
    const oauth = read({
      ...ISSUER,
      OAUTH_CLIENT_ID: 'sidecar',
      OAUTH_CLIENT_SECRET_FILE: file,
      OAUTH_ALGORITHMS: 'ES256, EdDSA',
      OAUTH_REQUIRE_DPOP: 'true',
      OAUTH_STEP_UP_ACR: 'urn:mfa gold',
    });
    expect(oauth).toMatchObject({
      algorithms: ['ES256', 'EdDSA'],
      requireDpop: true,
      stepUpAcrValues: ['urn:mfa', 'gold'],
    });
    expect(oauth?.client?.secret.reveal()).toBe('hush-hush');
    expect(JSON.stringify(oauth)).not.toContain('hush-hush');
  });

  it.each(['http://127.0.0.1:9000', 'http://localhost:9000/realm', 'https://tenant.example/'])(
    'may be %s',
    (issuer) => {
      expect(read({ ...ISSUER, OAUTH_ISSUER: issuer })?.issuer).toBe(issuer);
    },
  );

  it.each<[string, Record<string, string>, RegExp]>([
    ['plain http', { OAUTH_ISSUER: 'http://login.example' }, /OAUTH_ISSUER must be https unless/],
    ['no address', { OAUTH_ISSUER: 'login.example' }, /OAUTH_ISSUER must be the address/],
    ['another scheme', { OAUTH_ISSUER: 'file:///etc/passwd' }, /OAUTH_ISSUER must be the address/],
    ['a query', { OAUTH_ISSUER: 'https://login.example?a=1' }, /OAUTH_ISSUER must be the address/],
    ['a password', { OAUTH_ISSUER: 'https://u:p@login.example' }, /OAUTH_ISSUER must have no user/],
    ['an id without its secret', { OAUTH_CLIENT_ID: 'sidecar' }, /go together/],
    ['a secret without its id', { OAUTH_CLIENT_SECRET: 'hush' }, /go together/],
    ['no algorithm', { OAUTH_ALGORITHMS: ' ' }, /OAUTH_ALGORITHMS must hold/],
    ['alg none', { OAUTH_ALGORITHMS: 'RS256 none' }, /OAUTH_ALGORITHMS must hold/],
    ['a shared secret', { OAUTH_ALGORITHMS: 'HS256' }, /OAUTH_ALGORITHMS must hold/],
    ['maybe', { OAUTH_REQUIRE_DPOP: 'yes' }, /OAUTH_REQUIRE_DPOP must be true or false/],
    ['an empty audience', { OAUTH_AUDIENCE: '' }, /OAUTH_AUDIENCE must not be empty/],
  ])('is refused with %s', (_what, changes, problem) => {
    expect(problemsOf({ ...ISSUER, ...changes })).toMatch(problem);
  });

  it('needs an audience, and nothing of it stands alone', () => {
    expect(problemsOf({ OAUTH_ISSUER: ISSUER.OAUTH_ISSUER })).toMatch(/OAUTH_AUDIENCE is missing/);
    expect(problemsOf({ OAUTH_AUDIENCE: 'a', OAUTH_REQUIRE_DPOP: 'true' })).toBe(
      'CHAPERONE_OAUTH_AUDIENCE means nothing without CHAPERONE_OAUTH_ISSUER.\n' +
        'CHAPERONE_OAUTH_REQUIRE_DPOP means nothing without CHAPERONE_OAUTH_ISSUER.',
    );
  });
});
