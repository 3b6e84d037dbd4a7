import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createSite, type TestSite } from '../../../support/stack.js';
import { basic, bothSides, type BothSides } from './both-sides.js';
import { makePeople, type People, type Person } from './people.js';

interface Case {
  readonly what: string;
  readonly header: string;
}

/** Every way of writing this person's name and first password that a client may come up with. */
function spellings(person: Person, password: string): readonly Case[] {
  const { login, email } = person;
  const swapped = password
    .split('')
    .map((letter) => (/[a-z]/.test(letter) ? letter.toUpperCase() : letter.toLowerCase()))
    .join('');
  const names = [login, login.toUpperCase(), ` ${login} `, `${login}x`, email, email.toUpperCase(), ` ${email}`];
  const passwords = [password, `${password}x`, password.slice(1), '', swapped];
  return [
    ...names.map((name) => ({ what: `as ${name}`, header: basic(name, password) })),
    ...passwords.map((given) => ({ what: `${login} with ${given.length} characters`, header: basic(login, given) })),
  ];
}

const chunked = (password: string): string => password.replace(/(.{4})/g, '$1 ').trim();

/** Names and passwords that are cleaned, folded or spelled out on their way. */
function curiosities(people: People): readonly Case[] {
  const of = (key: string): string => people[key]?.passwords[0] ?? '';
  const plain = of('plain');
  const named: readonly [string, string][] = [
    ['plain', chunked(plain)],
    ['plain', `--${plain}!! äöü ſ K \u{1F600}`],
    ['plain', plain.replace(/.$/, 'ſ')],
    ['zoë', of('accent')],
    ['Zoe\u0308', of('accent')],
    ['ZOÉ', of('accent')],
    ['jörg', of('umlaut')],
    ['jorg', of('umlaut')],
    ['JÖRG', of('umlaut')],
    ['joerg', of('umlaut')],
    ['weiß', of('sharp')],
    ['weiss', of('sharp')],
    ['weis', of('sharp')],
    ['müller', of('spelled')],
    ['mueller', of('spelled')],
    ['two words', of('spaces')],
    ['two   words', of('spaces')],
    ['two\u00A0words', of('spaces')],
    ['pl%61ain', plain],
    ['pl&eacute;ain', plain],
    ['plain;', plain],
    ['pla\\in', plain],
    ["o'brien@example.org", of('quote')],
    ['login@example.org', of('address')],
    ['other@example.org', of('address')],
    ['0', of('zero')],
    ['zero@example.org', of('zero')],
    ['', plain],
    ['plain ', `${plain}:${plain}`],
    ['日本', plain],
    ['\u{1F600}', plain],
    ['plain@example', plain],
    ["plain' OR '1'='1", plain],
  ];
  return [
    ...named.map(([name, password]) => ({ what: JSON.stringify(name), header: basic(name, password) })),
    { what: 'the scheme in lower case', header: basic('plain', plain).replace('Basic', 'basic') },
    { what: 'another scheme', header: basic('plain', plain).replace('Basic', 'Bearer') },
    { what: 'no colon', header: `Basic ${Buffer.from('plain').toString('base64')}` },
    { what: 'nothing', header: 'Basic ' },
  ];
}

/** Where the sidecar refuses what core accepts, or the other way round: the table in the folder's README. */
const DIFFERENCES: readonly {
  key: string;
  name?: string;
  password?: (own: string) => string;
  core: readonly string[];
  ours: boolean;
}[] = [
  { key: 'md5', core: ['7.1', '6.8', '6.1'], ours: false },
  { key: 'wp', core: ['7.1', '6.8'], ours: false },
  { key: 'sha', core: ['7.1', '6.8', '6.1'], ours: false },
  { key: 'phpbb', core: ['6.1'], ours: true },
  { key: 'expired', core: ['7.1', '6.8', '6.1'], ours: false },
  { key: 'empty', password: () => '- -', core: ['7.1', '6.8', '6.1'], ours: false },
  { key: 'plain', name: '<b>plain</b>', core: ['7.1', '6.8', '6.1'], ours: false },
  { key: 'plain', password: (own) => `${own}\n`, core: ['7.1', '6.8', '6.1'], ours: false },
  { key: 'plain', password: (own) => own + ' '.repeat(4_096), core: ['7.1', '6.8', '6.1'], ours: false },
  { key: 'anonymous', core: ['7.1', '6.8', '6.1'], ours: false },
];

/** As many at once as the site serves. */
const AT_ONCE = 4;

async function disagreements(sides: BothSides, cases: readonly Case[], accepted: { count: number }): Promise<string[]> {
  const found: string[] = [];
  for (let at = 0; at < cases.length; at += AT_ONCE) {
    const some = cases.slice(at, at + AT_ONCE).map((one) => disagreement(sides, one, accepted));
    found.push(...(await Promise.all(some)).flat());
  }
  return found;
}

async function disagreement(sides: BothSides, { what, header }: Case, accepted: { count: number }): Promise<string[]> {
  const [theirs, verdict] = await Promise.all([sides.core(header), sides.ours(header)]);
  if (theirs !== undefined) accepted.count += 1;
  const same = verdict.ok ? verdict.uuid === theirs : theirs === undefined;
  return same ? [] : [`${what}: core ${theirs ?? 'refused'}, ours ${verdict.ok ? verdict.uuid : verdict.reason}`];
}

/** Kinds of row that core and the sidecar read alike. */
function alike(people: People): Person[] {
  const different = new Set(['md5', 'wp', 'sha', 'phpbb', 'expired', 'empty', 'anonymous']);
  return Object.entries(people).flatMap(([key, person]) => (different.has(key) ? [] : [person]));
}

/** People whose names and passwords are written in every way; the others give each password once. */
const SPELLED = [
  'plain',
  'none',
  'accent',
  'umlaut',
  'spaces',
  'quote',
  'address',
  'zero',
  'filtered',
  'deleted',
  'phpass',
  'mixed',
];

function everyCase(people: People, thorough: boolean): readonly Case[] {
  const own = alike(people).flatMap(({ login, passwords }) =>
    passwords.map((password, n) => ({ what: `${login}, password ${n}`, header: basic(login, password) })),
  );
  const spelled = SPELLED.flatMap((key) => {
    const person = people[key];
    return person === undefined ? [] : spellings(person, person.passwords[0] ?? 'none');
  });
  return [...curiosities(people), ...own, ...(thorough ? spelled : [])];
}

describe.each(['7.1', '6.8', '6.1'] as const)('WordPress %s and the sidecar agree', (version) => {
  let site: TestSite;
  let people: People;
  let sides: BothSides;

  beforeAll(async () => {
    site = await createSite({ version });
    people = await makePeople(site);
    sides = bothSides(site);
    sides.denied.add(people['filtered']?.id ?? 0);
  }, 120_000);
  afterAll(async () => {
    await sides.close();
    await site.stop();
  });

  it('about every case', async () => {
    const accepted = { count: 0 };
    const cases = everyCase(people, version === '7.1');
    const found = await disagreements(sides, cases, accepted);
    console.info(
      `application passwords: WordPress ${version}, ${cases.length} cases compared, ${accepted.count} accepted`,
    );
    expect(found).toEqual([]);
    expect(accepted.count).toBeGreaterThan(50);
    expect(cases.length - accepted.count).toBeGreaterThan(10);
  }, 120_000);

  it('but for the differences that the README lists', async () => {
    const told: string[] = [];
    for (const { key, name, password, core, ours } of DIFFERENCES) {
      const person = people[key];
      const own = person?.passwords[0] ?? '';
      const header = basic(name ?? person?.login ?? '', password === undefined ? own : password(own));
      const verdict = await sides.ours(header);
      const theirs = (await sides.core(header)) !== undefined;
      if (verdict.ok !== ours || theirs !== core.includes(version))
        told.push(`${key} ${name ?? ''}: core ${theirs}, ours ${verdict.ok}`);
    }
    expect(told).toEqual([]);
  });

  it('where German letters are spelled out', async () => {
    await site.php(`$wpdb->replace( $wpdb->options, array( 'option_name' => 'WPLANG', 'option_value' => 'de_DE' ) );`);
    const of = (key: string): string => people[key]?.passwords[0] ?? '';
    const cases: Case[] = [
      ['müller', of('spelled')],
      ['Jörg', of('umlaut')],
      ['jorg', of('umlaut')],
      ['weiß', of('sharp')],
      ['weiss', of('sharp')],
    ].map(([name = '', password = '']) => ({ what: `de_DE ${name}`, header: basic(name, password) }));
    expect(await disagreements(sides, cases, { count: 0 })).toEqual([]);
    expect(await sides.ours(basic('müller', of('spelled')))).toMatchObject({ ok: true });
    await site.php(`delete_option( 'WPLANG' );`);
  });

  it('at once after a password was revoked, added, or application passwords were never used', async () => {
    const { id = 0, login = '', passwords = [] } = people['many'] ?? {};
    const [first = '', second = ''] = passwords;
    expect(await sides.ours(basic(login, first))).toMatchObject({ ok: true });
    await site.php(
      `$rows = array_values( WP_Application_Passwords::get_user_application_passwords( $args ) );
       WP_Application_Passwords::delete_application_password( $args, $rows[0]['uuid'] );`,
      id,
    );
    const added = await site.createApplicationPassword(id, 'added');
    const cases = [first, second, added].map((password) => ({ what: 'many', header: basic(login, password) }));
    const accepted = { count: 0 };
    expect(await disagreements(sides, cases, accepted)).toEqual([]);
    expect(accepted.count).toBe(2);
    await site.php(`delete_option( 'using_application_passwords' );`);
    expect(await disagreements(sides, cases, accepted)).toEqual([]);
    expect(accepted.count).toBe(2);
    expect(await sides.ours(basic(login, second))).toMatchObject({ reason: 'not_in_use' });
    await site.php(`update_option( 'using_application_passwords', true );`);
  });
});

describe('a network and the sidecar agree', () => {
  let site: TestSite;
  let people: People;
  let sides: BothSides;

  beforeAll(async () => {
    site = await createSite({ multisite: true, tablePrefix: 'net_' });
    people = await makePeople(site);
    sides = bothSides(site, true);
    sides.denied.add(people['filtered']?.id ?? 0);
  }, 120_000);
  afterAll(async () => {
    await sides.close();
    await site.stop();
  });

  it('about every case, with a prefix of its own', async () => {
    const accepted = { count: 0 };
    const cases = everyCase(people, false);
    const found = await disagreements(sides, cases, accepted);
    console.info(`application passwords: network, ${cases.length} cases compared, ${accepted.count} accepted`);
    expect(found).toEqual([]);
    expect(accepted.count).toBeGreaterThan(50);
  }, 120_000);

  it('and refuses whom the network marked as spam or deleted', async () => {
    const { id = 0, login = '', passwords = [] } = people['plain'] ?? {};
    for (const [flag, reason] of [
      ['spam', 'user_spam'],
      ['deleted', 'user_deleted'],
    ]) {
      await site.php(`$wpdb->update( $wpdb->users, array( $args[0] => 1 ), array( 'ID' => $args[1] ) );`, [flag, id]);
      expect(await sides.ours(basic(login, passwords[0] ?? ''))).toMatchObject({ ok: false, reason });
      await site.php(`$wpdb->update( $wpdb->users, array( $args[0] => 0 ), array( 'ID' => $args[1] ) );`, [flag, id]);
    }
    expect(await sides.ours(basic(login, passwords[0] ?? ''))).toMatchObject({ ok: true });
  });

  it('about whether application passwords are in use on the main network', async () => {
    const { login = '', passwords = [] } = people['plain'] ?? {};
    const one = [{ what: 'plain', header: basic(login, passwords[0] ?? '') }];
    await site.php(`delete_network_option( get_main_network_id(), 'using_application_passwords' );`);
    const accepted = { count: 0 };
    expect(await disagreements(sides, one, accepted)).toEqual([]);
    expect(accepted.count).toBe(0);
    await site.php(`update_network_option( get_main_network_id(), 'using_application_passwords', true );`);
    expect(await disagreements(sides, one, accepted)).toEqual([]);
    expect(accepted.count).toBe(1);
  });
});
