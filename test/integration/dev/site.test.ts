import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createConnection } from 'mysql2/promise';
import { WORDPRESS_VERSIONS } from '../../../dev/wordpress-files.js';
import { createDatabase, createSite, type TestSite, type TestUser } from '../../support/stack.js';

const basic = ({
  login,
  applicationPassword,
}: Pick<TestUser, 'login' | 'applicationPassword'>): { authorization: string } => ({
  authorization: `Basic ${Buffer.from(`${login}:${applicationPassword}`).toString('base64')}`,
});

async function whoAmI(
  site: TestSite,
  user: Pick<TestUser, 'login' | 'applicationPassword'>,
): Promise<{ status: number; body: unknown }> {
  const reply = await fetch(`${site.url}/wp-json/wp/v2/users/me?context=edit`, { headers: basic(user) });
  return { status: reply.status, body: await reply.json() };
}

describe.each(WORDPRESS_VERSIONS)('a site of WordPress %s', (version) => {
  let site: TestSite;
  beforeAll(async () => {
    site = await createSite({ version, timeZone: 'Europe/Berlin' });
  }, 120_000);
  afterAll(() => site.stop());

  it.each(['/wp-json/', '/?rest_route=/', '/index.php?rest_route=/'])('answers its REST index at %s', async (path) => {
    const reply = await fetch(site.url + path);
    const index = (await reply.json()) as { url: string; timezone_string: string; authentication: object };
    expect(reply.status).toBe(200);
    expect(index).toMatchObject({ url: site.url, timezone_string: 'Europe/Berlin' });
    expect(index.authentication).toHaveProperty('application-passwords');
  });

  it('is the version that it was asked for', async () => {
    expect(await site.php('return $GLOBALS["wp_version"];')).toMatch(
      new RegExp(`^${version.replace('.', '\\.')}(\\.|$)`),
    );
  });

  it.each(['admin', 'editor', 'editor2'] as const)(
    "accepts the %s's application password, and no other",
    async (name) => {
      const user = site.users[name];
      expect(await whoAmI(site, user)).toMatchObject({ status: 200, body: { id: user.id, username: user.login } });
      const wrong = { ...user, applicationPassword: 'abcd efgh ijkl mnop qrst uvwx' };
      expect(await whoAmI(site, wrong)).toMatchObject({ status: 401 });
    },
  );

  it('lets an editor write a post and serves it at its pretty address', async () => {
    const made = await fetch(`${site.url}/wp-json/wp/v2/posts`, {
      method: 'POST',
      headers: { ...basic(site.users.editor), 'content-type': 'application/json' },
      body: JSON.stringify({ title: 'Rain', content: 'All day.', status: 'publish' }),
    });
    const { link } = (await made.json()) as { link: string };
    expect(made.status).toBe(201);
    expect(link).toMatch(/\/\d{4}\/\d{2}\/rain\/$/);
    expect(await (await fetch(link)).text()).toContain('All day.');
  });

  it('serves files as they are, and passes on paths that look like files', async () => {
    const script = await fetch(`${site.url}/wp-includes/js/jquery/jquery.min.js`);
    expect(script.headers.get('content-type')).toContain('javascript');
    expect((await fetch(`${site.url}/wp-json/no.such/route.json`)).headers.get('content-type')).toContain(
      'application/json',
    );
    expect((await fetch(`${site.url}/wp-admin`, { redirect: 'manual' })).headers.get('location')).toBe('/wp-admin/');
  });
});

describe('sites beside each other', () => {
  it('keep their users, tables and settings to themselves', async () => {
    const [one, other] = await Promise.all([createSite({ tablePrefix: 'news_' }), createSite()]);
    const user = await one.createUser({ role: 'author' });
    expect(await whoAmI(one, user)).toMatchObject({ status: 200, body: { roles: ['author'] } });
    expect(await whoAmI(other, user)).toMatchObject({ status: 401 });
    const connection = await createConnection(one.database.url);
    const [tables] = await connection.query("SHOW TABLES LIKE 'news\\_users'");
    expect(tables).toHaveLength(1);
    await expect(connection.query(`SELECT 1 FROM ${other.database.name}.wp_users`)).rejects.toMatchObject({
      errno: 1142,
    });
    await connection.end();
    await Promise.all([one.stop(), other.stop()]);
    await expect(fetch(one.url)).rejects.toThrow('fetch failed');
  }, 60_000);

  it('may be a network, with a second site in a subdirectory', async () => {
    const site = await createSite({ multisite: true });
    const blogId = await site.php(
      "return wp_insert_site( array( 'domain' => $args, 'path' => '/second/', 'title' => 'Second' ) );",
      new URL(site.url).host,
    );
    expect(blogId).toBe(2);
    const index = (await (await fetch(`${site.url}/second/wp-json/`)).json()) as { name: string };
    expect(index.name).toBe('Second');
    expect((await fetch(`${site.url}/second/wp-login.php`)).status).toBe(200);
    expect(await site.php('return array( is_multisite(), is_super_admin( 1 ), is_super_admin( 2 ) );')).toEqual([
      true,
      true,
      false,
    ]);
    await site.stop();
  }, 60_000);
});

const ACCESS_DENIED = 1045;
const HOST_NOT_PRIVILEGED = 1130;

describe('a database of its own', () => {
  it('is empty, and its user sees no other', async () => {
    const database = await createDatabase();
    const connection = await createConnection(database.url);
    const [names] = await connection.query({ sql: 'SHOW DATABASES', rowsAsArray: true });
    expect(names).toEqual(expect.arrayContaining([[database.name]]));
    expect(names).not.toContainEqual(['mysql']);
    await connection.end();
    await database.drop();
    const errno = await createConnection(database.url).then(
      () => 0,
      (error: unknown) => (error as { errno: number }).errno,
    );
    expect([ACCESS_DENIED, HOST_NOT_PRIVILEGED]).toContain(errno);
  }, 60_000);
});
